"""A learner's link: what happens reaches the store once and in order, whatever becomes of the store."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pasis_tui import clock
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.training import class_link
from pasis_tui.training.class_link import ClassLink, Said, join
from pasis_tui.training.classes import ClassStore, NameTaken, NoClass, SchoolClass
from pasis_tui.training.outbox import FOLDER, Outbox
from pasis_tui.training.results import Result

RESULT = Result("07", "Dubbel", "2026-03-02", 90, (), (), (), 55, 40, 60.0, 50.0)


@pytest.fixture
def target(tmp_path: Path) -> str:
    return str(tmp_path / "classes.db")


@pytest.fixture
def store(target: str) -> Iterator[ClassStore]:
    with closing(ClassStore.open(target, create=True)) as opened:
        yield opened


@pytest.fixture
def group(store: ClassStore) -> SchoolClass:
    return store.create("Måndag fm")


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_link, "ASKS", 0.02)


def until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, f"never so: {what}"
        time.sleep(0.005)


def listen(link: ClassLink, heard: list[Said], most: int) -> None:
    """Hear what is said until *most* is heard in all."""

    def enough() -> bool:
        heard.extend(link.news())
        return len(heard) >= most

    until(enough, f"{most} things said")


def started(target: str, home: Path, word: str, name: str = "Anna") -> ClassLink:
    link = join(target, home, word, name)
    link.start()
    return link


def test_what_happens_reaches_the_board(
    target: str, store: ClassStore, group: SchoolClass, tmp_path: Path
) -> None:
    link = started(target, tmp_path / "anna", group.word)
    link.begin_run("07", "Dubbel", "practise")
    for _ in range(3):
        link.refusal("BE05")
    link.refusal("")
    until(lambda: store.board(group.id).rules == (("BE05", 3), ("fält", 1)), "four refusals")
    (row,) = store.board(group.id).rows
    assert (row.name, row.title, row.rule, row.times, row.stuck) == (
        "Anna", "Dubbel", "BE05", 3, True,
    )  # fmt: skip
    link.saved()
    link.step()
    link.ended(RESULT)
    link.close()
    (done,) = store.results(group.id)
    assert done[3:8] == ("Dubbel", 90, 55, 40, 1)
    assert list((tmp_path / "anna" / FOLDER).glob("*.jsonl")) == []  # nothing is left to send


def test_what_the_trainer_says_is_heard_once(
    target: str, store: ClassStore, group: SchoolClass, tmp_path: Path
) -> None:
    store.tip(group.id, "Innan hon kom")
    link = started(target, tmp_path, group.word)
    store.tip(group.id, "Titta på datumet")
    store.wish(group.id, "08", "08 Borttag")
    heard: list[Said] = []
    listen(link, heard, 2)
    assert heard == [
        Said("Läraren: Titta på datumet"),
        Said("Läraren: nästa övning är 08 Borttag.", "08"),
    ]
    assert link.wished == "08"
    link.begin_run("08", "Borttag", "practise")
    assert link.wished == ""
    link.close()
    store.tip(group.id, "Medan hon var borta")
    again = started(target, tmp_path, group.word)
    listen(again, heard, 3)
    assert heard[2:] == [Said("Läraren: Medan hon var borta")]
    again.close()


def test_a_screen_is_sent_only_while_the_trainer_looks(
    target: str, store: ClassStore, group: SchoolClass, tmp_path: Path
) -> None:
    link = started(target, tmp_path, group.word)
    link.screen("ingen ser")
    ((number, _),) = store.learners(group.id)
    store.tip(group.id, "hej")
    until(lambda: any(link.news()), "the link has been at the store")
    assert store.look(number) is None
    until(lambda: link.watched, "the trainer looks")
    link.screen("bilden")
    until(lambda: (store.look(number) or ("", 0))[0] == "bilden", "the screen")
    link.close()


@pytest.mark.parametrize("how", ["renamed", "removed", "from before she joined"])
def test_a_store_that_is_gone_and_comes_back_has_lost_nothing(
    target: str, store: ClassStore, group: SchoolClass, tmp_path: Path, how: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(class_link, "_PAUSE", 0.02)
    monkeypatch.setattr(class_link, "_LONGEST_PAUSE", 0.05)
    path, away = Path(target), tmp_path / "away"
    away.mkdir()
    if how == "from before she joined":
        store.close()  # the copy is whole
        away.joinpath(path.name).write_bytes(path.read_bytes())
    link = started(target, tmp_path / "anna", group.word)
    link.begin_run("07", "Dubbel", "practise")
    link.refusal("VA01")
    until(lambda: store.board(group.id).rules == (("VA01", 1),), "the first")
    store.close()
    if how == "from before she joined":
        for file in tmp_path.glob("classes.db*"):
            file.unlink()
    elif how == "renamed":  # all of it, while the link has it open
        for file in tmp_path.glob("classes.db*"):
            file.replace(away / file.name)
    else:  # an older copy comes back
        away.joinpath(path.name).write_bytes(path.read_bytes())
        for file in tmp_path.glob("classes.db*"):
            if file.name != path.name:
                away.joinpath(file.name).write_bytes(file.read_bytes())
            file.unlink()
    for rule in ("VA02", "VA03"):
        before = clock.monotonic()
        link.refusal(rule)
        assert clock.monotonic() - before < 5
    until(lambda: not link.reached, "the link knows that the store is gone")
    for file in away.glob("classes.db*"):
        file.replace(tmp_path / file.name)
    link.refusal("VA04")
    wanted = tuple((f"VA0{n}", 1) for n in range(1, 5))
    until(lambda: _rules(target, group) == wanted, "all four, once")
    link.close()


def _rules(target: str, group: SchoolClass) -> object:
    with closing(ClassStore.open(target)) as store:
        return store.board(group.id).rules


def test_what_a_killed_program_did_not_send_is_sent_by_the_next(
    target: str, store: ClassStore, group: SchoolClass, tmp_path: Path
) -> None:
    killed = join(target, tmp_path, group.word, "Anna")  # never started: it sends nothing
    killed.begin_run("07", "Dubbel", "practise")
    killed.refusal("VA01")
    handle = killed._outbox._handle
    assert handle is not None
    os.write(handle, b'{"kind": "refusal", "ru')  # cut in the middle of a line
    os.close(handle)  # as the kernel does; the lock goes with it
    link = started(target, tmp_path, group.word)
    link.refusal("VA02")
    until(lambda: store.board(group.id).rules == (("VA01", 1), ("VA02", 1)), "both")
    assert store.board(group.id).rows[0].title == "Dubbel"
    link.close()
    assert list((tmp_path / FOLDER).glob("*.jsonl")) == []


def test_two_programs_of_one_learner_do_not_take_each_others_events(tmp_path: Path) -> None:
    one, two = Outbox.new(tmp_path, "t"), Outbox.new(tmp_path, "t")
    one.put({"kind": "save"})
    assert Outbox.left(tmp_path, "t") == []
    one.close()
    (left,) = Outbox.left(tmp_path, "t")
    assert left.waiting(9) == (1, [{"kind": "save"}])
    assert left.sender == one.sender != two.sender


def test_a_folder_that_cannot_be_written_disturbs_nobody(
    target: str, store: ClassStore, group: SchoolClass, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.write_text("a file, no folder")
    link = started(target, home, group.word)
    link.refusal("VA01")
    until(lambda: store.board(group.id).rules == (("VA01", 1),), "the refusal")
    link.close()


def test_a_class_that_is_removed_disturbs_nobody(
    target: str, store: ClassStore, group: SchoolClass, tmp_path: Path
) -> None:
    link = started(target, tmp_path, group.word)
    store.remove(group.word)
    link.refusal("VA01")
    until(lambda: not link._thread.is_alive(), "the link ends")
    link.refusal("VA02")
    assert list(link.news()) == []
    link.close()


def test_a_demonstration_is_not_the_learners_doing(
    target: str, group: SchoolClass, tmp_path: Path
) -> None:
    link = join(target, tmp_path, group.word, "Anna")
    link.begin_run("07", "07 Dubbel", "show")
    link.refusal("BE05")
    link.saved()
    link.ended(None)
    link.refusal("VA31")
    assert [item["kind"] for item in link._outbox.waiting(9)[1]] == ["begin", "end", "refusal"]
    link.close()


def test_a_server_is_a_store_too(empty_postgres: str, tmp_path: Path) -> None:
    with closing(ClassStore.open(empty_postgres, create=True)) as store:
        group = store.create("Måndag fm")
        link = started(empty_postgres, tmp_path, group.word)
        link.begin_run("07", "Dubbel", "practise")
        link.refusal("VA01")
        until(lambda: store.board(group.id).rules == (("VA01", 1),), "the refusal")
        store.tip(group.id, "Hej")
        heard: list[Said] = []
        listen(link, heard, 1)
        link.close()
    assert heard == [Said("Läraren: Hej")]


# --- joining --------------------------------------------------------------------------------


def test_joining_again_from_the_same_folder_goes_on_without_a_question(
    target: str, group: SchoolClass, tmp_path: Path
) -> None:
    first = join(target, tmp_path / "a", group.word, "Anna").joined
    assert join(target, tmp_path / "a", group.word.upper(), "ANNA").joined == first
    with pytest.raises(NameTaken):
        join(target, tmp_path / "b", group.word, "Anna")
    assert join(target, tmp_path / "b", group.word, "Anna", same=True).joined.token == first.token
    with pytest.raises(NoClass):
        join(target, tmp_path / "a", "gran-gran-gran", "Anna")


def test_without_the_store_whoever_has_joined_goes_in(
    target: str, store: ClassStore, group: SchoolClass, tmp_path: Path
) -> None:
    joined = join(target, tmp_path / "a", group.word, "Anna").joined
    store.close()
    Path(target).rename(tmp_path / "elsewhere.db")
    assert join(target, tmp_path / "a", group.word, "Anna").joined == joined
    with pytest.raises(DatabaseTrouble, match="finns inte"):
        join(target, tmp_path / "a", group.word, "Bo")
    for spoilt in ("{", "[]", '{"token": 1}', '{"token": "../x"}'):
        for memory in (tmp_path / "a" / FOLDER).glob("*.json"):
            memory.write_text(spoilt)
        with pytest.raises(DatabaseTrouble):
            join(target, tmp_path / "a", group.word, "Anna")
