"""The transfer from PMO, and ``pasis import`` as it is typed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from pasis_tui.cli.main import main
from pasis_tui.files.tables import BadTable
from pasis_tui.services.register import pmo_transfer
from pasis_tui.store.database import Database
from tests.services.clinic import Clinic, make_clinic
from tests.services.transfer_files import at, csv_file, everything, sql


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return make_clinic(database)


HEAD = "Personnummer;Datum;Tid;Attribut KBT/IPT;Vårdgivare;Distans"


def test_contacts_become_visits_and_the_ticked_are_skipped(clinic: Clinic, tmp_path: Path) -> None:
    card = clinic.commitment()
    path = csv_file(
        tmp_path,
        HEAD,
        "9307142381;2026-03-06;10:00;N;ANNLIN;J",
        "199307142381;20260305;930;;BOPROV;",
        "19930714-2381;2026-03-04;0900;X;;",
        "199307142381;2026-03-09;0900;KBT/IPT;;",
    )
    done, stopped = pmo_transfer.import_pmo(at(clinic), path)
    assert stopped == ()
    assert done.summary.startswith("Införda som besök: 2, överhoppade med attributet KBT/IPT: 2")
    assert done.remarks[0].startswith("rad 4: Kontakten 2026-03-04 09:00 har attributet KBT/IPT")
    assert clinic.contact_types(card.id) == ["NY", "ÅB"]
    assert sql(
        clinic.database,
        "select g.signature, v.distance, v.fee from visit v join caregiver g"
        " on g.id = v.caregiver_id order by v.date",
    ) == [("BOPROV", False, 200), ("ANNLIN", True, 200)]
    assert (
        sql(clinic.database, "select unit_id, patient_id, attribute from skipped_transfer")
        == [(clinic.seed.a.id, clinic.vera, "KBT/IPT")] * 2
    )
    events = [e for e in clinic.events() if e.screen == "import"]
    assert [e.action for e in events if e.entity == "skipped_transfer"] == ["create"] * 2
    assert [e.entity for e in events if e.action == "create"].count("visit") == 2
    assert events[-1].entity == "pmo_transfer"
    # Read in again, nothing doubles: the visits are there (BE08), the skipped stay skipped once.
    done, stopped = pmo_transfer.import_pmo(at(clinic), path)
    assert done.summary.startswith("Införda som besök: 0,")
    assert all("BE08" in line for line in stopped)
    assert len(sql(clinic.database, "select * from skipped_transfer")) == 2


def test_what_a_rule_stops_is_listed_and_the_others_saved(clinic: Clinic, tmp_path: Path) -> None:
    card = clinic.commitment()
    clinic.commitment(patient=clinic.max, which="b")
    path = csv_file(
        tmp_path,
        HEAD,
        "199307142381;2026-03-05;0900;N;ANNLIN;",
        "199307142381;2026-02-01;0900;N;ANNLIN;",  # before the referral
        "199307142381;2026-03-06;0900;N;OKÄND;",
        "199307142381;2026-03-20;0900;N;ANNLIN;",  # a warning is for a clerk to confirm
        "199307142399;2026-03-05;0900;N;ANNLIN;",  # another unit's patient
        "199307142399;2026-03-05;1000;J;;",
        "199307142382;2026-03-05;0900;N;ANNLIN;",
        "199307142381;2026-03-07;0900;N;;",
        "199307142381;2026-03-07;2500;kanske;;",
    )
    done, stopped = pmo_transfer.import_pmo(at(clinic), path)
    assert done.summary.startswith("Införda som besök: 1, överhoppade med attributet KBT/IPT: 0")
    words = dict(line.split(": ", 1) for line in stopped)
    assert list(words) == [f"rad {n}" for n in range(3, 11)]
    assert "BE01" in words["rad 3"]
    assert "BE01" in words["rad 4"]
    assert "BE09" in words["rad 5"]
    assert "SE01" in words["rad 6"]
    assert "SE01" in words["rad 7"]
    assert "Kontrollsiffran" in words["rad 8"]
    assert "Vårdgivare saknas" in words["rad 9"]
    assert "varken J eller N" in words["rad 10"]
    assert clinic.contact_types(card.id) == ["NY"]
    assert sql(clinic.database, "select * from skipped_transfer") == []
    assert len([e for e in clinic.events() if e.action == "denied"]) == 2


def test_several_open_commitments_need_an_id(clinic: Clinic, tmp_path: Path) -> None:
    first, second = clinic.commitment(), clinic.commitment(problem="PDT")
    head = f"{HEAD};ID vårdåtagande"
    path = csv_file(
        tmp_path,
        head,
        "199307142381;2026-03-05;0900;N;ANNLIN;;",
        f"199307142381;2026-03-05;1100;N;ANNLIN;;{second.id}",
        "199307142381;2026-03-05;1300;N;ANNLIN;;99999",
    )
    done, stopped = pmo_transfer.import_pmo(at(clinic), path)
    assert done.summary.startswith("Införda som besök: 1,")
    assert f"({second.id}, {first.id})" in stopped[0]
    assert stopped[1].startswith("rad 4: SE01")
    assert clinic.contact_types(second.id) == ["NY"]


def test_a_file_that_breaks_late_leaves_no_contact(clinic: Clinic, tmp_path: Path) -> None:
    clinic.commitment()
    before = everything(clinic)
    path = tmp_path / "pmo.csv"
    good = "199307142381;2026-03-05;0900;N;ANNLIN;\n" * 3000
    path.write_bytes(f"{HEAD}\n{good}".encode() + "Åsa".encode("latin-1") + b"\n")
    with pytest.raises(BadTable, match=r"pmo\.csv, rad 3002: teckenkodningen är inte UTF-8"):
        pmo_transfer.import_pmo(at(clinic), path)
    assert everything(clinic) == before


# -- the door ----------------------------------------------------------------------------------


def test_pasis_import_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PASIS_DATA_DIR", str(tmp_path))
    day = ["--date", "2026-03-02"]
    good = csv_file(tmp_path, "Kod;Text", "Z730;Utbrändhet")
    assert main(["import", "icd10", str(good), *day]) == 0
    assert "Inlästa ICD-10-koder: 1," in capsys.readouterr().out
    assert main(["import", "kva", str(good), *day]) == 1
    assert "rad 2: ”Z730” är ingen KVÅ-kod." in capsys.readouterr().err
    assert main(["import", "invoice-specification", str(good), *day]) == 2
    said = capsys.readouterr().err
    assert said == "pasis: fil.csv: kolumn saknas: Id vårdåtagande. Filen har: Kod, Text.\n"
    assert main(["import", "pmo", str(tmp_path / "borta.csv"), *day]) == 2
    assert "finns inte" in capsys.readouterr().err
    assert main(["import", "kva", str(good), "--unit", "PSLU02", *day]) == 1
    assert "hör inte till enhet" in capsys.readouterr().err
    assert main(["import", "kva", "~ingen-alls/fil.csv", *day]) == 2
    contacts = csv_file(tmp_path, "Personnummer;Datum;Tid;Attribut;Signatur", "1;2026-03-02;9;X;A")
    assert main(["import", "pmo", str(contacts), *day]) == 1
    answer = capsys.readouterr()
    assert answer.out.startswith("Införda som besök: 0, överhoppade med attributet")
    assert "rad 2: Personnummer" in answer.err


def test_a_clinics_own_database_asks_who_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PASIS_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.StringIO("ett långt lösenord\n" * 3))
    target = ["--database", str(tmp_path / "klinik.db"), "--unit", "PSMA01"]
    person = ["--unit-name", "Kliniken", "--signature", "ANNLIN", "--name", "Ann Lin"]
    assert main(["init", *target, *person]) == 0
    path = csv_file(tmp_path, "Kod;Text", "Z730;Utbrändhet")
    assert main(["import", "icd10", str(path), *target]) == 1
    assert main(["import", "icd10", str(path), *target, "--user", "annlin"]) == 0
    assert main(["import", "icd10", str(path), *target[:2], "--user", "annlin"]) == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("ett annat lösenord\n"))
    capsys.readouterr()
    assert main(["import", "icd10", str(path), *target, "--user", "annlin"]) == 1
    assert "Användare, lösenord eller enhet är fel." in capsys.readouterr().err
