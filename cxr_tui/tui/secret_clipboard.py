"""A stored secret on request: on the clipboard long enough to paste it, on the screen long enough to read it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from textual.app import App
from textual.screen import Screen
from textual.timer import Timer

from cxr_tui.domain.secret import Secret

if TYPE_CHECKING:
    from cxr_tui.tui.app import WizardApp

KEPT_SECONDS = 45.0

SHOWN_SECONDS = 10.0
"""How long a secret can be read; a terminal does not report when a key is released, so the time is fixed."""


class SecretClip:
    """Copies secrets and clears the clipboard again: after a while, and when its screen is left.

    A terminal does not report the content of its clipboard. A later copy from this program stays; one from another
    program is cleared too.
    """

    def __init__(self, app: App[None], cleared: Callable[[], None], seconds: float = KEPT_SECONDS) -> None:
        self._app = app
        self._cleared = cleared
        self._seconds = seconds
        self._copied: Secret | None = None
        self._timer: Timer | None = None

    @property
    def seconds(self) -> float:
        """How long a secret stays, in seconds."""
        return self._seconds

    def copy(self, secret: Secret) -> None:
        """Put a secret on the clipboard and restart the wait."""
        if self._timer is not None:
            self._timer.stop()
        self._copied = secret
        self._app.copy_to_clipboard(secret.reveal())
        self._timer = self._app.set_timer(self._seconds, self._time_is_up)

    def clear(self) -> bool:
        """Clear the clipboard if it has a secret of this program; return whether it had."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        copied, self._copied = self._copied, None
        if copied is None or Secret(self._app.clipboard) != copied:
            return False
        with suppress(Exception):  # a terminal that is gone has no clipboard to clear
            self._app.copy_to_clipboard("")
        return True

    def _time_is_up(self) -> None:
        if self.clear():
            self._cleared()


class SecretOnRequest:
    """Shows and copies a secret of a screen when the person asks for it, and hides and clears it again in time."""

    def __init__(self, screen: Screen[None], reveal: Callable[[str], None]) -> None:
        """`reveal` draws the secret, or its mask for an empty text."""
        self._screen = screen
        self._app = cast("WizardApp", screen.app)
        self._reveal = reveal
        self._hiding: Timer | None = None
        self._clip = SecretClip(self._app, self._cleared, self._app.settings.clipboard_seconds)

    @property
    def shown(self) -> bool:
        """Whether the secret can be read now."""
        return self._hiding is not None

    def copy(self, secret: Secret) -> None:
        """Copy the secret for a while."""
        self._clip.copy(secret)
        self._app.tell(f"Copied; the clipboard is cleared after {self._clip.seconds:g} s", "$success", 10)

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
        if self._clip.clear() and self._app.is_running:
            self._cleared()

    def _cleared(self) -> None:
        self._app.tell("The clipboard was cleared", seconds=10)
