"""What stands on the terminal, as text."""

from __future__ import annotations

from typing import Any

from textual.app import App


def screen_text(app: App[Any]) -> str:
    """Return the screen row by row, without colours and trailing blanks."""
    if not app.screen_stack:
        return ""
    # Textual has no public way to what it composes of a screen and the dialogues above it.
    rows = app.screen._compositor.render_strips()
    return "\n".join("".join(part.text for part in row).rstrip() for row in rows)
