"""Pages of PDF for a printer, made by fpdf2, which is imported when the first one is."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from pasis_tui import clock

if TYPE_CHECKING:
    from fpdf import FPDF

FONT = "Helvetica"  # one of those that every reader has; it knows the letters of Latin-1
_INSTEAD = {"–": "-", "—": "-", "’": "'", "”": '"', "“": '"', "…": "...", "×": "x"}
_ROW = 7.0  # mm
_HIGH, _WIDE = "P", "L"
_USABLE = {_HIGH: 190.0, _WIDE: 277.0}  # mm between the margins of A4
_MARGIN = 10.0


class Heading(NamedTuple):
    """A line in bold; ``new_page`` puts it at the top of one."""

    text: str
    size: float = 13
    new_page: bool = False


class Lines(NamedTuple):
    """A paragraph."""

    text: str
    size: float = 9


class Table(NamedTuple):
    """Rows under the heads; ``widths`` are shares of the page's width."""

    heads: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]


class Box(NamedTuple):
    """A label with a box to write in, and in small what may be written; ``width`` in characters."""

    label: str
    width: int
    note: str = ""


Part = Heading | Lines | Table | Box


def pages(title: str, parts: Sequence[Part], foot: str, *, wide: bool = False) -> bytes:
    """Return *parts* as PDF on A4; each page ends with *foot* and its number.

    The title is the document's own, and names no patient.
    """
    from fpdf import FPDF

    class Pages(FPDF):
        """Pages with a foot."""

        def footer(self) -> None:
            """Write the foot; fpdf2 calls it at the end of each page."""
            self.set_y(-9)
            self.set_font(FONT, "I", 7)
            self.cell(0, 5, latin(f"{foot}  -  sida {self.page_no()}/{{nb}}"), align="C")

    shape = _WIDE if wide else _HIGH
    pdf = Pages(orientation="landscape" if wide else "portrait", format="A4")
    pdf.set_creation_date(clock.now())
    pdf.set_title(latin(title))
    pdf.set_margin(_MARGIN)
    pdf.set_auto_page_break(True, 12)
    pdf.add_page()
    for number, part in enumerate(parts):
        if isinstance(part, Heading):
            _heading(pdf, part, first=number == 0)
        elif isinstance(part, Lines):
            pdf.set_font(FONT, "", part.size)
            pdf.multi_cell(0, part.size * 0.5, latin(part.text), new_x="LMARGIN", new_y="NEXT")
        elif isinstance(part, Box):
            _box(pdf, part)
        else:
            _table(pdf, part, _USABLE[shape])
    return bytes(pdf.output())


def _heading(pdf: FPDF, heading: Heading, *, first: bool) -> None:
    if heading.new_page and not first:
        pdf.add_page()
    pdf.ln(0 if heading.new_page or first else 2)
    pdf.set_font(FONT, "B", heading.size)
    pdf.multi_cell(0, heading.size * 0.55, latin(heading.text), new_x="LMARGIN", new_y="NEXT")


def _table(pdf: FPDF, table: Table, usable: float) -> None:
    total = sum(table.widths)
    widths = [usable * share / total for share in table.widths]

    def row(cells: Sequence[str], style: str) -> None:
        pdf.set_font(FONT, style, 8)
        for text, width in zip(cells, widths, strict=True):
            shown = latin(text)
            while shown and pdf.get_string_width(shown) > width - 2:
                shown = shown.removesuffix("...")[:-1] + "..." if len(shown) > 4 else ""
            pdf.cell(width, _ROW, shown, border=1)
        pdf.ln(_ROW)

    row(table.heads, "B")
    for cells in table.rows:
        if pdf.will_page_break(_ROW):
            pdf.add_page()
            row(table.heads, "B")
        row(cells, "")
    pdf.ln(2)


def _box(pdf: FPDF, box: Box) -> None:
    if pdf.will_page_break(2 * _ROW):
        pdf.add_page()
    pdf.set_font(FONT, "B", 9)
    pdf.cell(42, _ROW, latin(box.label))
    cells = max(1, min(box.width, 24))
    for _ in range(cells):
        pdf.cell(5, _ROW, "", border=1)
    pdf.set_font(FONT, "", 7)
    x = pdf.get_x() + 2
    pdf.set_x(x)
    if box.note:
        pdf.multi_cell(0, 3.3, latin(box.note), new_x="LMARGIN", new_y="NEXT")
        pdf.ln(max(0.0, 1.5))
        return
    pdf.ln(_ROW + 1.5)


def latin(text: str) -> str:
    """Return *text* in the letters that the font has; of others what is under the accents, or ?."""
    return "".join(map(_letter, text))


def _letter(character: str) -> str:
    if character in _INSTEAD:
        return _INSTEAD[character]
    if character.isprintable() and ord(character) < 256:
        return character
    bare = unicodedata.normalize("NFKD", character)[0]
    return bare if bare.isprintable() and ord(bare) < 256 else "?"
