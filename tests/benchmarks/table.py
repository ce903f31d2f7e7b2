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
the medians, or, of start, lists and queries, the median of the turns' ratios. No test asserts a
time.

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
- *While a list is made* the program makes the Excel file of FB in the background, of about
  100,000 visits, and the same six fields of 014 are typed meanwhile; then again with nothing else
  to do. It is one process: who types and who writes take turns on one interpreter.
- *AG* and *F8* are opened at a unit of {unit_visits} visits and {unit_commitments} commitments
  that are the practice clinic's copied, with its debts, in a database of {region_visits} visits.
  F8 is pressed in 014 and goes to the screen that mends the next thing owed.
- *051 loaded* is from Enter on a quarter until its chart stands, in the practice clinic; a
  numbered screen is the median of those above, opened in the same rounds. *051 of a year* is the
  service alone: the own unit's figures and all units', computed anew each time. The full join
  reads every visit of the commitments that were ongoing that year, with patient, caregiver,
  forms and registration, in bare sqlite3.
- *A list beside bare sqlite3* is the whole service: its transaction, its statements, rows with
  real dates, the audit event and its commit. What it sends is listened to once, and the yardstick
  sends the same to Python's own sqlite3 and fetches the rows as they are. KL, FB (a quarter) and
  AG are of the large unit. With *no commit waited for* (`synchronous=OFF`) the two shortest show
  what the program's own work is, some 0.2 ms; it is held to nothing.
- *The same with {small_visits} visits* is with no commit waited for, either. 048 counts its rows
  up to a thousand; the small database has fewer to count, so that is shown by itself.
- *Excel* is `write_book` with 100,000 rows of 14 cells (nine texts, three dates, two numbers), and
  a loop that appends the same rows to an openpyxl `write_only` workbook with lxml and saves it,
  each in a process of its own with everything imported before the clock starts. The clock is the
  process's own, of the work it did, since half a minute is too long to take turns in. Memory is the
  most that process ever had resident (`VmHWM`), less that of one that has imported the same and
  wrote nothing.
- *A class* is 30 learners with 20,000 events in a SQLite store on this machine. Its learner's keys are those of *key
  echo*, in a program whose screen the trainer looks at all the while, beside a program in no class.
- *While it is recorded*, the keys of *key echo* are typed in turns into a program started with
  `--record` and into one without.
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


def write_page(path: Path, lines: Sequence[Line], **sizes: int) -> None:
    """Write the page that ``docs/`` keeps; *sizes* are those that its text names."""
    text = _TEXT.format(table=markdown(lines), **{name: f"{n:,}" for name, n in sizes.items()})
    path.write_text(text, encoding="utf-8")
