"""``pasis init`` makes a register; ``pasis users``, ``caregivers`` and ``units`` keep what it has."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import date

from pasis_tui.cli import asking
from pasis_tui.cli.actors import check_date
from pasis_tui.files.wanted import printable
from pasis_tui.services.errors import AccountRefused, ClinicRefused
from pasis_tui.services.register import clinic
from pasis_tui.services.register.clinic import check_clinic, create_clinic
from pasis_tui.services.users import access, accounts, caregivers
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.store.kind import PRACTICE, REGISTER
from pasis_tui.validation.fields import InvalidValue, read_date

_WANTED = {
    "unit": "Enhetens kod, sex tecken: ",
    "unit_name": "Enhetens namn: ",
    "signature": "Första administratörens signatur, högst sex tecken: ",
    "name": "Första administratörens namn: ",
}


def make_register(options: argparse.Namespace, target: str, today: date) -> list[str]:
    """Make the register that *options* describe, asking for what is missing; return what to say."""
    check_date(options, REGISTER)
    missing = [f"--{name.replace('_', '-')}" for name in _WANTED if not getattr(options, name)]
    told = f"init behöver {', '.join(missing)}."
    wanted = {
        name: getattr(options, name) or asking.line(prompt, told)
        for name, prompt in _WANTED.items()
    }
    wanted["category"] = options.category
    wanted["password"] = asking.new_password("Lösenord för första administratören: ")
    check_clinic(**wanted)  # before a file is made: an empty one would become a practice one

    def fill(database: Database) -> None:
        create_clinic(database, **wanted, today=today)

    filled: list[bool] = []

    def once(database: Database) -> None:
        fill(database)
        filled.append(True)

    with Database.open(target, create=True, fill=once) as database:
        if not filled:
            fill(database)  # says why not
        named = database.name  # without the password of an address
    return [
        f"Registret är gjort för {wanted['unit'].upper()}. Logga in med pasis --database {named}",
        "Fler användare: pasis users add SIGN --name NAMN --role ROLL",
    ]


def keep_users(options: argparse.Namespace, target: str, today: date) -> list[str]:
    """Do what *options* ask with the users of a register; return what to say."""
    with Database.open(target) as database:
        context, password = _logged_in(database, options, today)
        if options.act == "password" and not options.signature:
            accounts.change_own_password(context, password, asking.new_password("Nytt lösenord: "))
            return ["Lösenordet är bytt. Andra sessioner med det gamla har avslutats."]
        return _ACTS[options.act](context, options)


def keep_caregivers(options: argparse.Namespace, target: str, today: date) -> list[str]:
    """Do what *options* ask with the caregivers of a unit; return what to say."""
    with Database.open(target) as database:
        context, _ = _logged_in(database, options, today)
        if options.act == "list":
            return _columns(
                ("Signatur", "Namn", "Kategori", "Från", "Till"),
                [
                    (each.signature, each.name, each.category, each.active_from, each.active_to)
                    for each in caregivers.listing(context)
                ],
            )
        first = _day("--active-from", options.active_from, context)
        if options.act == "add":
            if not (options.name and options.category):
                raise AccountRefused("caregivers add behöver --name och --category.")
            signature = caregivers.add(
                context, options.signature, options.name, options.category, first
            )
            return [f"{signature} är vårdgivare vid {context.actor.unit_code}."]
        goes_on = options.active_to.casefold() == "ingen"
        kept = caregivers.change(
            context,
            options.signature,
            name=options.name,
            category=options.category,
            active_from=first,
            active_to=None if goes_on else _day("--active-to", options.active_to, context),
            goes_on=goes_on,
        )
        until = kept.active_to or "tills vidare"
        return [
            f"{kept.signature}: {kept.name}, {kept.category}, från {kept.active_from}, till {until}."
        ]


def keep_units(options: argparse.Namespace, target: str, today: date) -> list[str]:
    """Do what *options* ask with the units of a register; return what to say."""
    with Database.open(target) as database:
        context, _ = _logged_in(database, options, today)
        if options.act == "list":
            return [f"{each.code}  {each.name}" for each in clinic.units(context)]
        if not options.name:
            raise ClinicRefused(f"units {options.act} behöver --name.")
        if options.act == "reception":
            code = clinic.add_reception(
                context, options.code, options.name, is_branch=options.branch
            )
            return [f"Mottagningen {code} är upplagd vid {context.actor.unit_code}."]
        code = clinic.add_unit(context, options.code, options.name)
        user = context.actor.signature
        return [
            f"{code} är upplagd. {user} är dess första administratör och chef.",
            f"Användare där: pasis users add SIGN --unit {code} --name NAMN --role ROLL",
        ]


def _logged_in(database: Database, options: argparse.Namespace, today: date) -> tuple[Context, str]:
    """Have a user log in to a register; return the context and the password."""
    told = f"{options.command} behöver --user och --unit: din signatur och enhet."
    if database.mode == PRACTICE:
        raise AccountRefused(
            "Övningsdata har egna användare, alla med lösenordet ovning. De ändras inte."
        )
    check_date(options, database.mode)
    user = getattr(options, "user", "") or asking.line("Din signatur: ", told)
    unit = getattr(options, "unit", "") or asking.line("Enhet: ", told)
    password = asking.password(f"Lösenord för {printable(user.upper())}: ")
    actor = access.log_in(database, user, password, unit, today)
    return Context(database, actor, today, options.command), password


def _list(context: Context, options: argparse.Namespace) -> list[str]:
    rows = []
    for each in accounts.listing(context):
        state = "avstängd" if each.disabled_at else ""
        if each.failed:
            state = f"{state} {each.failed} fel sedan senaste inloggningen".strip()
        rows.append((each.signature, each.name, each.roles, state))
    return _columns(("Signatur", "Namn", "Roller", "Läge"), rows)


def _columns(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    lines = [titles, *(["" if cell is None else str(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]


def _add(context: Context, options: argparse.Namespace) -> list[str]:
    signature = accounts.add(
        context,
        options.signature,
        options.name or "",
        _roles(options.role),
        asking.new_password(f"Lösenord för {printable(options.signature.upper())}: "),
        identity_number=options.identity_number,
        category=options.category,
        active_from=_active_from(context, options),
    )
    return [f"{signature} är upplagd vid {context.actor.unit_code}."]


def _change(context: Context, options: argparse.Namespace) -> list[str]:
    held = accounts.change(
        context,
        options.signature,
        name=options.name or "",
        roles=_roles(options.role),
        identity_number=options.identity_number,
        category=options.category,
        active_from=_active_from(context, options),
    )
    shown = held or "inga"
    return [f"{options.signature.upper()}: roller vid {context.actor.unit_code}: {shown}."]


def _disable(context: Context, options: argparse.Namespace) -> list[str]:
    accounts.set_disabled(context, options.signature, True)
    return [f"{options.signature.upper()} är avstängd från nästa åtgärd."]


def _enable(context: Context, options: argparse.Namespace) -> list[str]:
    accounts.set_disabled(context, options.signature, False)
    return [f"{options.signature.upper()} är öppen igen."]


def _password(context: Context, options: argparse.Namespace) -> list[str]:
    shown = printable(options.signature.upper())
    accounts.set_password(
        context, options.signature, asking.new_password(f"Nytt lösenord för {shown}: ")
    )
    return [f"{options.signature.upper()} har ett nytt lösenord och är upplåst."]


def _active_from(context: Context, options: argparse.Namespace) -> date | None:
    if not options.active_from:
        return None
    if not options.category:
        raise AccountRefused("--active-from gäller en vårdgivare: ange också --category.")
    return _day("--active-from", options.active_from, context)


def _day(option: str, typed: str, context: Context) -> date | None:
    try:
        return read_date(typed, context.today) if typed else None
    except InvalidValue as invalid:
        raise AccountRefused(f"{option}: {invalid.reason}") from invalid


def _roles(given: Sequence[str]) -> list[str]:
    return [role for text in given for role in text.split(",") if role]


_ACTS: dict[str, Callable[[Context, argparse.Namespace], list[str]]] = {
    "list": _list,
    "add": _add,
    "change": _change,
    "disable": _disable,
    "enable": _enable,
    "password": _password,
}
