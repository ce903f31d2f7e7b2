"""The desk: whether somebody is sitting there, and which day it is."""

from __future__ import annotations

from datetime import date

from pasis_tui import clock
from pasis_tui.shell.page import Page

_READ = 3.0  # seconds until a message has been seen
_WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")


def weekday(day: date) -> str:
    """Return the Swedish weekday of *day*."""
    return _WEEKDAYS[day.weekday()]


class Desk:
    """Knows when the lock is due and when a new day has begun.

    The lock stays due until it is shown, and keys typed before that go nowhere: neither into the
    form of whoever sat here nor into the password.
    """

    def __init__(self, asked: date | None) -> None:
        self.day = clock.WorkingDay(asked)
        self._lock_due = False
        self._lock_seen = 0.0
        self._absence = clock.Absence()
        self._news = ""
        self._kept_in: Page | None = None
        self._shown_at: float | None = None

    def left_alone(self, minutes: float) -> bool:
        """Tell whether the lock is due: nobody has been here for *minutes*."""
        self._lock_due |= self._absence.seconds() > minutes * 60
        return self._lock_due

    def locks(self) -> None:
        """Note that the lock is about to be shown."""
        self._lock_due = False
        self._absence.end()
        self._lock_seen = clock.monotonic()

    def sees(self, typed_at: float) -> bool:
        """Tell whether whoever typed at *typed_at* could see the screen."""
        return typed_at >= self._lock_seen

    def taken(self) -> None:
        """Note that somebody has pressed a key."""
        self._absence.end()

    @property
    def behind(self) -> bool:
        """Whether the wall clock has passed the working date, which goes by it."""
        return not self.day.simulated and clock.today() != self.day.date

    def catch_up(self, view: Page | None) -> None:
        """Go to the wall clock's date; what *view* shows stays, and the clerk is told."""
        before = self.day.date
        if not self.day.catch_up() or view is None:
            return
        view.refresh_frame()
        self._shown_at = None
        self._news = f"Nytt datum: {self.day.date} ({weekday(self.day.date)})."
        self._kept_in = view if view.dirty or _stands(view, before) else None

    def tell(self, text: str) -> None:
        """Have *text* said before the next message, as a new day is."""
        if self.untold:
            self._news = f"{self._news} {text}"
        else:
            self._news, self._kept_in = text, None
        self._shown_at = None

    @property
    def untold(self) -> bool:
        """Whether something is to be said that has not been shown yet."""
        return bool(self._news) and self._shown_at is None

    def show_news(self, view: Page) -> None:
        """Say once, before the message of *view*, what is new; a refusal is left alone.

        A key typed before the clerk can have read it does not remove it.
        """
        foot = view.foot
        if not self._news or foot.findings or self._news in foot.message:
            return
        if self._shown_at is not None and clock.machine() - self._shown_at > _READ:
            self._news, self._kept_in = "", None
            return
        kept = " Datum som redan står i bilden är kvar." if view is self._kept_in else ""
        view.say(f"{self._news}{kept} {foot.message}".rstrip(), good=foot.good)
        if self._shown_at is None:
            self._shown_at = clock.machine()


def _stands(view: Page, day: date) -> bool:
    return any(
        field.kind == "date" and form.get(field.name) == str(day)
        for form in view.forms()
        for field in form.spec.fields
    )
