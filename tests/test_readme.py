"""README.md and the guides say what the program says, and show pictures that are there."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pyte
import pytest

from pasis_tui.commands import COMMANDS
from pasis_tui.validation.rules import rules
from tests import pictures
from tests.svg_screen import svg

PAGES = [pictures.README, *sorted((pictures.PROJECT / "docs").glob("*.md"))]


def test_the_pages_say_what_the_program_has() -> None:
    assert pictures.stale() == [], "make docs"


def test_a_changed_table_is_noticed_and_mended() -> None:
    text = pictures.README.read_text(encoding="utf-8")
    cut = text.replace(f"| {COMMANDS[0].legend} |", "| Annat |")

    assert cut != text
    assert pictures.regenerated(cut) == text


def test_a_readme_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="keys"):
        pictures.regenerated("# pasis_tui\n")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_points_to_is_there(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_only_rules_that_exist(page: Path) -> None:
    named = set(re.findall(r"\b(?:VA|FO|BE|ME|PE|PR|SE|HK)\d\d\b", page.read_text("utf-8")))

    assert named <= set(rules())


def test_a_picture_shows_text_colours_and_frames() -> None:
    screen = pyte.Screen(12, 2)
    pyte.Stream(screen).feed("\x1b[1;31m<Å&\x1b[0m ┌─\r\n\x1b[4;7m42 \x1b[0m")

    picture = svg(screen, "Prov & försök")

    tree = ElementTree.fromstring(picture)
    name = "{http://www.w3.org/2000/svg}"
    texts = {node.text: node for node in tree.iter(f"{name}text")}
    assert tree.findtext(f"{name}title") == "Prov & försök"
    assert list(texts) == ["<Å&", "42"]
    assert texts["<Å&"].get("font-weight") == "bold"
    assert texts["<Å&"].get("fill") == "#d4524a"
    grounds = [node.get("fill") for node in tree.iter(f"{name}rect")]
    assert grounds == ["#0f171e", "#d7dee4"]  # the page, then the reversed cells
    assert len(list(tree.iter(f"{name}path"))) == 3  # the underline, ┌ and ─


def test_a_picture_needs_nothing_from_elsewhere() -> None:
    for path in sorted(pictures.PICTURES.glob("*.svg")):
        text = path.read_text(encoding="utf-8")
        ElementTree.fromstring(text)
        assert "href" not in text
        assert "url(" not in text
        assert set(re.findall(r"https?://[^\"]+", text)) == {"http://www.w3.org/2000/svg"}
