"""The yardstick of start and memory: the least Textual app that can echo a key."""

from textual.app import App, ComposeResult
from textual.widgets import Input, Label


class Bare(App[None]):
    """A label and a field."""

    def compose(self) -> ComposeResult:
        yield Input()
        yield Label("READY>")


if __name__ == "__main__":
    Bare().run()
