"""A spoilt or forged draft ended the program or made it deaf at every login.  What is not whole,
not ours or no plain file counts as none and is set aside with a word."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pasis_tui.services.users.draft_content import Draft, FormText, NoDraft, from_bytes, to_bytes
from pasis_tui.services.users.draft_files import ASIDE
from pasis_tui.services.users.drafts import DAYS_KEPT, DraftBox, Sweep
from pasis_tui.services.users.sealing import seal
from tests.flows.practice import ask, at_login, logged_in, until
from tests.flows.test_drafts import BACK, HALVES, OFFER, drafts, halfway, killed_halfway
from tests.sealed import keys_in
from tests.terminal import ENTER, F2, F3, ctrl

OWNER = "x|ANNLIN|PSMA01|"
NAME = f"{OWNER}014_personuppgifter|1"
KEY = bytes(range(32))
DRAFT = Draft(
    "014",
    "2026-03-02",
    "199204012380",
    "",
    {"visit": 3},
    {"person": FormText({"given_name": "Ada"}, {"given_name": "Eva"})},
    ("person", "given_name", 3),
    1,
    "2026-03-02T14:10",
)


def _whole() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(to_bytes(NAME, DRAFT))
    return content


def _with(**changes: Any) -> bytes:
    return json.dumps({**_whole(), **changes}).encode()


FORGED: dict[str, bytes] = {
    "empty": b"",
    "half": to_bytes(NAME, DRAFT)[:100],
    "not utf-8": b"\xff\xfe{}",
    "name alone": json.dumps({"name": NAME}).encode(),
    "a list": b"[]",
    "a number": b"7",
    "null": b"null",
    "NaN": b"NaN",
    "brackets": b"[" * 60_000,
    "braces": b'{"a":' * 12_000,
    "long number": b"9" * 10_000,
    "former format": json.dumps({"fields": {}, "cursor": [], "name": NAME}).encode(),
    "another format": _with(format=3),
    "one key more": _with(more=1),
    "code a number": _with(code=14),
    "day no date": _with(day="igår"),
    "day a list": _with(day=[]),
    "time no time": _with(kept_at="x"),
    "state a list": _with(state=[]),
    "arguments a list": _with(arguments=[1]),
    "argument text": _with(arguments={"visit": "3"}),
    "argument true": _with(arguments={"visit": True}),
    "argument huge": _with(arguments={"visit": 10**30}),
    "version text": _with(version="1"),
    "version negative": _with(version=-1),
    "cursor text": _with(cursor="person"),
    "cursor short": _with(cursor=["person"]),
    "cursor of lists": _with(cursor=[[], {}, 0]),
    "forms a list": _with(forms=[]),
    "form null": _with(forms={"person": None}),
    "form without saved": _with(forms={"person": {"values": {}}}),
    "form unequal": _with(forms={"person": {"values": {"a": ""}, "saved": {}}}),
    "value a number": _with(forms={"person": {"values": {"a": 1}, "saved": {"a": ""}}}),
    "value escape": _with(forms={"person": {"values": {"a": "\x1b[2J"}, "saved": {"a": ""}}}),
    "value long": _with(forms={"person": {"values": {"a": "x" * 3000}, "saved": {"a": ""}}}),
    "many forms": _with(forms={str(n): {"values": {}, "saved": {}} for n in range(300)}),
    "name a list": _with(name=[]),
    "patient null": _with(patient=None),
}


def _box(place: Path, owner: str = OWNER, key: bytes = KEY) -> DraftBox:
    return DraftBox(place, owner, key)


def _sealed(path: Path, data: bytes) -> bytes:
    return seal(KEY, f"{OWNER}{path.name}", data)


def _fits(draft: Draft) -> bool:
    return draft.code != "999"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one good draft, written by a window that has died."""
    place = tmp_path / "drafts"
    _written(place)
    return place


def _written(place: Path) -> Path:
    before = set(place.glob("*.draft"))
    box = _box(place)
    box.keep(NAME, DRAFT)
    box.write()
    box.let_go()
    (path,) = set(place.glob("*.draft")) - before
    return path


def test_what_is_written_is_read_again() -> None:
    assert from_bytes(to_bytes(NAME, DRAFT)) == (NAME, DRAFT)


@pytest.mark.parametrize("data", FORGED.values(), ids=list(FORGED))
def test_forged_content_is_no_draft_and_is_set_aside(folder: Path, data: bytes) -> None:
    (path,) = folder.glob("*.draft")
    with pytest.raises(NoDraft):
        from_bytes(data)
    sealed = _sealed(path, data)  # by its owner's own key, even
    path.write_bytes(sealed)
    box = _box(folder)
    assert box.get(NAME) is None
    sweep = box.sweep(_fits)
    assert (sweep.waiting, sweep.set_aside) == ((), 1)
    assert [p.read_bytes() for p in (folder / ASIDE).iterdir()] == [sealed]
    assert not list(folder.glob("*.draft"))


