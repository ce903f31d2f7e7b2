"""The table that a run prints and ``docs/benchmarks.md`` keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HEADS = ("what", "yardstick in the same run", "held to", "measured", "")
_TEXT = """\
# Benchmarks

`make bench` measures and rewrites this page. Every time is a ratio to its yardstick, both taken
in turns in one run, so that a slow or busy machine slows both; what stands here is the ratio of
the medians, or, of start and list, the median of the turns' ratios. No test asserts a time.

{table}

How it is taken:

- The program runs in a real pseudo-terminal of 80×24, as a clerk would run it. The clock stops
  when the bytes arrive that complete what is waited for; they are drawn on an emulated screen
  only afterwards.
- *Start* is from the start of the process until a key typed as soon as the login is seen is on
  the screen, with the practice database there. The bare Textual app is one label and one `Input`.
- *Key echo* types six fields of 014, letters and Tab, into the program and into a curses program
  that draws the same display file. *On the screen* is until the emulated terminal has drawn the
  key and been read, which costs a millisecond or two in both; that is how the mark was set. *At
  the wire* is until the bytes arrive, without the terminal: there a Textual app with one bare
  widget is already some ten times curses, so it is shown and held to nothing. Bytes are all that
  is sent, divided by the keys.
- *A screen* is timed from Enter in Snabbval, with a patient carried, until nothing more changes
  on the screen; every numbered screen, in a database of {visits} visits and {commitments}
  commitments. Each has been opened once before. The yardstick is a pushed Textual screen with 20
  labels and 20 stock `Input`s, one a row.
- *The list* is 048 with everything that is ongoing: 20 commitments in one database, {commitments}
  in the other.
- *A save* is `visits.save_all` of the practice database: the rules, the visit, its medical
  registration and the audit event, in one transaction. The raw commit inserts one row.
- *Memory* is what is resident once every screen has been open in the large database.
- *Keystrokes* are typed into the program, which must then show what they were for. Alt with a
  letter is one.
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A measured figure and what it is held to (None: nothing), both in *unit*; smaller is better.

    ``detail`` is printed but not kept: it is of this machine.
    """

    what: str
    yardstick: str
    hold: float | None
    measured: float
    unit: str = "×"
    detail: str = ""

    @property
    def verdict(self) -> str:
        """Whether it holds: ok, MISSED or, for what is held to nothing, a dash."""
        if self.hold is None:
            return "–"
        return "ok" if self.measured <= self.hold else "MISSED"

    def cells(self) -> tuple[str, ...]:
        """Return the row's texts."""
        ratio = self.unit == "×"
        shown = f"{self.measured:.2f}" if ratio else f"{self.measured:.0f}"
        return (
            self.what,
            self.yardstick,
            "–" if self.hold is None else f"≤ {self.hold:g} {self.unit}",
            f"{shown} {self.unit}",
            self.verdict,
        )


def printed(line: Line) -> str:
    """Return *line* as the run prints it."""
    what, yardstick, hold, measured, verdict = line.cells()
    detail = f"  ({line.detail})" if line.detail else ""
    return f"{verdict:<7}{what:<46}{measured:>9}  {hold:<8}  {yardstick}{detail}"


def markdown(lines: Sequence[Line]) -> str:
    """Return the lines as a Markdown table."""
    rows = [HEADS, ("---",) * len(HEADS), *(line.cells() for line in lines)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def write_page(path: Path, lines: Sequence[Line], *, visits: int, commitments: int) -> None:
    """Write the page that ``docs/`` keeps."""
    text = _TEXT.format(table=markdown(lines), visits=f"{visits:,}", commitments=f"{commitments:,}")
    path.write_text(text, encoding="utf-8")
