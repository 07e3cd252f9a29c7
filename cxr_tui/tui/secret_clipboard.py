"""A stored secret on request: on the clipboard long enough to paste it, on the screen long enough to read it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from textual.screen import Screen
from textual.timer import Timer

from cxr_tui.domain.secret import Secret

if TYPE_CHECKING:
    from cxr_tui.tui.app import WizardApp

SHOWN_SECONDS = 10.0
"""How long a secret can be read; a terminal does not report when a key is released, so the time is fixed."""


class SecretOnRequest:
    """Shows and copies a secret of a screen when the person asks for it, and hides and clears it again in time.

    A terminal does not report the content of its clipboard. A later copy from this program stays; one from another
    program is cleared too.
    """

    def __init__(self, screen: Screen[None], reveal: Callable[[str], None]) -> None:
        """`reveal` draws the secret, or its mask for an empty text."""
        self._screen = screen
        self._reveal = reveal
        self._hiding: Timer | None = None
        self._copied: Secret | None = None
        self._clearing: Timer | None = None

    @property
    def _app(self) -> WizardApp:
        return cast("WizardApp", self._screen.app)

    @property
    def shown(self) -> bool:
        """Whether the secret can be read now."""
        return self._hiding is not None

    def copy(self, secret: Secret) -> None:
        """Copy the secret for a while."""
        if self._clearing is not None:
            self._clearing.stop()
        seconds = self._app.settings.clipboard_seconds
        self._copied = secret
        self._app.copy_to_clipboard(secret.reveal())
        self._clearing = self._app.set_timer(seconds, self._clear)
        self._app.tell(f"Copied; the clipboard is cleared after {seconds:g} s", "$success", 10)

    def show(self, secret: Secret) -> None:
        """Show the secret for a while."""
        self.hide()
        self._hiding = self._screen.set_timer(SHOWN_SECONDS, self.hide)
        self._reveal(secret.reveal())

    def hide(self) -> None:
        """Show the mask again."""
        if self._hiding is not None:
            self._hiding.stop()
            self._hiding = None
            if self._screen.is_mounted:
                self._reveal("")

    def leave(self) -> None:
        """Leave no secret behind, on the clipboard or in a widget."""
        self.hide()
        self._clear()

    def _clear(self) -> None:
        """Clear the clipboard if it has the secret that was copied."""
        if self._clearing is not None:
            self._clearing.stop()
            self._clearing = None
        copied, self._copied = self._copied, None
        if copied is None or Secret(self._app.clipboard) != copied:
            return
        with suppress(Exception):  # a terminal that is gone has no clipboard to clear
            self._app.copy_to_clipboard("")
        if self._app.is_running:
            self._app.tell("The clipboard was cleared", seconds=10)
