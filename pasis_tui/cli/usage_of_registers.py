"""What the command line takes of a register: ``init``, ``users``, ``caregivers`` and ``units``."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from pasis_tui.cli.swedish_parser import Parser

_PASSWORDS = (
    "En administratör loggar in; sitt eget lösenord (users password) byter var och en. Lösenord"
    " frågas efter, eller läses på standard in, ett per rad: först ditt, sedan det nya."
)
Commands = argparse._SubParsersAction  # argparse has no public name for it


def add_register(commands: Commands[Parser], common: Parser) -> None:
    """Add the commands that make a register and keep who and what it has."""
    made = commands.add_parser(
        "init",
        parents=[common],
        help="gör ett register för en klinik",
        description="Gör ett register i en ny, tom databas (--database). Frågar efter det som inte"
        " anges. Lösenordet frågas efter, eller läses på standard in.",
    )
    made.add_argument("--unit", metavar="KOD", help="enhetens kod, sex tecken")
    made.add_argument("--unit-name", metavar="NAMN", help="enhetens namn")
    made.add_argument("--signature", metavar="SIGN", help="första administratörens signatur")
    made.add_argument("--name", metavar="NAMN", help="första administratörens namn")
    made.add_argument("--category", default="PT", help="vårdgivarkategori (PT)")
    _add_users(_acts(commands, common, "users", "registrets användare"))
    _add_caregivers(_acts(commands, common, "caregivers", "enhetens vårdgivare"))
    _add_units(_acts(commands, common, "units", "registrets enheter"))


Act = Callable[[str, str], Parser]


def _acts(
    commands: Commands[Parser],
    common: Parser,
    name: str,
    what: str,
) -> Act:
    """Return what makes an act of the command *name*: by its name and what it does."""
    actor = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    actor.add_argument("--user", metavar="SIGN", help="din signatur (annars frågas den efter)")
    actor.add_argument("--unit", metavar="KOD", help="din enhet (annars frågas den efter)")
    parents = [common, actor]  # before the act or after it
    kept = commands.add_parser(
        name, parents=parents, help=what, description=f"{what.capitalize()}. {_PASSWORDS}"
    )
    acts = kept.add_subparsers(dest="act", metavar="ÅTGÄRD", required=True)

    def act(name: str, does: str) -> Parser:
        return acts.add_parser(name, parents=parents, help=does, description=f"{does}.")

    return act


def _add_users(act: Act) -> None:
    act("list", "Visar enhetens användare")
    add, change = act("add", "Lägger upp en användare"), act("change", "Ändrar en användare")
    for each in (add, change):
        each.add_argument("signature", metavar="SIGN", help="vem det gäller")
        each.add_argument("--name", metavar="NAMN", help="namnet")
        each.add_argument(
            "--role",
            metavar="ROLL",
            action="append",
            default=[],
            help="receptionist, clerk, manager eller administrator, flera med komma;"
            " ingen tar bort rollerna vid enheten",
        )
        each.add_argument(
            "--identity-number", metavar="PERSONNUMMER", default="", help="att logga in med"
        )
        each.add_argument(
            "--category", metavar="KOD", default="", help="också vårdgivare, av denna kategori"
        )
        each.add_argument(
            "--active-from",
            metavar="DATUM",
            default="",
            help="vårdgivare från denna dag (annars dagens)",
        )
    for name, does in (("disable", "Stänger av en användare"), ("enable", "Öppnar en avstängd")):
        act(name, does).add_argument("signature", metavar="SIGN", help="vem det gäller")
    act(
        "password", "Ger ett nytt lösenord: var och en sig själv, en administratör andra"
    ).add_argument(
        "signature", metavar="SIGN", nargs="?", default="", help="vem det gäller (annars du själv)"
    )


def _add_caregivers(act: Act) -> None:
    act("list", "Visar enhetens vårdgivare")
    add = act("add", "Lägger upp en vårdgivare, som inte behöver kunna logga in")
    change = act("change", "Ändrar en vårdgivare; besök som finns behåller sin kategori")
    for each in (add, change):
        each.add_argument("signature", metavar="SIGN", help="vem det gäller")
        each.add_argument("--name", metavar="NAMN", default="", help="namnet")
        each.add_argument("--category", metavar="KOD", default="", help="vårdgivarkategori")
        each.add_argument(
            "--active-from", metavar="DATUM", default="", help="första dagen (add: annars dagens)"
        )
    change.add_argument(
        "--active-to", metavar="DATUM", default="", help="sista dagen; ingen tar bort den"
    )


def _add_units(act: Act) -> None:
    act("list", "Visar registrets enheter")
    add = act("add", "Lägger upp en enhet, med dig som första administratör och chef")
    reception = act("reception", "Lägger upp en mottagning vid din enhet")
    for each in (add, reception):
        each.add_argument("code", metavar="KOD", help="dess kod")
        each.add_argument("--name", metavar="NAMN", default="", help="dess namn")
    reception.add_argument("--branch", action="store_true", help="en filials")
