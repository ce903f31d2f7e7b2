"""A recording is read as it was written, up to where it was cut; what is no recording is refused."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasis_tui import __version__
from pasis_tui.display.keymap import Keymap
from pasis_tui.training.par_keys import Stroke, strokes, typed
from pasis_tui.training.recording import (
    BadRecording,
    Head,
    Line,
    head_text,
    line_text,
    new_recording,
    read_recording,
)

HEAD = Head(date(2026, 3, 2), "ANNLIN", "PSMA01", 80, 24, "2026-03-02T10:15:30+01:00")
LINES = [
    Line(0.5, "meny", Stroke("f2", None, 1)),
    Line(0.7, "meny", Stroke("8", "8", 1)),
    Line(0.9, "meny", Stroke("å", "å", 1)),
    Line(1.0, "085", paste='930714-2381 "citat"\n'),
    Line(1.5, "085", click=(3, 7), top="Varning"),
    Line(2.0, "085", Stroke("f10", None, 1), refused=("BE01", ""), why="BE01 Fel: Tid saknas."),
    Line(2.1, "085", Stroke("x", "x", 1), dropped=True),
    Line(3.0, "085", Stroke("ctrl+left", None, 1), saved="Sparat: besök.", exercise="07-distans"),
]


def written(path: Path, lines: list[Line]) -> Path:
    path.write_text(head_text(HEAD) + "".join(map(line_text, lines)), "utf-8")
    return path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    read = read_recording(written(tmp_path / "a.jsonl", LINES))
    assert (read.head, list(read.lines), read.cut) == (HEAD, LINES, False)
    assert read.database == tmp_path / "a.db"
    assert LINES[6] not in read.played()
    assert len(read.played()) == len(LINES) - 1


_CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cf"))
_KEYS = st.one_of(
    _CHARACTERS.filter(str.isprintable).map(typed),
    st.sampled_from(["f2", "enter", "shift+tab", "ctrl+left", "alt+a", "ctrl+underscore", "f13"]).map(
        lambda key: (key, None)
    ),
)  # fmt: skip


@given(_KEYS, st.text(max_size=20).filter(lambda t: t.isprintable()))
def test_any_key_and_any_paste_comes_back(key: tuple[str, str | None], paste: str) -> None:
    lines = [Line(1.0, "", Stroke(*key, 1)), Line(1.0, "", paste=paste)]
    for line in lines:
        text = line_text(line)
        assert text.count("\n") == 1
        assert json.loads(text)
    # read together, as a file
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        assert list(read_recording(written(Path(folder) / "a.jsonl", lines)).lines) == lines


def test_one_that_was_cut_is_read_up_to_the_cut(tmp_path: Path) -> None:
    whole = written(tmp_path / "a.jsonl", LINES).read_bytes()
    first = whole.index(b"\n") + 1
    ends = [n for n, byte in enumerate(whole) if byte == ord("\n")]
    path = tmp_path / "cut.jsonl"
    for cut in range(first, len(whole)):
        path.write_bytes(whole[:cut])
        read = read_recording(path)
        assert list(read.lines) == LINES[: sum(end < cut for end in ends) - 1]
        assert read.cut is (whole[cut - 1] != ord("\n"))
    for cut in (0, 1, 5, 30, first - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(BadRecording, match=r"cut\.jsonl, rad 1: .+\."):
            read_recording(path)


def _head(**changes: object) -> str:
    known = json.loads(head_text(HEAD)) | changes
    return json.dumps({k: v for k, v in known.items() if v is not None}) + "\n"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (_head(version="0.0.1"), 1, f"gjordes med pasis 0.0.1 och det här är pasis {__version__}"),
        (_head(format=2), 1, "har format 2; den här versionen läser format 1"),
        (_head(format="\x1b[2J" * 50), 1, "har format"),
        (_head(pasis="annat"), 1, "ingen inspelning"),
        (_head(date="2026-02-30"), 1, "date: ska vara ett datum"),
        (_head(user=None), 1, "user: ska vara en text"),
        (_head(rows=0), 1, "rows: ska vara ett heltal"),
        (_head(rows=True), 1, "rows: ska vara ett heltal"),
        (_head(database="register"), 1, "inspelningar görs bara i övning"),
        (_head(extra=1), 1, "”extra” hör inte till"),
        (_head(keys={"save": ["f10"], "quit": ["f10"]}), 1, "keys: är ingen tangentbordskarta"),
        (_head(keys={"nothing": ["f10"]}), 1, "är inget kommando"),
        ("[1]\n", 1, "ingen rad av en inspelning"),
        ("\xff\n", 1, "ingen"),
        ("[" * 50_000 + "\n", 1, "ingen rad av JSON"),
        (_head() + "{}\n", 2, "at: ska vara sekunder"),
        (_head() + '{"at": NaN, "screen": "", "key": "F2"}\n', 2, "NaN är inget tal"),
        (_head() + '{"at": 1, "screen": ""}\n', 2, "ett av key, paste och click"),
        (_head() + '{"at": 1, "screen": "", "key": "HOPP"}\n', 2, "är ingen tangent"),
        (_head() + '{"at": 1, "screen": "", "key": "F2 F3"}\n', 2, "ska vara en tangent"),
        (_head() + '{"at": 1, "screen": "", "key": 5}\n', 2, "key: ska vara en text"),
        (_head() + '{"at": 1, "screen": "", "click": [-1, 2]}\n', 2, "click"),
        (_head() + '{"at": 1, "screen": "", "paste": "a", "x": 1}\n', 2, "”x” hör inte"),
        (_head() + '{"at": 1, "screen": "", "key": "?", "raw": ["\\u001b[2J", null]}\n', 2, "raw"),
        (_head() + '{"at": 1, "screen": "", "key": "?", "raw": ["a", "\\n"]}\n', 2, "raw"),
        (_head() + '{"at": 1, "screen": "", "paste": "\\ud800"}\n', 2, "paste: har tecken"),
        (_head() + line_text(LINES[3]) + line_text(LINES[0]), 3, "tiden går bakåt"),
        (_head() + line_text(LINES[0]) + "\n" + line_text(LINES[1]), 3, "ingen rad av JSON"),
    ],
)
def test_what_is_no_recording_is_refused_by_file_line_and_reason(
    text: str, line: int, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(text.encode("latin-1" if "\xff" in text else "utf-8"))
    with pytest.raises(BadRecording) as refused:
        read_recording(path)
    assert str(refused.value).startswith(f"a.jsonl, rad {line}: ")
    assert reason in str(refused.value)
    assert str(refused.value).isprintable()


def test_a_key_without_a_name_is_one_that_does_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", [Line(1.0, "", Stroke("\u202e", None, 1))])
    assert read_recording(path).lines[0].key == Stroke("unknown", None, 1)


def test_a_paste_of_any_length_can_be_read_again(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", [Line(1.0, "", paste='"\n' * 100_000)])
    assert read_recording(path).lines[0].paste == '"\n' * 10_000


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadRecording, match=r"borta\.jsonl kan inte läsas: "):
        read_recording(tmp_path / "borta.jsonl")


def test_the_leaving_of_the_program_is_not_typed_again(tmp_path: Path) -> None:
    leaving = [Line(9.0, "085", Stroke("ctrl+q", None, 1)), Line(9.5, "085", Stroke("k", "k", 1))]
    path = tmp_path / "a.jsonl"
    for more in (leaving[:1], leaving):
        played = read_recording(written(path, LINES + more)).played()
        assert played == tuple(line for line in LINES if not line.dropped)


def test_a_file_a_recording_by_date_and_user(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 2, 10, 15, 30)
    first = new_recording(tmp_path, "ANN/../LIN", moment)
    assert first == tmp_path / "recordings" / "2026-03-02-101530-ANNLIN.jsonl"
    assert first.stat().st_mode & 0o777 == 0o600
    assert new_recording(tmp_path, "ANNLIN", moment).name == "2026-03-02-101530-ANNLIN-2.jsonl"


def test_the_keymap_comes_along(tmp_path: Path) -> None:
    own = Keymap({"save": "f11"})
    keys = {name: own.keys(name) for name in ("save", "quit")}
    path = tmp_path / "a.jsonl"
    path.write_text(head_text(HEAD).replace('"keys": {}', f'"keys": {json.dumps(keys)}'), "utf-8")
    assert read_recording(path).head.keymap().command("f11") == "save"
    assert strokes("F2")[0].key == "f2"