def _dangling(path: Path) -> None:
    path.symlink_to("finns-inte")


def _link(path: Path) -> None:
    other = path.parent.parent / "annan"
    other.write_bytes(_sealed(path, to_bytes(NAME, DRAFT)))
    other.chmod(0o600)
    path.symlink_to(other)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        at = Path.cwd()
        os.chdir(path.parent)
        try:
            made.bind(path.name)
        finally:
            os.chdir(at)


def _readable(path: Path) -> None:
    path.write_bytes(_sealed(path, to_bytes(NAME, DRAFT)))
    path.chmod(0o644)


def _large(path: Path) -> None:
    path.touch(0o600)
    os.truncate(path, 1 << 40)


def _others(path: Path) -> None:
    path.write_bytes(_sealed(path, to_bytes(NAME, DRAFT)))
    path.chmod(0o600)
    if os.getuid():
        pytest.skip("only root gives files away")
    os.chown(path, 12345, 12345)


def _other_name(path: Path) -> None:
    path.write_bytes(_sealed(path, to_bytes(f"{OWNER}another", DRAFT)))
    path.chmod(0o600)


def _unknown_screen(path: Path) -> None:
    path.write_bytes(_sealed(path, _with(code="999")))
    path.chmod(0o600)


KINDS: dict[str, Callable[[Path], None]] = {
    "dangling link": _dangling,
    "link": _link,
    "FIFO": os.mkfifo,
    "socket": _socket,
    "folder": Path.mkdir,
    "readable by others": _readable,
    "a terabyte": _large,
    "another's": _others,
    "another name": _other_name,
    "unknown screen": _unknown_screen,
}


@pytest.mark.parametrize("make", KINDS.values(), ids=list(KINDS))
def test_what_is_no_plain_file_of_ours_is_set_aside(
    folder: Path, make: Callable[[Path], None]
) -> None:
    (path,) = folder.glob("*.draft")
    path.unlink()
    make(path)
    box = _box(folder)
    if make is not _unknown_screen:
        assert box.get(NAME) is None
        box = _box(folder)
    sweep = box.sweep(_fits)
    assert (sweep.waiting, sweep.set_aside) == ((), 1)
    assert path.name not in {p.name for p in folder.iterdir()}
    # And what is good beside it is found all the same.
    _written(folder)
    assert _box(folder).sweep(_fits).waiting == ((NAME, DRAFT),)


def test_what_was_typed_cannot_be_read_without_the_key(folder: Path) -> None:
    (path,) = folder.glob("*.draft")
    for word in (b"Ada", b"given_name", b"19920401", b"ANNLIN"):
        assert word not in path.read_bytes()


def test_one_bit_or_byte_more_or_less_is_refused(folder: Path) -> None:
    (path,) = folder.glob("*.draft")
    whole = path.read_bytes()
    changed = [
        whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :] for at in range(len(whole))
    ]
    for data in [*changed, whole + b" ", whole[:-1], whole[:40]]:
        path.write_bytes(data)
        assert _box(folder).get(NAME) is None
    assert _box(folder).sweep(_fits) == Sweep(set_aside=1)


OTHERS = {
    "another user": ("x|RECEPT|PSMA01|", bytes(32)),
    "another unit, same user": ("x|ANNLIN|PSMA02|", KEY),
    "another register with the same key": ("y|ANNLIN|PSMA01|", KEY),
    "the owner's name without the key": (OWNER, bytes(32)),
}


@pytest.mark.parametrize(("owner", "key"), OTHERS.values(), ids=list(OTHERS))
def test_a_stolen_draft_is_refused_whatever_it_is_called(
    folder: Path, owner: str, key: bytes
) -> None:
    (path,) = folder.glob("*.draft")
    theirs = _box(folder, owner, key)
    name = NAME.replace(OWNER, owner)
    assert theirs.get(name) is None
    if owner != OWNER:  # it waits for its own, unopened
        assert theirs.sweep(_fits) == Sweep()
    theirs.keep(name, DRAFT)
    theirs.write()
    theirs.let_go()
    (made,) = set(folder.glob("*.draft")) - {path}
    made.write_bytes(path.read_bytes())
    assert theirs.get(name) is None
    assert _box(folder, owner, key).sweep(_fits).waiting == ()
    aside = [p.name[-60:] for p in (folder / ASIDE).iterdir()]
    assert aside.count(made.name[-60:]) == 1


def test_a_draft_moved_to_another_screen_of_its_own_user_is_refused(folder: Path) -> None:
    (path,) = folder.glob("*.draft")
    box = _box(folder)
    box.keep(f"{OWNER}085|2", DRAFT)
    box.write()
    box.let_go()
    (made,) = set(folder.glob("*.draft")) - {path}
    path.replace(made)
    assert _box(folder).get(f"{OWNER}085|2") is None
    assert _box(folder).sweep(_fits) == Sweep(set_aside=1)


