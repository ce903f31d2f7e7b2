"""Excel books as programs write them, from the XML itself, for every import."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
# Cell formats by their place: general, date, date and time, time, elapsed time, own date
FORMATS = (0, 14, 22, 20, 46, 164)
GENERAL, DATE, MOMENT, TIME, ELAPSED, OWN = range(6)

# What each import reads: its heads, and a row that is good.
KINDS: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "invoice-specification": (("ID vårdåtagande",), ("100000",)),
    "icd10": (("Kod", "Text"), ("Z730", "Utbrändhet")),
    "kva": (("Kod", "Text"), ("DU021", "Råd")),
    "referring-units": (("Kod", "Namn", "Remiss från"), ("VC9901", "Vårdcentralen Ny", "1")),
    "test-numbers": (("Testpersonnummer",), ("189001019802",)),
    "pmo": (
        ("Personnummer", "Datum", "Tid", "Attribut", "Vårdgivare"),
        ("199307142381", "2026-03-02", "09:00", "N", "ANNLIN"),
    ),
}


def cell(
    text: str, *, at: str = "", kind: str = "inlineStr", style: int = 0, formula: str = ""
) -> str:
    """A cell's XML: inline text, or *text* as the value of another *kind*."""
    where = f' r="{at}"' if at else ""
    look = f' s="{style}"' if style else ""
    if kind == "inlineStr":
        return f'<c{where}{look} t="inlineStr"><is><t>{escape(text)}</t></is></c>'
    counted = f"<f>{escape(formula)}</f>" if formula else ""
    typed = "" if kind == "n" else f' t="{kind}"'
    value = f"<v>{escape(text)}</v>" if text or not formula else ""
    return f"<c{where}{look}{typed}>{counted}{value}</c>"


def row(*cells: str, number: int | None = None, more: str = "") -> str:
    """A row of cells: XML, or a text."""
    made = "".join(each if each.startswith("<c") else cell(each) for each in cells)
    where = "" if number is None else f' r="{number}"'
    return f"<row{where}{more}>{made}</row>"


def sheet(*rows: str, after: str = "", before: str = "", main: str = MAIN) -> str:
    """A sheet's XML."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{main}">{before}'
        f"<sheetData>{''.join(rows)}</sheetData>{after}</worksheet>"
    )


def book(
    path: Path,
    *sheets: str | tuple[str, str, str],
    strings: str = "",
    properties: str = "",
    strict: bool = False,
    more: Mapping[str, str | bytes] | None = None,
) -> Path:
    """Write a book; a sheet is its XML, or (name, state, XML)."""
    main, relations = (STRICT, STRICT_RELATIONS) if strict else (MAIN, RELATIONS)
    named = [
        each if isinstance(each, tuple) else (f"Blad{n}", "visible", each)
        for n, each in enumerate(sheets, 1)
    ]
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" state="{state}" r:id="r{n}"/>'
        for n, (name, state, _) in enumerate(named, 1)
    )
    targets = {f"r{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(named) + 1)}
    targets |= {"rs": ("styles", "styles.xml")}
    if strings:
        targets |= {"rt": ("sharedStrings", "sharedStrings.xml")}
    formats = "".join(f'<xf numFmtId="{number}"/>' for number in FORMATS)
    parts: dict[str, str | bytes] = {
        "_rels/.rels": _related(relations, {"r0": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{relations}">{properties}'
            f"<sheets>{listed}</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": _related(relations, targets),
        "xl/styles.xml": (
            f'<styleSheet xmlns="{main}"><numFmts count="1">'
            '<numFmt numFmtId="164" formatCode="[$-41D]yyyy\\-mm\\-dd;@"/></numFmts>'
            f'<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>{formats}</cellXfs></styleSheet>'
        ),
        **{f"xl/worksheets/sheet{n}.xml": xml for n, (_, _, xml) in enumerate(named, 1)},
    }
    if strings:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{strings}</sst>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in {**parts, **(more or {})}.items():
            packed.writestr(name, content)
    return path


def _related(relations: str, targets: Mapping[str, tuple[str, str]]) -> str:
    made = "".join(
        f'<Relationship Id="{key}" Type="{relations}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{made}</Relationships>'
