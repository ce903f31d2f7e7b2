"""The yardstick of opening a screen: ``a`` pushes 20 stock inputs with labels, Esc takes them away."""

from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Input, Label

FIELDS = 20


class Fields(Screen[None]):
    """Twenty fields, one a row."""

    BINDINGS = [("escape", "app.pop_screen", "Back")]

    def compose(self) -> ComposeResult:
        for number in range(FIELDS):
            with Horizontal():
                yield Label(f"Field {number}")
                yield Input(id=f"field{number}", compact=True)
        yield Label("STANDING>")


class Stock(App[None]):
    """A first screen that opens the fields."""

    CSS = "Horizontal { height: 1; } Horizontal Label { width: 16; } Input { width: 40; }"
    BINDINGS = [("a", "fields", "Open")]

    def compose(self) -> ComposeResult:
        yield Label("READY>")

    def action_fields(self) -> None:
        self.push_screen(Fields())


if __name__ == "__main__":
    Stock().run()
