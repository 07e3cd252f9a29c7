"""A secret on the clipboard, for as long as it takes to paste it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from textual.app import App
from textual.timer import Timer

from cxr_tui.model.secret import Secret

KEPT_SECONDS = 45.0


class SecretClip:
    """Copies secrets and clears the clipboard again: after a while, and when its screen is left.

    A terminal tells nobody what its clipboard holds. What was copied in this program since is left alone; what was
    copied in another one is cleared with it.
    """

    def __init__(self, app: App[None], cleared: Callable[[], None], seconds: float = KEPT_SECONDS) -> None:
        self._app = app
        self._cleared = cleared
        self._seconds = seconds
        self._copied: Secret | None = None
        self._timer: Timer | None = None

    @property
    def seconds(self) -> float:
        """How long a secret stays."""
        return self._seconds

    def copy(self, secret: Secret) -> None:
        """Put a secret on the clipboard and begin the wait anew."""
        if self._timer is not None:
            self._timer.stop()
        self._copied = secret
        self._app.copy_to_clipboard(secret.reveal())
        self._timer = self._app.set_timer(self._seconds, self._time_is_up)

    def clear(self) -> bool:
        """Clear the clipboard if a secret of this program lies there; say whether one did."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        copied, self._copied = self._copied, None
        if copied is None or Secret(self._app.clipboard) != copied:
            return False
        with suppress(Exception):  # the terminal may be gone already; then its clipboard cannot be reached either
            self._app.copy_to_clipboard("")
        return True

    def _time_is_up(self) -> None:
        if self.clear():
            self._cleared()
