"""The sandbox of one life, seen by the soak itself: faults, logins, marks of secrets."""

from __future__ import annotations

import http.client
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from cxr_tui.sandbox.client import ConnectionInfo


class Watch:
    """A line to the desk that stays open; it has no part in what the program does."""

    def __init__(self, info: ConnectionInfo) -> None:
        self._info = info
        self._line = http.client.HTTPConnection(urlsplit(info.control_api).netloc, timeout=60)
        self._logins = 0

    @property
    def directory(self) -> Path:
        """Where the sandbox and its integrations have their files."""
        return self._info.directory

    def faults(self, faults: Sequence[str]) -> dict[str, int]:
        """Have these faults on and no others; return how often each kind has happened so far."""
        triggered: dict[str, int] = self._ask("PUT", "/faults", {"on": list(faults)})["triggered"]
        return triggered

    def logins(self) -> list[dict[str, Any]]:
        """Return the logins since the last look."""
        new: list[dict[str, Any]] = self._ask("GET", f"/logins?since={self._logins}")["logins"]
        self._logins += len(new)
        return new

    def secrets(self, user: str = "") -> tuple[dict[str, str], list[str]]:
        """Return the marks of what the keyring holds by service, and the services that let a user in."""
        told = self._ask("GET", f"/secrets?user={quote(user)}")
        return told["marks"], told["opening"]

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        text = None if body is None else json.dumps(body)
        for again in (True, False):
            try:
                self._line.request(method, path, body=text, headers={"X-Control-Token": self._info.control_token})
                answer = self._line.getresponse()
                told: dict[str, Any] = json.loads(answer.read())
                break
            except (http.client.HTTPException, OSError):  # the desk ends lines that rest
                self._line.close()
                if not again:
                    raise
        if answer.status != 200:
            raise RuntimeError(f"the desk answers {answer.status}: {told}")
        return told
