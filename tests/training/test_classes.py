"""The class store: joining, the board, tips, results, removal; on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from pasis_tui import clock
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.training import class_tables
from pasis_tui.training.class_words import WORDS
from pasis_tui.training.classes import (
    LOOKING,
    ClassStore,
    ClassTrouble,
    LearnerGone,
    NameTaken,
    NoClass,
    SchoolClass,
)
from tests.training.class_world import Clocks, Learner

HOSTILE = "An\x1b[31mna\u202e\u2066\x00\n\tBerg" + "x" * 10_000


@pytest.fixture(params=["sqlite", "postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "classes.db")
    address: str = request.getfixturevalue("empty_postgres")
    return address


@pytest.fixture
def store(target: str) -> Iterator[ClassStore]:
    with closing(ClassStore.open(target, create=True)) as opened:
        yield opened


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    return Clocks(monkeypatch)


@pytest.fixture
def group(store: ClassStore) -> SchoolClass:
    return store.create("Måndag fm")


@pytest.fixture
def joins(store: ClassStore, clocks: Clocks, group: SchoolClass) -> Callable[[str], Learner]:
    clocks.at = store._opened.store_time()  # a server has a clock of its own
    return lambda name: Learner(store, group, name, clocks)


def test_a_class_is_found_by_its_word_however_it_is_typed(store: ClassStore) -> None:
    made = store.create("Måndag fm")
    parts = made.word.split("-")
    assert len(parts) == 3
    assert set(parts) <= set(WORDS)
    for typed in (made.word, made.word.upper(), " ".join(parts), f" {made.word}\n"):
        assert store.find(typed) == made
    with pytest.raises(NoClass, match="Det finns ingen klass med ordet gran-gran-gran"):
        store.find("gran-gran-gran")
    store.create("Tisdag")
    assert [each.name for each in store.classes()] == ["Tisdag", "Måndag fm"]


def test_the_words_are_plain_short_and_many() -> None:
    assert len(WORDS) == len(set(WORDS)) > 100
    assert all(word.isascii() and word.islower() and len(word) <= 8 for word in WORDS)


def test_joining_twice_goes_on_and_a_name_that_is_there_is_asked_about(
    store: ClassStore, group: SchoolClass
) -> None:
    anna = store.join(group.word, "Anna")
    assert store.join(group.word, "anna", anna.token) == anna
    with pytest.raises(NameTaken, match="Anna finns redan i klassen Måndag fm"):
        store.join(group.word, "Anna")
    assert store.join(group.word, " ANNA ", same=True) == anna
    assert [name for _, name in store.learners(group.id)] == ["Anna"]
    other = store.create("Tisdag")
    assert store.join(other.word, "Anna").token != anna.token


def test_names_tips_and_screens_are_shown_harmlessly(
    store: ClassStore, group: SchoolClass, joins: Callable[[str], Learner]
) -> None:
    anna = joins(HOSTILE)
    ((number, name),) = store.learners(group.id)
    assert name.startswith("An [31mna Berg")
    assert (len(name), name.isprintable()) == (40, True)
    tip = store.tip(group.id, HOSTILE, number)
    assert (len(tip), tip.isprintable()) == (120, True)
    assert store.news(anna.token, 0).tips[0][1] == tip
    anna.begin(exercise=HOSTILE, title=HOSTILE)
    anna.refuse(HOSTILE)
    (row,) = store.board(group.id).rows
    assert row.title.isprintable()
    assert row.rule.isprintable()
    store.show_screen(anna.token, "rad ett\x1b]0;x\x07\nrad två\u202e")
    shown = store.look(number)
    assert shown is not None
    assert shown[0] == "rad ett ]0;x \nrad två "
    for nothing in ("", " \u202e\x00", "\ud800"):
        with pytest.raises(ClassTrouble):
            store.join(group.word, nothing)
        with pytest.raises(ClassTrouble):
            store.tip(group.id, nothing)


def test_the_board_shows_where_each_is_and_who_is_stuck(
    store: ClassStore, group: SchoolClass, clocks: Clocks, joins: Callable[[str], Learner]
) -> None:
    anna, bo = joins("Anna"), joins("Bo")
    anna.begin()
    clocks.after(130)
    bo.begin("08-borttag", "Borttag nekas")
    anna.refuse("BE05", "VA31", "BE05")
    first, second = store.board(group.id).rows
    assert (first.name, first.title, first.minutes, first.marks) == (
        "Anna", "Dubbelsession", 2, None,
    )  # fmt: skip
    assert (first.rule, first.times, first.stuck) == ("BE05", 2, False)
    assert (second.name, second.rule, second.stuck) == ("Bo", "", False)
    anna.refuse("BE05")
    assert store.board(group.id).rows[0].stuck
    anna.tell("save")  # a fact is saved: it goes forward
    assert (store.board(group.id).rows[0].stuck, store.board(group.id).rows[0].times) == (False, 0)
    clocks.after(299)
    assert not store.board(group.id).rows[0].stuck
    clocks.after(1.5)
    assert store.board(group.id).rows[0].stuck
    assert int(store.board(group.id).rows[0].idle) == 300
    anna.end(90)
    clocks.after(600)
    first = store.board(group.id).rows[0]
    assert (first.marks, first.minutes, first.stuck) == (90, 7, False)
    anna.refuse("VA31")
    assert store.board(group.id).rules == (("BE05", 3), ("VA31", 2))


def test_the_board_is_one_query(store: ClassStore, group: SchoolClass) -> None:
    store.join(group.word, "Anna")
    store.board(group.id)
    asked: list[str] = []
    engine = store._opened._engine
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]), named=False)
    store.board(group.id)
    assert len([one for one in asked if one.startswith("SELECT")]) == 1


def test_what_is_sent_twice_counts_once_and_order_is_kept(
    store: ClassStore, group: SchoolClass
) -> None:
    token = store.join(group.word, "Anna").token
    items = [{"kind": "begin", "exercise": "a", "title": "A", "mode": "test", "at": 1.0}]
    items += [{"kind": "refusal", "rule": f"VA{n:02}", "at": 2.0 + n} for n in range(5)]
    assert store.deliver(token, "s", 1, items[:4]) == 4
    assert store.deliver(token, "s", 1, items) == 6
    assert store.deliver(token, "s", 3, items[2:]) == 6
    assert store.deliver(token, "s", 9, items) == 6  # the store lacks some: it says from where
    assert store.deliver(token, "t", 1, [{"kind": "refusal", "rule": "VA00", "at": 1.0}]) == 1
    assert dict(store.board(group.id).rules) == {"VA00": 2, **{f"VA{n:02}": 1 for n in range(1, 5)}}


@pytest.mark.parametrize("item", [{}, {"kind": []}, {"kind": "begin"}, {"kind": "end", "marks": "x"},
    {"kind": "refusal", "at": "x"}, {"kind": "save", "at": 1e300}, {"kind": "end", "keys": 1e30}])  # fmt: skip
def test_a_spoilt_event_does_no_harm(
    store: ClassStore, group: SchoolClass, item: dict[str, object]
) -> None:
    token = store.join(group.word, "Anna").token
    assert store.deliver(token, "s", 1, [item]) == 1
    assert store.board(group.id).rows[0].idle >= 0


def test_tips_go_to_one_or_to_all_and_come_once(
    store: ClassStore, group: SchoolClass, joins: Callable[[str], Learner]
) -> None:
    anna, bo = joins("Anna"), joins("Bo")
    numbers = {name: number for number, name in store.learners(group.id)}
    store.tip(group.id, "Titta på datumet", numbers["Anna"])
    store.tip(group.id, "Paus kl. 10")
    store.wish(group.id, "08-borttag", "08 Borttag nekas")
    told = store.news(anna.token, 0)
    assert [text for _, text in told.tips] == ["Titta på datumet", "Paus kl. 10"]
    assert (told.wish, told.exercise, told.title) == (1, "08-borttag", "08 Borttag nekas")
    assert store.news(anna.token, told.tips[-1][0]).tips == ()
    assert [text for _, text in store.news(bo.token, 0).tips] == ["Paus kl. 10"]
    later = store.join(group.word, "Cissi")  # what was said before is not said to her
    assert (later.last_tip, later.wish) == (told.tips[-1][0], 1)


def test_a_screen_is_asked_for_as_long_as_the_trainer_looks(
    store: ClassStore, group: SchoolClass, clocks: Clocks, joins: Callable[[str], Learner]
) -> None:
    anna = joins("Anna")
    ((number, _),) = store.learners(group.id)
    assert not store.news(anna.token, 0).watched
    assert store.look(number) is None
    assert store.news(anna.token, 0).watched
    store.show_screen(anna.token, "ett")
    store.show_screen(anna.token, "två")
    clocks.after(2)
    shown = store.look(number)
    assert shown is not None
    assert (shown[0], round(shown[1])) == ("två", 2)
    clocks.after(LOOKING + 1)
    assert not store.news(anna.token, 0).watched


def test_results_are_the_best_of_each_and_rules_are_mastered_by_full_marks(
    store: ClassStore, group: SchoolClass, joins: Callable[[str], Learner]
) -> None:
    anna, bo = joins("Åsa"), joins("Bo")
    anna.begin()
    anna.refuse("BE05", "BE05")
    anna.end(80, 60)
    anna.begin()
    anna.end(100, 70)
    anna.begin()
    anna.end(100, 55)
    anna.begin("08-borttag", "Borttag")
    anna.refuse("VA31")
    anna.end(95)
    bo.begin()
    bo.tell("end")  # left, not graded
    (best, other) = store.results(group.id)
    assert best[1:8] == ("Åsa", "07-dubbel", "Dubbelsession", 100, 55, 40, 3)
    assert (other.exercise, other.marks, other.tries) == ("08-borttag", 95, 1)
    met = {(each.rule, each.times, each.mastered) for each in store.rules_met(group.id)}
    assert met == {("BE05", 2, True), ("VA31", 1, False)}


def test_a_removed_class_leaves_nothing(
    store: ClassStore, group: SchoolClass, joins: Callable[[str], Learner], target: str
) -> None:
    kept = store.create("Tisdag")
    store.join(kept.word, "Cissi")
    anna = joins("Annakarin")
    anna.begin()
    anna.refuse("BE05")
    anna.end(50)
    store.tip(group.id, "Hej")
    store.show_screen(anna.token, "skärmen")
    assert store.remove(group.word).name == "Måndag fm"
    assert [each.word for each in store.classes()] == [kept.word]
    with store._opened.begin(reading=True) as connection:
        for table in class_tables.METADATA.sorted_tables:
            left = connection.execute(table.select()).all()
            assert len(left) == (
                1 if table.name in {"class_store", "school_class", "learner"} else 0
            )
    with pytest.raises(LearnerGone):
        anna.tell("save")
    with pytest.raises(LearnerGone):
        store.news(anna.token, 0)
    if "://" not in target:
        store.close()
        files = Path(target).parent.glob("classes.db*")
        assert not any(b"Annakarin" in file.read_bytes() for file in files)


def test_thirty_learners_at_once_lose_nothing(store: ClassStore, group: SchoolClass) -> None:
    faults: list[BaseException] = []

    def learner(number: int) -> None:
        try:
            token = store.join(group.word, f"Deltagare {number}").token
            sent = 0
            for at in range(15):
                item = {"kind": "refusal", "rule": f"VA{at % 3:02}", "at": clock.wall()}
                sent = store.deliver(token, token, sent + 1, [item])
                store.news(token, 0)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=learner, args=(n,)) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert store.board(group.id).rules == (("VA00", 150), ("VA01", 150), ("VA02", 150))
    assert len(store.board(group.id).rows) == 30


def test_one_name_joined_by_many_at_once_is_one_learner(
    store: ClassStore, group: SchoolClass
) -> None:
    got: list[str] = []

    def join() -> None:
        try:
            store.join(group.word, "Anna")
            got.append("in")
        except NameTaken:
            got.append("asked")

    threads = [threading.Thread(target=join) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == ["asked"] * 7 + ["in"]


# --- the place of the store -----------------------------------------------------------------


def test_a_store_is_made_only_when_asked_for(tmp_path: Path) -> None:
    with pytest.raises(DatabaseTrouble, match=r"finns inte\. pasis class create"):
        ClassStore.open(str(tmp_path / "classes.db"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("folder", "file"), [(0o700, 0o600), (0o770, 0o660), (0o755, 0o600)])
def test_a_store_is_shared_where_its_folder_is(tmp_path: Path, folder: int, file: int) -> None:
    place = tmp_path / "klass"
    place.mkdir()
    place.chmod(folder)
    path = place / "classes.db"
    with closing(ClassStore.open(str(path), create=True)) as store:
        store.create("Måndag fm")
        modes = {each.stat().st_mode & 0o777 for each in place.iterdir()}  # its journal's too
    assert modes == {file}


def test_a_register_never_becomes_a_class_store(sqlite_template: Path, tmp_path: Path) -> None:
    before = sqlite_template.read_bytes()
    for create in (False, True):
        with pytest.raises(DatabaseTrouble, match="är inget klassförråd"):
            ClassStore.open(str(sqlite_template), create=create)
    assert sqlite_template.read_bytes() == before
    (tmp_path / "x.db").write_text("hej")
    with pytest.raises(DatabaseTrouble, match="skadad eller ingen databas"):
        ClassStore.open(str(tmp_path / "x.db"), create=True)


def test_a_server_that_is_gone_is_told_without_its_password() -> None:
    with pytest.raises(DatabaseTrouble, match="Når inte databasen") as told:
        ClassStore.open("postgresql://a:hemligt@127.0.0.1:1/klass")
    assert "hemligt" not in str(told.value)


def test_a_store_of_another_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "classes.db"
    ClassStore.open(str(path), create=True).close()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE class_store SET version = 2")
    with pytest.raises(DatabaseTrouble, match="annan version"):
        ClassStore.open(str(path), create=True)
