"""A clerk who saves as fast as the program can, in a process of her own that may be killed.

Started by ``test_killed_saving``: the imports are done once, and each database named on stdin
gets a fork.  It says its process id, then the id of each visit as soon as its save was
acknowledged; when it is dead, how it ended.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from pasis_tui.services import care_commitments, patients
from pasis_tui.store.database import Database
from tests.services.clinic import ALL, Clinic, commitment_fields

DAY = date(2026, 3, 9)
VISITS = 12  # of one patient, then comes the next


def saved(clinic: Clinic) -> Iterator[int]:
    """Save new patients, their commitments and visits for ever; give each visit's id."""
    while True:
        context = clinic.at(DAY)
        number = patients.new_reserve_number(context, date(1980, 1, 1))
        person = {"identity_number": number, "family_name": "Ny", "given_name": "X", "sex": "K"}
        patient = patients.save(context, person, None).id
        card = care_commitments.create(context, patient, commitment_fields(DAY), ALL)
        for week in range(VISITS):
            yield clinic.visit(card, DAY + timedelta(weeks=week)).id


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())  # whole, whatever happens next


def main() -> None:
    clinic: Clinic = pickle.loads(Path(sys.argv[1]).read_bytes())
    with Database.open(sys.argv[2]) as database:
        next(saved(replace(clinic, database=database)))  # every query is compiled once, here
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            say(f"pid {os.getpid()}")
            for visit in saved(replace(clinic, database=Database.open(line.strip()))):
                say(str(visit))
        _, status = os.waitpid(child, 0)
        say(f"end {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
