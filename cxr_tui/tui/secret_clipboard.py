"""A stored secret on request: on the clipboard long enough to paste it, on the screen long enough to read it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from textual.screen import Screen
from textual.timer import Timer

from cxr_tui.domain.ports import Credentials
from cxr_tui.domain.secret import Secret
from cxr_tui.tui.messages import Notice

SHOWN_SECONDS = 10.0
"""How long a secret can be read; a terminal does not report when a key is released, so the time is fixed."""

_READING = "secret"
"""Group of the worker that reads the keyring."""


class SecretOnRequest:
    """Shows and copies a secret of a screen when the person asks for it, and hides and clears it again in time.

    A terminal does not report the content of its clipboard. A later copy from this program stays; one from another
    program is cleared too.
    """

    def __init__(
        self, screen: Screen[None], credentials: Credentials, reveal: Callable[[str], None], seconds: float
    ) -> None:
        """`reveal` draws the secret, or its mask for an empty text; `seconds` later the clipboard is cleared."""
        self._screen = screen
        self._credentials = credentials
        self._reveal = reveal
        self._seconds = seconds
        self._hiding: Timer | None = None
        self._copied: Secret | None = None
        self._clearing: Timer | None = None

    def copy(self, item: str) -> None:
        """Copy a secret of the keyring for a while."""
        self._read(item, self._copy)

    def toggle(self, item: str) -> None:
        """Show a secret of the keyring for a while, or hide the one that is shown."""
        if self._hiding is None:
            self._read(item, self._show)
        else:
            self.hide()

    def _read(self, item: str, use: Callable[[Secret], None]) -> None:
        async def read() -> None:
            use(await self._credentials.get(item))

        self._screen.run_worker(read(), group=_READING, exclusive=True, exit_on_error=False)

    def _copy(self, secret: Secret) -> None:
        if self._clearing is not None:
            self._clearing.stop()
        app = self._screen.app
        self._copied = secret
        app.copy_to_clipboard(secret.reveal())
        self._clearing = app.set_timer(self._seconds, self._clear)
        app.post_message(Notice(f"Copied; the clipboard is cleared after {self._seconds:g} s", "$success", 10))

    def _show(self, secret: Secret) -> None:
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
        self._screen.workers.cancel_group(self._screen, _READING)
        self.hide()
        self._clear()

    def _clear(self) -> None:
        """Clear the clipboard if it has the secret that was copied."""
        if self._clearing is not None:
            self._clearing.stop()
            self._clearing = None
        copied, self._copied = self._copied, None
        app = self._screen.app
        if copied is None or Secret(app.clipboard) != copied:
            return
        with suppress(Exception):  # a terminal that is gone has no clipboard to clear
            app.copy_to_clipboard("")
        app.post_message(Notice("The clipboard was cleared", seconds=10))
