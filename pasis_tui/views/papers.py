"""A paper shown on the screen, and written to a file when the clerk says so."""

from __future__ import annotations

from pasis_tui.services.reports import papers
from pasis_tui.services.reports.papers import Paper
from pasis_tui.shell.view import View
from pasis_tui.widgets.dialogs import Confirm

FOLDER = "utskrifter"  # below the program's own folder


async def show_paper(view: View, paper: Paper) -> None:
    """Show *paper*; Enter writes it to a file."""

    async def to_file(_: bool) -> None:
        await paper_to_file(view, paper)

    await view.pasis.open_dialog(Confirm(paper.title, paper.lines, "Till fil", "Stäng", to_file))


async def paper_to_file(view: View, paper: Paper) -> None:
    """Write *paper* to a file and say where it is."""
    path = await view.ask(papers.to_file, paper, view.pasis.home / FOLDER)
    view.say(f"Skrivet till fil: {path.parent.name}/{path.name}", good=True)
