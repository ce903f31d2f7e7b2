"""Long names in lists, through a real terminal: the row says that it cuts, the whole can be read."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import NAME
from tests.flows.test_official_codes import MANY, read_in
from tests.terminal import DOWN, ENTER, ESC, F1, F4, F6, F10, TAB, alt

FAMILY, GIVEN = "Wännström-Övningsberg af Påhittsköld", "李小龍 Maria-Alexandra Konstantina"
ISSUER = "Psykoterapimottagningen Långa Namnet i Påhittsköping"


def change(home: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(home / NAME)) as database:
        assert database.execute(statement, values).rowcount
        database.commit()


def rename(home: Path) -> None:
    change(
        home,
        "UPDATE patient SET family_name = ?, given_name = ? WHERE identity_number = ?",
        *(FAMILY, GIVEN, "199204012380"),
    )


def cells(at: Clerk, row: int) -> list[str]:
    """The row cell by cell; a wide character has its second cell empty."""
    line = at.terminal.screen.buffer[row]
    return [line[x].data for x in range(at.terminal.screen.columns)]


def row_of(at: Clerk) -> int:
    return next(y for y, line in enumerate(at.terminal.screen.display) if line.startswith("›"))


def place(at: Clerk, row: int, pattern: str) -> int:
    """The cell where *pattern* begins in *row*."""
    text = "".join(c or "\0" for c in cells(at, row))
    match = re.search(pattern, text)
    assert match, text
    return match.start()


def rule(at: Clerk) -> str:
    return at.terminal.line(at.terminal.screen.lines - 3)


def ruled(at: Clerk, wanted: str) -> None:
    """Wait for a rule that tells *wanted*."""
    at.until(lambda: rule(at).startswith("── ") and wanted in rule(at), f"{wanted} on the rule")


def told_by_f1(at: Clerk, *wanted: str) -> None:
    """Press F1, wait for all of *wanted*, wherever its lines are broken, and close it."""

    def is_shown() -> bool:
        text = squeezed("".join(re.findall("│(.*)│", at.terminal.text())))
        return all(squeezed(each) in text for each in wanted)

    at.type(F1).until(is_shown, f"F1 tells {wanted}")
    at.type(ESC)
    at.terminal.expect_gone("Enter eller Esc stänger")


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_048_keeps_its_columns_and_tells_the_whole_name(home: Path) -> None:
    rename(home)
    with clerk(home) as at:
        at.go(f"48 {MANY}", "Wännström", "…")
        ruled(at, f"Patient: 19920401-2380 {FAMILY}, 李")  # below the list: the rows are painted
        row = row_of(at)
        head = row - 1
        assert place(at, row, r"\d{4}-\d\d-\d\d ") == place(at, head, "Ankomst")
        assert "19920401-2380 Wännström" in at.terminal.line(row)
        ruled(at, "F1")
        told_by_f1(at, f"{FAMILY}, {GIVEN}")


def test_610_tells_the_whole_issuer_at_80_and_shows_it_at_160(home: Path) -> None:
    change(home, "UPDATE free_card SET issuer = ?", ISSUER)
    with clerk(home) as at:
        at.go(f"610 {MANY}", "Psykoterapimott", "…")
        ruled(at, f"Utfärdare: {ISSUER}")
        row = row_of(at)
        assert place(at, row, r"\d{4}-\d\d-\d\d ") == place(at, row - 1, "Från")
        at.terminal.resize(24, 160)
        at.until(lambda: ISSUER in at.terminal.line(row_of(at)), "the whole issuer in the row")
        at.until(lambda: set(rule(at)) == {"─"}, "nothing more to tell")


def test_014_cuts_a_long_name_and_f1_tells_it(home: Path) -> None:
    rename(home)
    with clerk(home) as at:
        at.go(f"14 {MANY}", "Efternamn", "…ngsberg af Påhittsköld")
        told_by_f1(
            at,
            "AVKORTAT I BILDEN",
            f"Efternamn: {FAMILY}",
            f"Förnamn: {GIVEN}",
            f"Patient: {FAMILY}, {GIVEN}",
        )


def test_a_favourites_name_and_a_refusal_keep_out_of_each_others_way(home: Path) -> None:
    name = "Översikten av alla våra vårdåtaganden, den långa listan, A–Ö"
    with clerk(home) as at:
        at.type(F6, alt("f")).sees("Anvisningens")
        change(home, "UPDATE favourite SET label = ? WHERE code = '048'", name)
        at.type(F6, *[DOWN] * 4).sees(name)
        at.type("zz").until(lambda: at.terminal.line(row_of(at)).endswith(name), "shown whole")


def test_283_keeps_amounts_whole_beside_a_long_provider(home: Path) -> None:
    with clerk(home) as at:
        at.go(f"283 2 {MANY}", "Datum, belopp")
        at.type("i", TAB, "10000", TAB, ISSUER, TAB, "kv", F10).sees("Sparat: 10000 kr")
        at.sees("10 000", "Psykoterapimottagn", "…", "För mycket betalt")
        at.type("2").until(lambda: f"Vårdgivare: {ISSUER}" in rule(at), "the whole provider")
        at.go(f"283 1 {MANY}", "Betalt", "Psykoterapimott")
        row = row_of(at)
        assert place(at, row, "10 000 ") == place(at, row - 1, "Betalt")
        ruled(at, "Hos: Psykoterapimottagningen Långa")
        ruled(at, "F1 ── 1–12 av 13")
        told_by_f1(at, f"Hos: {ISSUER}")


def test_a_note_of_two_lines_gives_way_to_the_marked_row(home: Path) -> None:
    with clerk(home) as at:
        at.go(f"283 2 {MANY}", "Datum, belopp")
        at.type("-9", TAB, "100", TAB, ISSUER, TAB, "kv", F10).sees("Sparat: 100 kr")
        at.type("i", TAB, "10000", TAB, ISSUER, TAB, "kv", F10).sees("Sparat: 10000 kr")
        at.until(lambda: not rule(at).startswith("─"), "a note of two lines")
        at.type(*[DOWN] * 4)
        at.until(lambda: f"Vårdgivare: {ISSUER}" in rule(at), "the whole provider")


def test_f4_tells_the_whole_text_of_the_marked_row(home: Path) -> None:
    title = ("Stödsamtal med anhörig, vårdnadshavare eller annan närstående, " * 20)[:499] + "Ö"
    read_in(home, "kva", f"Kod\tBenämning\nAV034\t{title}\nDU021\tRådgivande samtal\n")
    with clerk(home) as at:
        at.go(f"184 {MANY}", "Huvuddiagnos").type(alt("k")).sees("184 KVÅ/operationer")
        at.type(TAB, F4, "av034").sees("AV034   Stödsamtal", "…", "1 av ")
        whole = squeezed(title)
        at.until(lambda: whole in squeezed(at.terminal.text().replace("│", "")), "all of it")
        told_by_f1(at, f"AV034{title}")
        at.sees("Esc ångrar").type(ENTER).sees("AV034 <<")
