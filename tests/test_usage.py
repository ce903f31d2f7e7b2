"""The command line speaks Swedish, in its help and when it is wrong, and ends with 2."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pasis_tui.cli.main import main

COMMANDS = (
    "show", "export", "import", "practice", "db", "init", "users", "caregivers", "units", "serve", "class",
    "downtime",
)  # fmt: skip
ACTS = ("create", "list", "results", "certificates", "end", "remove")
ENGLISH = re.compile(
    r"\b(usage|argument\w*s|options?|positional|show this|message|exit|invalid|choose|expected"
    r"|required|unrecognized|error|the|value|could|ambiguous|default|ignored)\b",
    re.IGNORECASE,
)
# The names of things are no words: switches, commands, files, variables.
NAMES = re.compile(r"--?[a-z-]+|\bpasis .*|\{.*?\}|[A-Z_]{4,}")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    out, err = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, out, err


@pytest.mark.parametrize(
    "before",
    [(), *((command,) for command in COMMANDS), *(("class", act) for act in ACTS)],
    ids=" ".join,
)
def test_the_help_is_swedish(capsys: pytest.CaptureFixture[str], before: tuple[str, ...]) -> None:
    code, out, err = said(capsys, *before, "--help")
    assert (code, err) == (0, "")
    assert out.startswith("Användning: pasis")
    assert "visa den här hjälpen" in out
    assert not ENGLISH.findall(NAMES.sub("", out))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("hej",), "KOMMANDO: 'hej' går inte, välj bland"),
        (("show",), "det här saknas: BILD. Se pasis show --help."),
        (("show", "999"), "'999' går inte, välj bland"),
        (("show", "184", "--visit", "x"), "--visit: 'x' går inte, skriv ett heltal"),
        (("export", "besok"), "det här saknas: FIL.xlsx"),
        (("export", "besok", "f.xlsx", "--list", "x"), "--list: 'x' går inte"),
        (("export", "besok", "f.xlsx", "--from"), "--from: ett värde ska stå efter"),
        (("import", "icd10"), "det här saknas: FIL"),
        (("practice", "reset", "--seed", "x"), "--seed: 'x' går inte, skriv ett heltal"),
        (("db", "check", "mer"), "det här känns inte igen: mer"),
        (("show", "048", "--json=ja"), "--json: tar inget värde men fick 'ja'"),
        (("init", "--unit-"), "--unit-"),
        (("init", "--u", "x"), "--u kan betyda flera: --unit, --unit-name"),
        (("class",), "det här saknas: ÅTGÄRD. Se pasis class --help."),
        (("class", "results"), "det här saknas: ORD. Se pasis class results --help."),
        (("class", "x"), "ÅTGÄRD: 'x' går inte, välj bland"),
        (("--class",), "--class: ett värde ska stå efter"),
        (("--thema", "ljus"), "KOMMANDO: 'ljus' går inte"),
        (("--oj",), "det här känns inte igen: --oj. Se pasis --help."),
        (("db", "check", "\x1b[31mröd"), "känns inte igen: \ufffd[31mröd"),
    ],
)
def test_a_wrong_command_line_is_one_swedish_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    code, out, err = said(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("pasis: ")
    assert err.count("\n") == 1
    assert words in err
    assert not ENGLISH.findall(NAMES.sub("", err))


@pytest.mark.parametrize(
    "command",
    [
        ("caregivers", "add", "YLVTEU", "--database", "k.db"), ("practice", "reset"),
        ("show", "048"), ("import", "kva", "x.csv"), ("db", "upgrade"), ("replay", "x.jsonl"),
        ("exercise", "play", "01"), ("class", "create", "x"), ("serve", "--class", "ek-bro-sol"),
    ],
    ids=lambda command: command[0],
)  # fmt: skip
def test_no_command_takes_read_only_and_writes_all_the_same(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
) -> None:
    monkeypatch.setenv("PASIS_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert main(["--read-only", *command]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("pasis: --read-only ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "commands"),
    [
        ("--theme ljus", "show import db class practice users"),
        ("--record", "show export replay serve practice exercise"),
        ("--mouse", "export db serve audit"),
        ("--class ek-bro-sol", "show practice replay class exercise"),
        ("--learner Anna", "show serve class downtime"),
        ("--store x.db", "show practice replay units"),
    ],
)
def test_an_option_of_the_program_is_not_ignored_beside_a_command(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    commands: str,
) -> None:
    monkeypatch.setenv("PASIS_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    said = {
        "show": "048", "export": "besok x.xlsx", "import": "kva x.csv", "db": "check", "class": "list",
        "practice": "reset", "users": "list --database x.db", "units": "list --database x.db",
        "replay": "x.jsonl", "serve": "--port 0", "exercise": "list", "audit": "verify",
        "downtime": "x",
    }  # fmt: skip
    for command in commands.split():
        assert main([*option.split(), command, *said[command].split()]) == 2
        out, err = capsys.readouterr()
        name = option.split()[0]
        assert (out, err) == (
            "",
            f"pasis: {name} gäller programmet, inte kommandot {command}: kör det utan.\n",
        )
    assert list(tmp_path.iterdir()) == []


def test_a_bad_date_is_refused_with_its_reason(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASIS_DATA_DIR", str(tmp_path))
    assert main(["--date", "2026-02-30", "show", "048"]) == 2
    assert "pasis: --date: Datumet 2026-02-30 finns inte." in capsys.readouterr().err
