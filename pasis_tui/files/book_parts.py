"""The parts of an Excel book, unpacked within limits that are checked before anything is read.

A book is a zipped folder of XML, and a small one can unpack to anything.  So the sizes it declares
are checked first, and what comes out is counted; its XML may declare no entities.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

from pasis_tui.files.wanted import BadTable

MOST_ROW = 1_048_576  # Excel's own
MOST_STRINGS = 1_000_000
_MOST_SHEET = 160 * 2**20
_MOST_PART = 40 * 2**20
_MOST_RATIO = 250
_SMALL = 2**20  # a part below that may be packed as tightly as it likes
_MOST_DIRECTORY = 2**20
_CHUNK = 2**16
MOST_PIECES = 1_000  # of up to 8 kB: no cell holds as much
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

Attributes = dict[str, str]


class Broken(Exception):
    """The book is not what it says it is."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a book; ``part`` is where it is packed."""

    name: str
    part: str
    visible: bool


class Book:
    """A packed book whose parts are read one at a time."""

    def __init__(self, packed: zipfile.ZipFile, name: str) -> None:
        self._packed = packed
        self._name = name
        self._parts = {info.filename.lower().lstrip("/"): info for info in packed.infolist()}
        if len(self._parts) < len(packed.infolist()):
            raise Broken("two parts of one name")
        self.from_1904 = False
        self.sheets: list[Sheet] = []
        self.strings_part = self.styles_part = ""
        self._find()

    def has(self, part: str) -> bool:
        """Say whether the book holds *part*."""
        return part.lower() in self._parts

    def parse(
        self,
        part: str,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Call *start*, *end* and *text* for the elements of *part*, named without their namespace.

        Raises Broken and BadTable.
        """
        info = self._parts.get(part.lower())
        if info is None:
            raise Broken(f"no {part}")
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True

        def started(name: str, attributes: Attributes) -> None:
            start(name.rpartition(" ")[2], attributes)

        def no_doctype(*_: Any) -> None:
            raise Broken("a document type")

        parser.StartElementHandler = started
        parser.StartDoctypeDeclHandler = no_doctype
        if end is not None:
            ended = end
            parser.EndElementHandler = lambda name: ended(name.rpartition(" ")[2])
        if text is not None:
            parser.CharacterDataHandler = text
        for chunk in self._unpacked(info):
            parser.Parse(chunk)
        parser.Parse(b"", True)

    def _unpacked(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        most = _MOST_SHEET if "sheets/" in info.filename.lower() else _MOST_PART
        if info.file_size > most or info.file_size > max(_SMALL, info.compress_size * _MOST_RATIO):
            raise BadTable(
                f"{self._name} packas upp till {max(1, info.file_size // 2**20)} MB, mer än som"
                " läses. Spara om bara tabellen i en ny bok."
            )
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Broken("packed in a way no spreadsheet uses")
        count = 0
        with self._packed.open(info) as file:
            while chunk := file.read(_CHUNK):
                count += len(chunk)
                if count > info.file_size:
                    raise Broken("larger than it says")
                yield chunk

    def _find(self) -> None:
        """Locate the workbook's parts through the relations that the book declares."""
        book = next(
            (target for _, kind, target in self._relations("") if kind == "officeDocument"),
            "xl/workbook.xml",
        )
        related: dict[str, tuple[str, str]] = {}
        for key, kind, target in self._relations(book):
            related[key] = (kind, target)
            if kind == "sharedStrings":
                self.strings_part = target
            elif kind == "styles":
                self.styles_part = target

        def start(name: str, attributes: Attributes) -> None:
            if name == "workbookPr":
                self.from_1904 = attributes.get("date1904", "0").lower() in {"1", "true", "on"}
            elif name == "sheet":
                key = next((v for k, v in attributes.items() if k.endswith(" id")), "")
                kind, target = related.get(key, ("", ""))
                if kind == "worksheet":  # and no chart
                    shown = attributes.get("state", "visible") == "visible"
                    self.sheets.append(Sheet(attributes.get("name", ""), target, shown))

        self.parse(book, start)
        if not self.sheets:
            raise Broken("no sheets")

    def _relations(self, part: str) -> list[tuple[str, str, str]]:
        """Return (id, kind, part) of everything that *part* refers to."""
        folder, _, name = part.rpartition("/")
        relations: list[tuple[str, str, str]] = []

        def start(element: str, attributes: Attributes) -> None:
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "").replace("\\", "/")
                whole = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                relations.append(
                    (attributes.get("Id", ""), attributes.get("Type", "").rpartition("/")[2], whole)
                )

        self.parse(posixpath.join(folder, "_rels", f"{name}.rels"), start)
        return relations


