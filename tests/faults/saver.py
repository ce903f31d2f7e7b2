"""A clerk who saves as fast as the program can, in a process of her own that may be killed.

Started by ``test_killed_saving``: the imports are done once, and each database named on stdin
gets a fork.  It says its process id, then each act as soon as it was acknowledged, as the audit log
shall have it (``create visit 7``); when it is dead, how it ended.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.patients import numbers, patients
from pasis_tui.services.visits import visits
from pasis_tui.store.database import Database
from tests.services.clinic import ALL, Clinic, commitment_fields

DAY = date(2026, 3, 9)
VISITS = 12  # of one patient, then comes the next


def saved(clinic: Clinic) -> Iterator[str]:
    """Save new patients, their commitments and visits for ever; say each act that is done.

    Every third visit is cancelled, every fourth moved to another time.
    """
    while True:
        context = clinic.at(DAY)
        number = numbers.new_reserve_number(context, "19800101").number
        person = {"identity_number": number, "family_name": "Ny", "given_name": "X", "sex": "K"}
        patient = patients.save(context, person, None).id
        card = care_commitments.create(context, patient, commitment_fields(DAY), ALL)
        yield f"create patient {patient}"
        yield f"create care_commitment {card.id}"
        for week in range(VISITS):
            visit = clinic.visit(card, DAY + timedelta(weeks=week))
            yield f"create visit {visit.id}"
            context = clinic.at(DAY + timedelta(weeks=week))
            if week % 4 == 3:
                raw = visit.raw() | {"time": "1645"}
                visit = visits.change(context, visit.id, visit.version, raw, ALL)
                yield f"change visit {visit.id}"
            if week % 3 == 2:
                visits.cancel(context, visit.id, visit.version, "sjuk", ALL)
                yield f"cancel visit {visit.id}"


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())  # whole, whatever happens next


def main() -> None:
    clinic: Clinic = pickle.loads(Path(sys.argv[1]).read_bytes())
    with Database.open(sys.argv[2]) as database:
        # Every query is compiled once, here.
        for act in saved(replace(clinic, database=database)):
            if act.startswith("cancel"):
                break
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            say(f"pid {os.getpid()}")
            for act in saved(replace(clinic, database=Database.open(line.strip()))):
                say(act)
        _, status = os.waitpid(child, 0)
        say(f"end {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
