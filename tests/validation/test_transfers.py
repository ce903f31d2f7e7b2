"""Rows of files from others, each checked by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasis_tui.validation import transfers
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.transfers import RowList

DAY = date(2026, 3, 9)
FIELDS = (
    "commitment_id invoiced_on code text name place source identity_number date time attribute"
    " distance"
)
READERS: list[Callable[[dict[str, str]], object]] = [
    lambda raw: transfers.read_invoice(raw, DAY),
    lambda raw: transfers.read_code("ICD10", raw, DAY),
    lambda raw: transfers.read_code("KVA", raw, DAY),
    lambda raw: transfers.read_referring_unit(raw, DAY),
    lambda raw: transfers.read_test_number(raw, DAY),
    lambda raw: transfers.read_contact(raw, DAY),
]


@pytest.mark.parametrize("read", READERS)
@given(raw=st.fixed_dictionaries({name: st.text(max_size=30) for name in FIELDS.split()}))
def test_any_text_is_read_or_refused_in_words(
    read: Callable[[dict[str, str]], object], raw: dict[str, str]
) -> None:
    try:
        read(raw)
    except Refused as refused:
        assert all(each.rule == "IM01" for each in refused.findings)
        assert all(each.message.isprintable() for each in refused.findings)


def test_official_codes_without_their_marks() -> None:
    def code(system: str, text: str) -> object:
        return transfers.read_code(system, {"code": text, "text": "x"}, DAY)

    assert code("ICD10", "F43.1") == ("F431", "x")
    assert code("ICD10", "g01*") == ("G01", "x")
    assert code("ICD10", "Z73.0A") == ("Z730A", "x")
    for heading in ("V", "05", "F00-F99", "F40-"):
        assert code("ICD10", heading) is None
    assert code("KVA", "DU011") == ("DU011", "x")
    assert code("KVA", "DU") is None
    for system, bad in (("ICD10", "F4"), ("ICD10", "F40.12345"), ("KVA", "F431")):
        with pytest.raises(Refused):
            code(system, bad)


@pytest.mark.parametrize(
    ("text", "ticked"),
    [("", False), ("N", False), ("nej", False), ("0", False), ("x", True), ("Ja", True),
     ("KBT/IPT", True), ("ipt", True), ("SANT", True)],
)  # fmt: skip
def test_the_attribute_is_ticked_or_not(text: str, ticked: bool) -> None:
    raw = {"identity_number": "9307142381", "date": "i", "time": "9", "attribute": text}
    row = transfers.read_contact(raw | {"distance": "ja", "kind": "", "caregiver": "A"}, DAY)
    assert row.ticked is ticked
    assert (row.date, row.time) == (DAY, time(9))
    assert row.fields == {"distance": "J", "caregiver": "A"}


def test_a_list_is_by_row_and_counts_what_it_does_not_show() -> None:
    rows = RowList()
    for row in (9, 3, *range(10, 100)):
        rows.add(row, "fel")
    assert rows.lines()[:2] == ["rad 3: fel", "rad 9: fel"]
    assert rows.lines()[-1] == "… och 42 till"
    assert rows.count == 92
