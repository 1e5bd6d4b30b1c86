"""The smallest Textual app: what no Textual program can start faster than."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """Shows one line."""

    def compose(self) -> ComposeResult:
        """One line."""
        yield Static("bare ready")


if __name__ == "__main__":
    Bare().run()
