"""The errors of services, besides a refusal by a rule."""

from __future__ import annotations

from pasis_tui.validation.for_people import ForPeople


class NotFound(ForPeople):
    """There is no such thing at this unit."""

    exit_code = 1


class NoRight(ForPeople):
    """The actor lacks the right."""

    exit_code = 1


class LoginRefused(ForPeople):
    """Nobody was logged on; the text says no more than it may."""

    field = "password"
    exit_code = 1


class DateOfPractice(ForPeople):
    """A register goes by today's date: by another one the rules of dates would not hold."""

    def __init__(self) -> None:
        super().__init__(
            "--date och --edition gäller bara övning. I ett register är datumet dagens."
        )


class AccountRefused(ForPeople):
    """An account cannot be made or changed so; ``field`` is the one at fault."""

    exit_code = 1

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class ClinicRefused(ForPeople):
    """A clinic cannot be made so."""