@contextmanager
def opened(path: Path, name: str) -> Iterator[Book]:
    """Open the book at *path*; whatever is wrong with it, the block raises BadTable."""
    with path.open("rb") as file:
        head = file.read(8)
        if head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise BadTable(
                f"{name} är en äldre eller lösenordsskyddad Excelbok. Spara om den som .xlsx"
                " utan lösenord."
            )
        try:
            _check_directory(file)
            file.seek(0)
            with zipfile.ZipFile(file) as packed:
                yield Book(packed, name)
        except (
            Broken,
            zipfile.BadZipFile,
            zlib.error,
            expat.ExpatError,
            struct.error,
            ValueError,
            LookupError,
            EOFError,
            OSError,
            RuntimeError,
        ) as error:
            raise BadTable(
                f"{name} är ingen Excelbok (.xlsx) som går att läsa. Öppna den i Excel och"
                " spara om den."
            ) from error


def _check_directory(file: Any) -> None:
    """Check the size of the zip directory before it is read."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - 2**16 - 200))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        raise Broken("no directory")
    (long,) = struct.unpack_from("<L", tail, at + 12)
    if at >= 76 and tail[at - 20 : at - 16] == b"PK\x06\x07":
        (long,) = struct.unpack_from("<Q", tail, at - 76 + 40)
    if long > _MOST_DIRECTORY:
        raise Broken("too many parts")


# -- texts and formats -------------------------------------------------------------------------


def unescaped(text: str) -> str:
    """Return *text* with the characters that a book writes as ``_x000D_``."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def shared_strings(book: Book, name: str) -> list[str]:
    """Return the texts that cells refer to by number.  Raises BadTable and Broken."""
    strings: list[str] = []
    if not book.strings_part or not book.has(book.strings_part):
        return strings
    parts: list[str] = []
    inside = phonetic = False

    def start(element: str, _: Attributes) -> None:
        nonlocal inside, phonetic
        if element == "t":
            inside = not phonetic
        elif element == "rPh":
            phonetic = True

    def end(element: str) -> None:
        nonlocal inside, phonetic
        if element == "t":
            inside = False
        elif element == "rPh":
            phonetic = False
        elif element == "si":
            strings.append(unescaped("".join(parts)))
            parts.clear()
            if len(strings) > MOST_STRINGS:
                raise BadTable(f"{name}: mer än {MOST_STRINGS} texter. Dela upp filen.")

    def text(data: str) -> None:
        if inside:
            parts.append(data)
            if len(parts) > MOST_PIECES:
                raise Broken("a text without end")

    book.parse(book.strings_part, start, end, text)
    return strings


# What the built-in formats, which have no code in the book, show (ECMA-376, 18.8.30).
_BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), 36, *range(50, 59)), "date"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47), "time"),
    22: "date",
}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


def shows(code: str) -> str:
    """Return what a number format shows: date, time or "" for a number."""
    bare = _LITERAL.sub("", code.split(";")[0]).lower()
    if "general" in bare or "standard" in bare:
        return ""
    if re.search(r"[dyå]", bare):
        return "date"
    if re.search(r"[hst]", bare):
        return "time"
    return "date" if "m" in bare else ""


def formats(book: Book) -> list[str]:
    """Return what each cell format of the book shows: date, time or ""."""
    own: dict[int, str] = {}
    shown: list[str] = []
    if not book.styles_part or not book.has(book.styles_part):
        return shown
    inside = False

    def start(element: str, attributes: Attributes) -> None:
        nonlocal inside
        if element == "numFmt":
            own[int(attributes.get("numFmtId", "0"))] = shows(attributes.get("formatCode", ""))
        elif element == "cellXfs":
            inside = True
        elif element == "xf" and inside:
            number = int(attributes.get("numFmtId", "0"))
            shown.append(own[number] if number in own else _BUILT_IN.get(number, ""))

    def end(element: str) -> None:
        nonlocal inside
        if element == "cellXfs":
            inside = False

    book.parse(book.styles_part, start, end)
    return shown
