"""Certificates: a page of PDF for each learner, made by fpdf2, which is imported when one is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pasis_tui import clock
from pasis_tui.files.pdf_pages import FONT, latin
from pasis_tui.files.whole import saying_why, whole
from pasis_tui.training.classes import ClassStore, Done, RuleMet, SchoolClass
from pasis_tui.training.exercises import EDITIONS
from pasis_tui.validation.rules import rules

if TYPE_CHECKING:
    from fpdf import FPDF

_WIDTHS = (96.0, 20.0, 26.0, 20.0, 20.0)  # of the table's columns, in mm
_HEADS = ("Övning", "Poäng", "Tangenter", "Facit", "Försök")
_NOTE = "Övning på påhittade uppgifter i ett övningsprogram. Intyget ger ingen behörighet i PASiS."


class Certificate(NamedTuple):
    """What a learner's page says: the best try of each exercise, and the rules met."""

    name: str
    group: str
    done: tuple[Done, ...]
    rules: tuple[RuleMet, ...]
    edition: str
    day: date


def certificates(store: ClassStore, group: SchoolClass, day: date) -> tuple[Certificate, ...]:
    """Return the certificates of those in a class who have been graded, by name."""
    done, met = store.results(group.id), store.rules_met(group.id)
    of = {each.learner: each.name for each in done}
    return tuple(
        Certificate(
            name,
            group.name,
            tuple(each for each in done if each.learner == learner),
            tuple(each for each in met if each.learner == learner),
            edition_on(day),
            day,
        )
        for learner, name in of.items()
    )


def edition_on(day: date) -> str:
    """Return the edition of the instruction that holds on *day*."""
    return max((each for each in EDITIONS if each <= str(day.year)), default=EDITIONS[0])


def write_certificates(pages: Iterable[Certificate], folder: Path) -> tuple[Path, ...]:
    """Write a file for each of *pages* in *folder*, which is made; return them.

    Raises FileTrouble; those written before it stay.
    """
    with saying_why(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written: dict[Path, None] = {}
    for page in pages:
        path = folder / f"{_file_name(page.name)}.pdf"
        number = 2
        while path in written:  # two names may be written alike
            path = folder / f"{_file_name(page.name)}-{number}.pdf"
            number += 1
        with whole(path) as file:
            file.write(pdf_of(page))
        written[path] = None
    return tuple(written)


def pdf_of(page: Certificate) -> bytes:
    """Return the page as PDF."""
    from fpdf import FPDF

    pdf = FPDF(format="A4")
    pdf.set_creation_date(clock.now())
    pdf.set_title(latin(f"Intyg {page.name}"))
    pdf.set_margin(14)
    pdf.add_page()
    pdf.set_font(FONT, "B", 26)
    _line(pdf, "Intyg", 14)
    pdf.set_font(FONT, "B", 18)
    _line(pdf, page.name, 12)
    pdf.set_font(FONT, "", 11)
    _line(pdf, f"har övat registrering i PASiS i klassen {page.group}.", 7)
    _line(pdf, f"Anvisningens utgåva {page.edition}. {page.day.isoformat()}.", 10)
    _table(pdf, page.done)
    mastered = [each for each in page.rules if each.mastered]
    met = [each for each in page.rules if not each.mastered]
    _rules(pdf, "Regler som stoppade och nu behärskas", mastered)
    _rules(pdf, "Regler att öva mer på", met)
    pdf.ln(4)
    pdf.set_font(FONT, "I", 8)
    _line(pdf, _NOTE, 5)
    return bytes(pdf.output())


def _line(pdf: FPDF, text: str, height: float) -> None:
    pdf.multi_cell(0, height, latin(text), new_x="LMARGIN", new_y="NEXT")


def _table(pdf: FPDF, done: Sequence[Done]) -> None:
    pdf.set_font(FONT, "B", 10)
    _row(pdf, _HEADS)
    pdf.set_font(FONT, "", 10)
    for each in done:
        keys = [str(each.keys or "-"), str(each.par_keys or "-")]
        _row(pdf, (each.title or each.exercise, str(each.marks), *keys, str(each.tries)))
    pdf.ln(3)


def _row(pdf: FPDF, cells: Sequence[str]) -> None:
    for number, (text, width) in enumerate(zip(cells, _WIDTHS, strict=True)):
        shown = latin(text)
        while pdf.get_string_width(shown) > width - 3:
            shown = shown[:-4] + "..."
        pdf.cell(width, 6, shown, border="B", align="R" if number else "L")
    pdf.ln(6)


def _rules(pdf: FPDF, heading: str, met: Sequence[RuleMet]) -> None:
    if not met:
        return
    known = rules()
    pdf.set_font(FONT, "B", 10)
    _line(pdf, heading, 6)
    pdf.set_font(FONT, "", 9)
    names = [
        f"{each.rule} {known[each.rule].title}" if each.rule in known else each.rule for each in met
    ]
    _line(pdf, "; ".join(names) + ".", 5)


def _file_name(name: str) -> str:
    return "intyg-" + (re.sub(r"[^\w]+", "-", name.casefold()).strip("-_") or "deltagare")
