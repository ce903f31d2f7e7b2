"""What the practice patients paid: fees up to the ceiling, then frikort, as 085 charges them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from pasis_tui.training.practice_rows import Row, add, versioned
from pasis_tui.validation.cost_protection import Fee, assess


def charge(tables: dict[str, list[Row]], today: date) -> None:
    """Lower the fees of the visits in *tables* to what the cost protection leaves.

    Adds the frikort issued up to *today*.  Cancelled visits keep the fee they had.
    """
    born = {row["id"]: row["birth_date"] for row in tables["patient"]}
    units = {row["id"]: row for row in tables["unit"]}
    visits: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in tables["visit"]:
        if row["cancelled_at"] is None:
            visits[row["patient_id"], row["unit_id"]].append(row)
    for (patient_id, unit_id), rows in visits.items():
        birth = born[patient_id]
        fees = _charged(birth, sorted(rows, key=lambda row: (row["date"], row["time"], row["id"])))
        protection = assess(birth, today, fees)
        for card in protection.issued:
            key = len(tables["free_card"]) + 1
            add(
                tables["free_card"],
                **versioned(card.valid_from),
                unit_id=unit_id,
                patient_id=patient_id,
                number=f"{units[unit_id]['code']}-{key:06d}",
                issuer=units[unit_id]["name"],
                valid_from=card.valid_from,
                valid_to=card.valid_to,
                issued_here=True,
                removed_at=None,
            )


def _charged(born: date, rows: list[Row]) -> list[Fee]:
    fees: list[Fee] = []
    for row in rows:
        if not row["no_show"] and not row["without_fee"]:
            protection = assess(born, row["date"], fees, at=row["time"])
            free = bool(protection.exemption)
            row |= {"fee": protection.due, "without_fee": free, "exemption": protection.exemption}
        kind = "no_show" if row["no_show"] else "visit"
        fees.append(Fee(row["date"], row["time"], kind, row["id"], row["fee"]))
    return fees
