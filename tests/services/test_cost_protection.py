"""283 and 610 through the services, and what 085 makes of them."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pasis_tui.services.commitments.care_commitments import CommitmentCard
from pasis_tui.services.fees import cost_protection
from pasis_tui.services.reports import papers
from pasis_tui.services.visits import visits
from pasis_tui.services.visits.visits import VisitCard
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import Conflict
from pasis_tui.validation.cost_protection import Card
from pasis_tui.validation.findings import Refused
from tests.services.clinic import ALL, Clinic, confirming, make_clinic, refused, warned

DAY = date(2026, 3, 9)
WEEK = timedelta(days=7)
FAR = DAY + 20 * WEEK
FEE = {"date": "2026-03-20", "amount": "300", "provider": "Vårdcentralen Åker", "proof": "KV"}
CARD = {
    "number": "R-17",
    "issuer": "Region X",
    "valid_from": "2026-01-10",
    "valid_to": "2027-01-09",
}


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return make_clinic(database)


@pytest.fixture
def one(sqlite_database: Database) -> Clinic:
    return make_clinic(sqlite_database)


def weekly(clinic: Clinic, count: int) -> tuple[CommitmentCard, list[VisitCard]]:
    """Visits as 085 proposes them, one a week from DAY."""
    card = clinic.commitment()
    return card, [clinic.visit(card, DAY + n * WEEK) for n in range(count)]


def cards(clinic: Clinic, today: date = FAR) -> list[tuple[str, date, date, bool]]:
    rows = cost_protection.free_cards(clinic.at(today, screen="610"), clinic.vera)
    return [(c.number, c.valid_from, c.valid_to, c.issued_here) for c in rows]


def add_fee(clinic: Clinic, today: date = FAR, confirmed: Any = frozenset(), **raw: str) -> Any:
    context = clinic.at(today, screen="283")
    return cost_protection.add_external(context, clinic.vera, FEE | raw, confirmed)


# --- 085 --------------------------------------------------------------------------------------


def test_085_proposes_what_is_left_and_then_nothing(clinic: Clinic) -> None:
    card, saved = weekly(clinic, 6)
    seventh = visits.propose(clinic.at(DAY + 6 * WEEK), clinic.vera, card.id)
    assert (seventh.fee, seventh.raw["fee"]) == (200, "200 kr")
    assert seventh.fee_reason == "Besöksavgift, betalt i perioden 1 200 av 1 450, kvar 250"
    clinic.visit(card, DAY + 6 * WEEK)
    eighth = clinic.visit(card, DAY + 7 * WEEK)
    assert (eighth.fee, eighth.exemption) == (50, "")
    last = date(2027, 3, 8)
    assert eighth.notices == (f"Frikort PSMA01-000001 utfärdat, gäller {eighth.date}–{last}.",)
    assert cards(clinic) == [("PSMA01-000001", eighth.date, last, True)]
    ninth = visits.propose(clinic.at(DAY + 8 * WEEK), clinic.vera, card.id)
    assert (ninth.fee, ninth.raw["without_fee"], ninth.raw["exemption"]) == (0, "J", "FK")
    assert f"{eighth.date}–{last}" in ninth.fee_reason
    assert clinic.visit(card, DAY + 8 * WEEK).fee == 0
    assert [v.fee for v in saved] == [200] * 6
    assert visits.propose(clinic.at(last + timedelta(days=1)), clinic.vera, card.id).fee == 200


def test_hk02_a_reason_that_is_not_the_patients(one: Clinic) -> None:
    card = one.commitment()
    for reason in ("FK", "U2", "Ä8"):
        with refused("HK02", "exemption", "Utan avgift N"):
            one.visit(card, DAY, without_fee="J", exemption=reason)


def test_hk03_who_need_not_pay_is_registered_with_the_reason(one: Clinic) -> None:
    weekly_card, _ = weekly(one, 8)
    with refused("HK03", "without_fee", "Frikort gäller", "FK"):
        one.visit(weekly_card, DAY + 8 * WEEK, without_fee="N", exemption="")
    young = one.commitment(patient=one.young, problem="IPT")
    with refused("HK03", "without_fee", "ålder", "U2"):
        one.visit(young, DAY, without_fee="N", exemption="")
    assert one.visit(young, DAY, kva="DU022").fee == 0


def test_a_no_show_costs_400_and_never_counts(one: Clinic) -> None:
    card, _ = weekly(one, 1)
    assert one.visit(card, DAY + WEEK, no_show="J").fee == 400
    overview = cost_protection.overview(one.at(FAR, screen="283"), one.vera)
    assert overview.texts["standing"] == "Betalt i perioden 200 av 1 450, kvar 1 250"
    assert [(r.what, r.paid, r.counted) for r in overview.rows] == [
        ("Uteblivet", 400, 0),
        ("Besök", 200, 200),
    ]


def test_changing_something_else_leaves_the_fee_alone(one: Clinic) -> None:
    _, saved = weekly(one, 8)
    add_fee(one)
    last = saved[-1]
    raw = dict(last.raw()) | {"reception": "FILIAL"}
    changed = visits.change(one.at(FAR), last.id, last.version, raw, ALL)
    assert changed.fee == 50
    assert cost_protection.overview(one.at(FAR), one.vera).overpaid == 300


def test_a_cancelled_visit_withdraws_the_frikort(clinic: Clinic) -> None:
    _, saved = weekly(clinic, 8)
    gone = visits.cancel(clinic.at(FAR), saved[3].id, saved[3].version, "fel dag", ALL)
    assert gone.notices == (
        "Frikort PSMA01-000001 är återkallat: avgifterna når inte längre taket.",
    )
    assert cards(clinic) == []
    assert [e.action for e in clinic.events() if e.entity == "free_card"] == [
        "create",
        "remove",
        "read",
    ]


def test_a_booking_gives_its_frikort_on_its_day_by_utfarda(one: Clinic) -> None:
    card, _ = weekly(one, 7)
    booked = one.visit(card, FAR, today=DAY + 7 * WEEK)
    assert (booked.fee, booked.notices) == (50, ())
    assert cost_protection.issue(one.at(FAR - WEEK, screen="610"), one.vera) == ()
    overview = cost_protection.overview(one.at(FAR), one.vera)
    assert overview.unissued == (Card(FAR, date(2027, 3, 8)),)
    assert "Utfärda" in overview.texts["free_card"]
    (said,) = cost_protection.issue(one.at(FAR, screen="610"), one.vera)
    assert "utfärdat" in said
    assert cost_protection.issue(one.at(FAR, screen="610"), one.vera) == ()


# --- 283 --------------------------------------------------------------------------------------


def test_a_back_dated_fee_moves_the_frikort_and_lists_overpayments(clinic: Clinic) -> None:
    _, saved = weekly(clinic, 8)
    said = add_fee(clinic)
    sixth = saved[5].date
    assert said == (
        f"Frikort PSMA01-000001 är omräknat, gäller {sixth}–2027-03-08.",
        "För mycket betalt: 300 kr mer, se 283 1.",
    )
    overview = cost_protection.overview(clinic.at(FAR, screen="283"), clinic.vera)
    assert [(r.date, r.paid, r.overpaid) for r in overview.rows if r.overpaid] == [
        (saved[7].date, 50, 50),
        (saved[6].date, 200, 200),
        (sixth, 200, 50),
    ]
    assert overview.texts["overpaid"] == "300 kr på 3 avgifter, se listan."
    assert visits.get(clinic.at(FAR), saved[6].id).fee == 200
    (row,) = cost_protection.external_fees(clinic.at(FAR, screen="283"), clinic.vera)
    assert (row.amount, row.counted, row.proof) == (300, 300, "KV")
    context = clinic.at(FAR, screen="283")
    (back,) = cost_protection.remove_external(context, row.id, row.version, "fel patient")
    assert str(saved[7].date) in back
    assert cost_protection.external_fees(context, clinic.vera) == ()
    assert cost_protection.overview(context, clinic.vera).overpaid == 0
    removed = [e for e in clinic.events() if (e.action, e.entity) == ("remove", "external_fee")]
    assert [(e.reason, e.patient_id) for e in removed] == [("fel patient", clinic.vera)]


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("date", "2030-01-01", "framtiden"),
        ("date", "", "saknas"),
        ("date", "20260231", "finns inte"),
        ("amount", "0", "hela kronor"),
        ("amount", "99999999999999999999", "hela kronor"),
        ("amount", "-5", "siffror"),
        ("amount", "12,50", "siffror"),
        ("provider", " ", "saknas"),
        ("provider", "x" * 61, "60"),
        ("provider", "a\x1b[2J", "tecken"),
        ("proof", "QQ", "Giltiga"),
    ],
)
def test_hk04_what_no_manual_visit_can_be(one: Clinic, field: str, value: str, word: str) -> None:
    one.commitment()
    with refused("HK04", field, word):
        cost_protection.add_external(one.at(FAR), one.vera, FEE | {field: value})


def test_hk05_twice_the_same_or_while_free(one: Clinic) -> None:
    weekly(one, 8)
    add_fee(one)
    with warned("HK05", "date", "redan registrerat"):
        add_fee(one, provider="VÅRDCENTRALEN åker")
    with warned("HK05", "date", "Frikort gällde"):
        add_fee(one, date="2026-06-01")
    add_fee(one, date="2026-06-01", confirmed=confirming("HK05"))
    one.commitment(patient=one.young)
    with warned("HK05", "date", "ålder"):
        cost_protection.add_external(one.at(FAR), one.young, FEE)


def test_removing_asks_why_and_meets_the_other_clerk(one: Clinic) -> None:
    one.commitment()
    add_fee(one)
    context = one.at(FAR, screen="283")
    (row,) = cost_protection.external_fees(context, one.vera)
    with refused("HK04", "remove_reason", "Orsak"):
        cost_protection.remove_external(context, row.id, row.version, "  ")
    with pytest.raises(Conflict):
        cost_protection.remove_external(context, row.id, row.version + 1, "fel")
    cost_protection.remove_external(context, row.id, row.version, "fel")
    with pytest.raises(Conflict) as told:  # who has taken it away, as to any second clerk
        cost_protection.remove_external(context, row.id, row.version, "igen")
    assert told.value.action == "remove"


def test_a_back_dated_moved_or_cancelled_visit_tells_what_became_overpaid(one: Clinic) -> None:
    card, _ = weekly(one, 8)
    paid = {"contact_type": "NY", "without_fee": "N", "exemption": ""}
    fields = one.visit_fields(card, DAY - WEEK, today=FAR, **paid)
    early = visits.save(one.at(FAR), card.patient_id, fields, ALL)
    assert "För mycket betalt: 200 kr mer, se 283 1." in early.notices
    context = one.at(FAR)
    missed = visits.change(context, early.id, early.version, early.raw() | {"no_show": "J"}, ALL)
    assert not any("För mycket" in said for said in missed.notices)
    back = visits.change(context, early.id, missed.version, early.raw(), ALL)
    assert "För mycket betalt: 200 kr mer, se 283 1." in back.notices
    gone = visits.cancel(context, early.id, back.version, "dubbel", ALL)
    assert not any("För mycket" in said for said in gone.notices)


# --- 610 --------------------------------------------------------------------------------------


def test_a_frikort_from_elsewhere_is_registered_used_and_taken_back(clinic: Clinic) -> None:
    card = clinic.commitment()
    context = clinic.at(DAY, screen="610")
    assert cost_protection.add_card(context, clinic.vera, CARD) == ()
    assert cards(clinic) == [("R-17", date(2026, 1, 10), date(2027, 1, 9), False)]
    proposal = visits.propose(clinic.at(DAY), clinic.vera, card.id)
    assert (proposal.fee, proposal.raw["exemption"]) == (0, "FK")
    (row,) = cost_protection.free_cards(context, clinic.vera)
    cost_protection.remove_card(context, row.id, row.version, "fel patient")
    assert cards(clinic) == []
    assert visits.propose(clinic.at(DAY), clinic.vera, card.id).fee == 200


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("valid_to", "2027-01-10", "2027-01-09"),
        ("valid_to", "2026-01-09", "före"),
        ("valid_to", "", "saknas"),
        ("valid_from", "2026-11-01", "framtiden"),
        ("number", "", "saknas"),
        ("number", "1" * 21, "20"),
        ("issuer", "", "saknas"),
    ],
)
def test_hk06_what_no_frikort_can_be(one: Clinic, field: str, value: str, word: str) -> None:
    one.commitment()
    raw = CARD | {field: value}
    with refused("HK06", field, word):
        cost_protection.add_card(one.at(FAR, screen="610"), one.vera, raw)


def test_hk07_no_overlap_and_one_issued_here_follows_the_fees(one: Clinic) -> None:
    weekly(one, 8)
    context = one.at(FAR, screen="610")
    with refused("HK07", "valid_from", "PSMA01-000001", "avgifterna hos andra i 283 2"):
        cost_protection.add_card(context, one.vera, CARD)
    (row,) = cost_protection.free_cards(context, one.vera)
    with refused("HK07", "", "utfärdat här"):
        cost_protection.remove_card(context, row.id, row.version, "ville")
    before = CARD | {"valid_from": "2025-02-01", "valid_to": "2026-01-31"}
    cost_protection.add_card(context, one.vera, before)
    with refused("HK07", "valid_from", "R-17"):
        cost_protection.add_card(context, one.vera, before | {"number": "2"})


# --- SE01 -------------------------------------------------------------------------------------


def test_se01_another_unit_sees_and_takes_nothing(clinic: Clinic) -> None:
    weekly(clinic, 8)
    add_fee(clinic)
    (fee,) = cost_protection.external_fees(clinic.at(FAR), clinic.vera)
    (card,) = cost_protection.free_cards(clinic.at(FAR), clinic.vera)
    stranger = clinic.at(FAR, "b")
    for act in (
        cost_protection.overview,
        cost_protection.external_fees,
        cost_protection.free_cards,
        cost_protection.issue,
        papers.overview_paper,
    ):
        with pytest.raises(Refused, match="SE01"):
            act(stranger, clinic.vera)
    with pytest.raises(Refused, match="SE01"):
        cost_protection.add_external(stranger, clinic.vera, FEE)
    with pytest.raises(Refused, match="SE01"):
        cost_protection.add_card(stranger, clinic.vera, CARD)
    with pytest.raises(Refused, match="SE01"):
        cost_protection.remove_external(stranger, fee.id, fee.version, "x")
    with pytest.raises(Refused, match="SE01"):
        cost_protection.remove_card(stranger, card.id, card.version, "x")
    with pytest.raises(Refused, match="SE01"):
        papers.card_copy(stranger, card.id)
    assert clinic.events()[-1].action == "denied"

    clinic.commitment(which="b", problem="IPT")  # now a patient of both: still apart
    assert cost_protection.overview(stranger, clinic.vera).rows == ()
    assert visits.propose(stranger, clinic.vera).fee == 200


# --- paper ------------------------------------------------------------------------------------


def test_papers_are_whole_private_and_without_the_number_in_their_name(
    one: Clinic, tmp_path: Path
) -> None:
    _, saved = weekly(one, 8)
    (card,) = cost_protection.free_cards(one.at(FAR), one.vera)
    folder = tmp_path / "utskrifter"
    context = one.at(FAR, screen="283")
    made = [
        papers.receipt(context, saved[7].id),
        papers.overview_paper(context, one.vera),
        papers.card_copy(context, card.id),
    ]
    for paper, words in zip(
        made,
        (["KVITTO", "50 kr", "2026-04-27–2027-03-08"], ["1 450", "Besök"], ["PSMA01-000001"]),
        strict=True,
    ):
        path = papers.to_file(context, paper, folder)
        text = path.read_text(encoding="utf-8")
        assert [w for w in [*words, "Patient:", "PSMA01", "ANNLIN"] if w not in text] == []
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "2381" not in path.name
        assert max(len(line) for line in text.splitlines()) <= 80
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        p.name for p in (Path(m.name) for m in made)
    )
    assert [e.action for e in one.events()][-3:] == ["export"] * 3


def test_a_long_provider_is_seen_to_be_shortened_on_the_overview(one: Clinic) -> None:
    one.commitment()
    add_fee(one, provider="Sjukgymnastik och rehabilitering Nordväst")
    lines = papers.overview_paper(one.at(FAR, screen="283"), one.vera).lines
    (row,) = [line for line in lines if line.startswith("2026-03-20")]
    assert "Sjukgymnastik och reha… " in row
    assert len(row) <= 70


def test_a_paper_that_cannot_be_written_leaves_nothing_behind(one: Clinic, tmp_path: Path) -> None:
    _, saved = weekly(one, 1)
    context = one.at(FAR, screen="283")
    paper = papers.receipt(context, saved[0].id)
    (tmp_path / "inte en mapp").write_text("")
    with pytest.raises(Refused, match="kan inte skapas: en fil har redan det namnet"):
        papers.to_file(context, paper, tmp_path / "inte en mapp")
    with pytest.raises(Refused, match="kan inte skrivas: namnet är för långt"):
        papers.to_file(context, replace(paper, name="x" * 300), tmp_path)
    assert [p.name for p in tmp_path.iterdir() if p.suffix != ".sqlite"].count("inte en mapp") == 1
    assert "export" not in [e.action for e in one.events()]


def test_no_receipt_for_what_was_not_or_is_not_yet(one: Clinic) -> None:
    card, saved = weekly(one, 1)
    booked = one.visit(card, FAR, today=DAY + WEEK)
    with refused("BE01", "", "kvitto"):
        papers.receipt(one.at(DAY + WEEK), booked.id)
    visits.cancel(one.at(FAR), saved[0].id, saved[0].version, "dubbel", ALL)
    with refused("BE01", "", "makulerat"):
        papers.receipt(one.at(FAR), saved[0].id)
