"""The yardstick of key echo: a screen's own display file as a plain curses form.

``python curses_form.py 014_personuppgifter`` draws its labels and fields where the program does.
"""

from __future__ import annotations

import curses
import locale
import sys

from pasis_tui.display.display_files import display

FRAME = 3  # rows above the fields
CTRL_U = "\x15"


def run(window: curses.window, name: str) -> None:
    """Edit until the terminal closes."""
    curses.raw()
    form = display(name).formats[0]
    top = FRAME + (1 if form.heading else 0)
    texts = [""] * len(form.fields)
    for spec in form.fields:
        window.addstr(top + spec.row, spec.column, spec.label)
        window.addstr(top + spec.row, spec.entry, " " * spec.width, curses.A_UNDERLINE)
    window.addstr(curses.LINES - 1, 0, "READY>")
    at = 0
    while True:
        spec = form.fields[at]
        window.move(top + spec.row, spec.entry + len(texts[at]))
        window.refresh()
        key = window.get_wch()
        if key == "\t":
            at = (at + 1) % len(texts)
        elif key == curses.KEY_BTAB:
            at = (at - 1) % len(texts)
        elif isinstance(key, str) and (key == CTRL_U or len(texts[at]) < spec.width):
            texts[at] = "" if key == CTRL_U else texts[at] + key
            shown = texts[at].ljust(spec.width)
            window.addstr(top + spec.row, spec.entry, shown, curses.A_UNDERLINE)


if __name__ == "__main__":
    locale.setlocale(locale.LC_ALL, "")
    curses.wrapper(run, sys.argv[1])
