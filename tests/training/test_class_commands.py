"""``pasis class``: a class from its making to its removal, on the command line."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from pasis_tui.cli.main import main
from pasis_tui.training.classes import ClassStore
from tests.training.class_world import Clocks, Learner


class Trainer:
    """Types ``pasis class …`` and reads what is said."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capsys = capsys

    def types(self, *words: str) -> str:
        code, out, err = self.tries(*words)
        assert (code, err) == (0, "")
        return out

    def tries(self, *words: str) -> tuple[int, str, str]:
        self._capsys.readouterr()
        code = main(["class", *words])
        out, err = self._capsys.readouterr()
        return code, out, err


@pytest.fixture
def trainer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Trainer:
    monkeypatch.setenv("PASIS_DATA_DIR", str(tmp_path / "home"))
    monkeypatch.delenv("PASIS_CLASS_STORE", raising=False)
    return Trainer(tmp_path / "home", capsys)


def made(trainer: Trainer) -> str:
    said = trainer.types("create", "Måndag fm")
    found = re.search(r"Ordet är (\S+)\n", said)
    assert found
    assert f"pasis --class {found[1]} --learner NAMN" in said
    return found[1]


def test_a_class_from_beginning_to_end(
    trainer: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = made(trainer)
    with closing(ClassStore.open(str(trainer.home / "classes.db"))) as store:
        anna = Learner(store, store.find(word), "=Åsa", Clocks(monkeypatch))
        assert trainer.types("results", word) == "Ingen har fått en övning rättad ännu.\n"
        anna.begin()
        anna.end(90, 55)
    listed = trainer.types("list")
    assert word in listed
    assert "1 deltagare" in listed
    assert trainer.types("results", word.upper()) == (
        "=Åsa: Dubbelsession  90 poäng, 55 tangenter (facit 40), 1 försök\n"
    )
    book = tmp_path / "resultat.xlsx"
    assert trainer.types("results", word, "--xlsx", str(book)) == f"{book}: 1 rad\n"
    rows = CalamineWorkbook.from_path(str(book)).get_sheet_by_name("Resultat").to_python()
    assert rows[0][:4] == ["Deltagare", "Övning", "Titel", "Poäng"]
    assert rows[1][:7] == ["=Åsa", "07-dubbel", "Dubbelsession", 90, 55, 40, 1]
    said = trainer.types("certificates", word, str(tmp_path / "intyg"))
    assert "Åsa" in PdfReader(said.strip()).pages[0].extract_text()
    assert trainer.types("end", word) == "Klassen Måndag fm är avslutad. Resultaten finns kvar.\n"
    assert "avslutad" in trainer.types("list")
    assert trainer.types("remove", word) == (
        "Klassen Måndag fm är borttagen med 1 deltagare och allt om dem.\n"
    )
    assert trainer.types("list") == "Det finns inga klasser.\n"


def test_what_cannot_be_done_is_said(trainer: Trainer, tmp_path: Path) -> None:
    code, out, err = trainer.tries("list")
    assert (code, out) == (2, "")
    assert "finns inte. pasis class create NAMN gör det och en klass." in err
    assert not (trainer.home / "classes.db").exists()
    word = made(trainer)
    assert trainer.tries("results", "gran-gran-gran")[:2] == (1, "")
    code, _, err = trainer.tries("results", word, "--xlsx", "r.csv")
    assert (code, err.strip()) == (
        1,
        "pasis: r.csv: resultaten är en Excelbok. Filens namn ska sluta på .xlsx.",
    )
    code, _, err = trainer.tries("create", "\x1b[31m\u202e"[:1])
    assert (code, "Klassen behöver ett namn" in err) == (1, True)
    nowhere = str(tmp_path / "finns" / "inte" / "c.db")
    code, _, err = trainer.tries("create", "Tisdag", "--store", nowhere)
    assert (code, "finns inte. Skapa den eller välj en annan plats" in err) == (2, True)


def test_the_store_can_be_named(
    trainer: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "andra.db"
    trainer.types("create", "Onsdag", "--store", str(other))
    monkeypatch.setenv("PASIS_CLASS_STORE", str(other))
    assert "Onsdag" in trainer.types("list")
    assert not (trainer.home / "classes.db").exists()
