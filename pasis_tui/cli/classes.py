"""What ``pasis class`` does, and ``pasis --class``; imported only when one of them is typed."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from pasis_tui.cli import asking
from pasis_tui.files.whole import typed_path
from pasis_tui.training import class_link
from pasis_tui.training.class_book import shown_time, write_results
from pasis_tui.training.class_link import ClassLink
from pasis_tui.training.class_tables import store_of
from pasis_tui.training.classes import ClassStore, ClassTrouble, Done, NameTaken, SchoolClass

_NOTHING = "Ingen har fått en övning rättad ännu."


def run(options: argparse.Namespace, home: Path, today: date) -> Sequence[str]:
    """Do what ``pasis class`` asks and return what is said of it."""
    target = store_of(home, getattr(options, "store", None))
    with closing(ClassStore.open(target, create=options.act == "create")) as store:
        if options.act == "create":
            made = store.create(options.group)
            return (
                f"Klassen {made.name} är gjord. Ordet är {made.word}",
                f"Deltagarna startar med: pasis --class {made.word} --learner NAMN",
            )
        if options.act == "list":
            return [_line(each) for each in store.classes()] or ["Det finns inga klasser."]
        if options.act == "remove":
            gone = store.remove(options.word)
            return (f"Klassen {gone.name} är borttagen med {_learners(gone)} och allt om dem.",)
        group = store.find(options.word)
        if options.act == "end":
            store.end(group.id)
            return (f"Klassen {group.name} är avslutad. Resultaten finns kvar.",)
        if options.act == "results":
            return _results(store, group, options.xlsx)
        return _certificates(store, group, options.folder, today)


def _results(store: ClassStore, group: SchoolClass, file: str | None) -> Sequence[str]:
    done = store.results(group.id)
    if file is None:
        return [_done(each) for each in done] or [_NOTHING]
    path = typed_path(file)
    if path.suffix.lower() != ".xlsx":
        raise ClassTrouble(
            f"{path.name or 'Filen'}: resultaten är en Excelbok. Filens namn ska sluta på .xlsx."
        )
    count = write_results(path, group, done)
    return (f"{path}: {count} {'rad' if count == 1 else 'rader'}",)


def _certificates(store: ClassStore, group: SchoolClass, folder: str, today: date) -> Sequence[str]:
    from pasis_tui.training.certificates import certificates, write_certificates

    written = write_certificates(certificates(store, group, today), typed_path(folder))
    return [str(path) for path in written] or [_NOTHING]


def _line(group: SchoolClass) -> str:
    ended = "  avslutad" if group.ended is not None else ""
    return f"{group.word:<24} {shown_time(group.made)}  {_learners(group):<14} {group.name}{ended}"


def _learners(group: SchoolClass) -> str:
    return f"{group.learners} deltagare"


def _done(done: Done) -> str:
    keys = f", {done.keys} tangenter (facit {done.par_keys})" if done.par_keys else ""
    tries = "1 försök" if done.tries == 1 else f"{done.tries} försök"
    return f"{done.name}: {done.title or done.exercise}  {done.marks} poäng{keys}, {tries}"


def join(options: argparse.Namespace, home: Path) -> ClassLink:
    """Join the class that was typed; a name that is there is asked about at the terminal."""
    if options.class_word is None:
        raise ClassTrouble("--learner behöver också --class ORD, klassens ord.")
    if options.learner is None:
        raise ClassTrouble("--class behöver också --learner NAMN, ditt namn i klassen.")
    target = store_of(home, getattr(options, "store", None))
    try:
        return class_link.join(target, home, options.class_word, options.learner)
    except NameTaken as taken:
        if not asking.yes(f"{taken} Är det du?"):
            raise ClassTrouble(f"{taken} Välj ett annat namn med --learner.") from taken
        return class_link.join(target, home, options.class_word, options.learner, same=True)
