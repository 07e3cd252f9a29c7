"""A keyring backend that keeps secrets in the memory of the sandbox's process, and nowhere else."""

from __future__ import annotations

import http.client
from urllib.parse import urlencode

from keyring.backend import KeyringBackend
from keyring.compat.properties import classproperty
from keyring.errors import KeyringError, PasswordDeleteError

from cxr_tui.sandbox.control_call import call_control_api


class SandboxKeyring(KeyringBackend):
    """Throwaway memory: what is stored here is lost when the sandbox ends.

    Its constructor takes arguments, so keyring's own search for backends, which gives none, never picks it.
    """

    def __init__(self, control_api: str, token: str) -> None:
        # not the base class's: that would let KEYRING_PROPERTY_... variables overwrite where secrets go
        self._control_api = control_api
        self._token = token

    @classproperty
    def priority(cls) -> float:  # noqa: N805 - a property of the class
        """Return the lowest priority of a store that works."""
        return 1.0

    @classproperty
    def name(cls) -> str:  # noqa: N805 - a property of the class
        """Return its name for people."""
        return "sandbox memory, gone with it"

    def get_password(self, service: str, username: str) -> str | None:
        """Return what is stored, None without an entry; KeyringError when the sandbox has ended."""
        stored = self._call("GET", service, username)
        return None if stored is None else stored.decode()

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a password; KeyringError when the sandbox has ended."""
        self._call("PUT", service, username, password.encode())

    def delete_password(self, service: str, username: str) -> None:
        """Remove a password; PasswordDeleteError without an entry, KeyringError when the sandbox has ended."""
        if self._call("DELETE", service, username) is None:
            raise PasswordDeleteError("nothing is stored under this name")

    def _call(self, method: str, service: str, username: str, body: bytes | None = None) -> bytes | None:
        """Return the answer's body, None without an entry."""
        path = f"/keyring?{urlencode({'service': service, 'user': username})}"
        try:
            status, answer = call_control_api(self._control_api, self._token, method, path, body)
        except (OSError, http.client.HTTPException) as error:
            raise KeyringError(f"the sandbox's memory cannot be reached: {type(error).__name__}") from None
        if status not in (200, 204, 404):
            raise KeyringError(f"the sandbox's memory answered {status}")
        return None if status == 404 else answer
