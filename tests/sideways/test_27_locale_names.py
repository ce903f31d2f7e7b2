"""A locale is UTF-8 by its codeset, however it is spelled: macOS names the codeset alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.practice import DAY
from tests.flows.test_bad_start import in_a_terminal
from tests.terminal import ENTER, terminal

# Python itself would put C.UTF-8 in the place of a locale that this machine has not got.
UTF8 = {"PYTHONIOENCODING": "utf-8", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize(
    ("named", "taken"),
    [
        ({"LC_CTYPE": "UTF-8"}, True),
        ({"LC_CTYPE": "utf8"}, True),
        ({"LC_CTYPE": "C.utf8"}, True),
        ({"LANG": "sv_SE.UTF-8@euro"}, True),
        ({"LANG": "sv_SE.ISO-8859-1", "LC_CTYPE": "UTF-8"}, True),
        ({"LANG": "sv_SE.ISO-8859-1", "LC_CTYPE": "C", "LC_ALL": "sv_SE.utf8"}, True),
        ({"LANG": "sv_SE.UTF-8", "LC_CTYPE": "sv_SE.ISO-8859-1"}, False),
        ({"LC_CTYPE": "UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "C"}, False),
        ({"LC_CTYPE": "ISO-8859-1"}, False),
    ],
)
def test_only_the_codeset_counts(home: Path, named: dict[str, str], taken: bool) -> None:
    none = {"LC_ALL": "", "LC_CTYPE": "", "LANG": ""}
    # A keymap that cannot be used is complained of next, once the locale was taken.
    (home / "keymap.toml").write_text('spara = "f10"\n')
    done = in_a_terminal(home, **{**none, **named, **UTF8})
    said = done.stderr.decode()
    assert ("är inget kommando" in said) == taken, said
    assert ("är inte UTF-8" in said) == (not taken), said


def test_the_program_opens_under_the_name_that_macos_gives(home: Path) -> None:
    named = {"LC_ALL": "", "LANG": "", "LC_CTYPE": "UTF-8", **UTF8}
    with terminal(["--date", DAY], home, environment=named) as opened:
        opened.expect("Tryck Enter").type(ENTER)
        opened.expect("Skriv bildens nummer", "Vårdåtaganden")
