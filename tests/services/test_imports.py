"""Files read in: right ones, wrong ones, and that a wrong one leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from pasis_tui.services.errors import NoRight
from pasis_tui.services.patients import patients
from pasis_tui.services.register import code_lists, imports
from pasis_tui.services.register.imports import BadRows
from pasis_tui.store.database import Database
from pasis_tui.validation.findings import Unconfirmed
from tests.services.clinic import Clinic, all_but, make_clinic, refused, save_medical
from tests.services.transfer_files import DAY, at, book, csv_file, everything, invoiced, sql


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return make_clinic(database)


# -- the invoice specification -----------------------------------------------------------------


def test_a_specification_marks_its_commitments_and_logs_each(
    clinic: Clinic, tmp_path: Path
) -> None:
    one, two = clinic.commitment(), clinic.commitment(patient=clinic.max)
    path = book(
        tmp_path,
        ["Fakturaspecifikation mars 2026"],
        [],
        ["ID vårdåtagande", "Belopp", "Fakturadatum"],
        [one.id, 12_000, date(2026, 3, 5)],
        [str(two.id), 9_000, None],
    )
    imported = imports.import_invoice_specification(at(clinic), path)
    assert imported.summary.startswith("Vårdåtaganden markerade som fakturerade: 2, rader: ")
    assert imported.remarks == ()
    assert invoiced(clinic, one.id) == "2026-03-05"
    assert invoiced(clinic, two.id) == "2026-03-09"  # the working date
    marked = [e for e in clinic.events() if e.screen == "import" and e.entity_id]
    assert [(e.action, e.patient_id, e.entity_id) for e in marked] == [
        ("change", clinic.vera, one.id),
        ("change", clinic.max, two.id),
    ]
    assert "2026-03-05" in marked[0].changes
    again = imports.import_invoice_specification(at(clinic), path)
    assert again.summary == "Vårdåtaganden markerade som fakturerade: 0, rader: 2."
    assert again.remarks[0] == f"rad 4: Vårdåtagande {one.id} är redan fakturerat 2026-03-05."


def test_a_closed_commitment_is_marked_and_remarked_upon(clinic: Clinic, tmp_path: Path) -> None:
    card = clinic.commitment()
    sql_write(clinic, f"update care_commitment set closed_on = '2026-03-06' where id = {card.id}")
    imported = imports.import_invoice_specification(
        at(clinic), csv_file(tmp_path, "ID", f"{card.id}")
    )
    assert imported.remarks == (
        f"rad 2: Vårdåtagande {card.id} är avslutat 2026-03-06; markeras ändå.",
    )
    assert invoiced(clinic, card.id) == "2026-03-09"


def sql_write(clinic: Clinic, statement: str) -> None:
    with clinic.database.engine.begin() as connection:
        connection.execute(text(statement))


def test_one_bad_row_and_nothing_is_marked_all_are_listed(clinic: Clinic, tmp_path: Path) -> None:
    own, removed = clinic.commitment(), clinic.commitment(patient=clinic.max)
    foreign = clinic.commitment(patient=clinic.max, which="b")
    sql_write(
        clinic, f"update care_commitment set removed_at = '2026-03-05' where id = {removed.id}"
    )
    before = everything(clinic)
    path = csv_file(
        tmp_path,
        "Datum;ID vårdåtagande",
        f"2026-03-05;{own.id}",
        f"2026-03-05;{foreign.id}",
        "2026-03-05;99999",
        f"2026-03-05;{own.id}",
        "2026-03-05;\x1b[31mrött",
        "2026-03-05;99999999999999999999",
        "2026-13-05;1",
        "2027-01-01;1",
        f"2026-01-01;{removed.id}",
        "2026-03-05;",
    )
    with pytest.raises(BadRows) as caught:
        imports.import_invoice_specification(at(clinic), path)
    said = "\n".join(caught.value.lines)
    assert "Inget är infört" in str(caught.value)
    assert f"rad 3: Vårdåtagande {foreign.id} finns inte vid PSMA01." in said
    assert "rad 4: Vårdåtagande 99999 finns inte vid PSMA01." in said
    assert f"rad 5: Vårdåtagande {own.id} står redan på rad 2." in said
    assert [line.split(":")[0] for line in caught.value.lines] == [f"rad {n}" for n in range(3, 12)]
    assert "\x1b" not in said
    assert everything(clinic) == before
    denied = [e for e in clinic.events() if e.action == "denied"]
    assert {e.entity_id for e in denied} == {foreign.id, 99999, removed.id}
    assert not [e for e in clinic.events() if e.screen == "import" and e.action == "change"]


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.soak)], indirect=True
)
def test_a_hundred_thousand_bad_rows_are_one_capped_list(clinic: Clinic, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "ID vårdåtagande", *["x"] * 100_000)
    with pytest.raises(BadRows, match="100000 rader är fel") as caught:
        imports.import_invoice_specification(at(clinic), path)
    assert len(caught.value.lines) == 51
    assert caught.value.lines[-1] == "… och 99950 till"


def test_without_the_right_nothing_is_read(clinic: Clinic, tmp_path: Path) -> None:
    context = clinic.at()
    without = replace(context, actor=replace(context.actor, rights=frozenset({"visit"})))
    with pytest.raises(NoRight):
        imports.import_invoice_specification(without, tmp_path / "finns-inte.csv")


# -- official lists ----------------------------------------------------------------------------


def test_imported_codes_are_known_and_a_new_edition_takes_their_place(
    clinic: Clinic, tmp_path: Path
) -> None:
    visit = clinic.visit(clinic.commitment(), DAY)
    raw = {"main_diagnosis": "F411", "diagnosis_2": "Z73.0"}
    with pytest.raises(Unconfirmed) as caught:
        save_medical(clinic, visit, raw, all_but("ME02W"))
    assert [each.rule for each in caught.value.findings] == ["ME02W"]
    path = csv_file(
        tmp_path,
        "Kod\tTitel",
        "XXI\tFaktorer av betydelse",
        "Z70-Z76\tKontakter",
        "Z73.0\tUtbrändhet",
        "A17.0†\tTuberkulös \u00admeningit",
        "Z73.0\tUtbrändhet",
        name="icd.tsv",
    )
    imported = imports.import_codes(at(clinic), "ICD10", path)
    assert imported.summary == "Inlästa ICD-10-koder: 2, förut: 0, överhoppade rubriker: 2."
    assert save_medical(clinic, visit, raw, all_but("ME02W")).other_diagnoses == ((2, "Z730"),)
    kva = book(
        tmp_path, ["Kod", "Benämning"], ["DU011", "KBT"], ["DU", "Psykoterapi"], ["DU021", "Råd"]
    )
    imports.import_codes(at(clinic), "KVA", kva)
    listed = code_lists.search(at(clinic), "kva", "du0", 0, 20).rows
    assert ("DU021", "Råd") in listed
    assert [code for code, _ in listed].count("DU011") == 1
    assert code_lists.meaning(at(clinic), "kva", "DU021") == "Råd"
    assert sql(clinic.database, "select * from imported_code order by system, code") == [
        ("ICD10", "A170", "Tuberkulös meningit"),
        ("ICD10", "Z730", "Utbrändhet"),
        ("KVA", "DU011", "KBT"),
        ("KVA", "DU021", "Råd"),
    ]
    smaller = csv_file(tmp_path, "Code,Title", "F100,Alkohol")
    assert "förut: 2" in imports.import_codes(at(clinic), "ICD10", smaller).summary
    assert len(sql(clinic.database, "select * from imported_code")) == 3
    logged = [e for e in clinic.events() if e.entity == "imported_code"]
    assert [e.action for e in logged] == ["change"] * 3
    assert logged[0].reason == "icd.tsv"


def test_a_bad_code_leaves_the_old_list(clinic: Clinic, tmp_path: Path) -> None:
    imports.import_codes(at(clinic), "ICD10", csv_file(tmp_path, "Kod;Text", "F100;Alkohol"))
    before = everything(clinic)
    bad = csv_file(tmp_path, "Kod;Text", "F101;Ett", "'; drop table visit;hej", "F101;Två", "F102;")
    with pytest.raises(BadRows) as caught:
        imports.import_codes(at(clinic), "ICD10", bad)
    assert [line.split(":")[0] for line in caught.value.lines] == ["rad 3", "rad 4", "rad 5"]
    with pytest.raises(BadRows, match="1 rad är fel"):
        imports.import_codes(at(clinic), "ICD10", csv_file(tmp_path, "Kod;Text", "XXI;Kapitel"))
    assert everything(clinic) == before


def test_referring_units_come_and_change_by_their_code(clinic: Clinic, tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        "Kod;Namn;Ort;Remiss från",
        "vc0001;Vårdcentralen Ön;Limhamn;1",
        "VC0099;=HYPERLINK(1);;7",
        "VC0002;Vårdcentralen Åker;;1",
    )
    imported = imports.import_referring_units(at(clinic), path)
    assert imported.summary == "Nya remitterande enheter: 1, ändrade: 1, oförändrade: 1."
    assert ("VC0001", "Vårdcentralen Ön", "Limhamn", "1") in sql(
        clinic.database, "select code, name, place, source from referring_unit"
    )
    events = [e for e in clinic.events() if e.entity == "referring_unit"]
    assert [e.action for e in events] == ["change", "create"]
    assert "Limhamn" in events[0].changes
    before = everything(clinic)
    bad = csv_file(
        tmp_path,
        "Kod;Namn;Ort;Remiss från",
        "VC0003;Ny;;1",
        "VC0003;Igen;;1",
        "VC0004;X;;9",
        "VC;;",
    )
    with pytest.raises(BadRows, match="3 rader"):
        imports.import_referring_units(at(clinic), bad)
    assert everything(clinic) == before


def test_imported_test_numbers_are_accepted_in_practice(clinic: Clinic, tmp_path: Path) -> None:
    raw = {
        "identity_number": "189001019802",
        "family_name": "Testsson",
        "given_name": "Tage",
        "sex": "K",
    }
    with refused("PR01", "identity_number"):
        patients.save(clinic.at(), raw, None)
    path = csv_file(tmp_path, "Testpersonnummer", "189001019802", "18900101-9802")
    imported = imports.import_test_numbers(at(clinic), path)
    assert imported.summary == "Nya testnummer: 1, fanns redan: 1."
    patients.save(clinic.at(), raw, None)
    bad = csv_file(tmp_path, "Testpersonnummer", "199307142399", "199307142398", "9307142381", "D")
    with pytest.raises(BadRows) as caught:
        imports.import_test_numbers(at(clinic), bad)
    assert [line.split(":")[0] for line in caught.value.lines] == ["rad 3", "rad 4", "rad 5"]
    assert sql(clinic.database, "select * from imported_test_number") == [("189001019802",)]
    clinics = at(clinic)
    with pytest.raises(NoRight, match="övningsdata"):
        imports.import_test_numbers(
            replace(clinics, actor=replace(clinics.actor, practice=False)), path
        )