def test_a_plain_draft_of_an_older_version_is_set_aside(folder: Path) -> None:
    path = folder / f"{'a' * 32}-{'b' * 16}.json"
    path.write_bytes(to_bytes(NAME, DRAFT))
    path.chmod(0o600)
    sweep = _box(folder).sweep(_fits)
    assert (sweep.waiting, sweep.set_aside) == (((NAME, DRAFT),), 1)


def test_without_a_key_nothing_is_read_or_written(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    box = _box(folder, key=b"")
    assert box.get(NAME) is None
    box.keep(NAME, DRAFT)
    box.write()
    assert box.sweep(_fits) == Sweep()
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_living_window_has_its_draft_for_itself(folder: Path) -> None:
    first, second = _box(folder), _box(folder)
    assert first.get(NAME) == DRAFT  # taken over from the dead one
    assert second.get(NAME) is None
    assert second.sweep(_fits).waiting == ()
    second.keep(NAME, Draft("014", "2026-03-03", "", "", {}, {}, (), None))
    second.write()
    assert len(list(folder.glob("*.draft"))) == 2
    second.drop(NAME)
    assert len(list(folder.glob("*.draft"))) == 1
    first.let_go()
    assert second.sweep(_fits).waiting == ((NAME, DRAFT),)


def test_drafts_expire(folder: Path) -> None:
    (path,) = folder.glob("*.draft")
    old = path.stat().st_mtime - (DAYS_KEPT + 1) * 86400
    os.utime(path, (old, old))
    sweep = _box(folder).sweep(_fits)
    assert (sweep.waiting, sweep.expired, list(folder.glob("*.draft"))) == ((), 1, [])


def test_the_program_starts_beside_every_kind(home: Path) -> None:
    place = home / "drafts"
    place.mkdir(mode=0o700)
    for number, data in enumerate(FORGED.values()):
        path = place / f"{chr(97 + number % 16) * 31}{chr(97 + number // 16)}-{'a' * 16}.json"
        path.write_bytes(data)
        path.chmod(0o600)
    for number, make in enumerate(KINDS.values()):
        make(place / f"{chr(97 + number) * 32}-{'b' * 16}.json")
    count = len(list(place.iterdir()))
    with at_login(home) as clerk:
        clerk.type(ENTER)
        clerk.expect(
            f"{count} utkast lades i drafts/undanlagda: de är trasiga", "Skriv bildens nummer"
        )
        clerk.type(F2, HALVES["014"].opens, ENTER)
        clerk.expect("Läst.").type(ctrl("q"))
        assert clerk.expect_end() == 0
    with logged_in(home) as clerk:
        assert not clerk.sees("undanlagda")


def test_the_offer_names_the_screen_and_the_time_not_the_patient(home: Path) -> None:
    killed_halfway(home, HALVES["085"])
    with at_login(home) as clerk:
        clerk.type(ENTER)
        clerk.expect(OFFER, "085 Besöksregistrering")
        assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", clerk.text())
        assert "920401" not in clerk.text()


def test_two_windows_have_two_drafts(home: Path) -> None:
    half = HALVES["014"]
    with logged_in(home) as first:
        halfway(first, half)
        until(first, lambda: len(drafts(home)) == 1, "a draft")
        with logged_in(home) as second:
            assert not second.sees(OFFER)
            second.type(F2, half.opens, ENTER)
            second.expect("Läst.")
            assert not second.sees(half.last)
            second.type("X", F2, "48", ENTER)
            second.expect("048 Översikt")
            until(second, lambda: len(drafts(home)) == 2, "two drafts")
            second.kill()
        first.type(F2, "48", ENTER)
        first.expect("048 Översikt").type(F3)
        first.expect(BACK, *half.seen)
        first.kill()
    with at_login(home) as third:
        third.type(ENTER)
        third.expect(OFFER, "1 utkast till väntar")


def test_a_refused_draft_is_logged_and_the_key_is_nowhere(home: Path) -> None:
    killed_halfway(home, HALVES["014"])
    ((_, key),) = {(owner, key) for owner, key in keys_in(home) if "|ANNLIN|PSMA01|" in owner}
    (path,) = drafts(home)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with at_login(home) as clerk:
        clerk.type(ENTER)
        clerk.expect("1 utkast lades i drafts/undanlagda", "Skriv bildens nummer")
        assert not clerk.sees(OFFER)
    assert ask(home, "SELECT action, signature FROM audit_event WHERE reason LIKE '%utkast%'") == [
        ("denied", "ANNLIN")
    ]
    assert ask(home, f"SELECT 1 FROM audit_event WHERE changes LIKE '%{key.hex()}%'") == []
