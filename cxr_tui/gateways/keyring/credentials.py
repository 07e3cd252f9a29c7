"""Secrets of one integration in the OS keyring.

The keyring library gets one call at a time, in a daemon thread with a time limit, because an invisible unlock prompt
blocks for ever.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from cxr_tui.domain.errors import NothingStoredError, StoreUnusableError
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.keyring.backend import choose_store, display_name, safe_message
from cxr_tui.gateways.keyring.troubleshooting import store_advice
from cxr_tui.system.threads import run_in_thread

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

Got = TypeVar("Got")

LIMIT_SECONDS = 30.0
"""Enough time to type the password of a keyring into its prompt."""

MOST_OCTETS = 2560
"""The limit of Windows Credential Manager for a secret in UTF-16; applied on every system."""

PREFIX = "cxr-tui"


class KeyringCredentials:
    """Implements `cxr_tui.domain.ports.Credentials` for one integration.

    Without `backend`, the first call chooses the system's store. A `backend` is used as it is, under `store_name` (the
    sandbox's memory). Raises NothingStoredError, and StoreUnusableError with advice for this system. Every call reads
    the store, because another process may have changed a secret.
    """

    def __init__(
        self,
        integration: str,
        backend: KeyringBackend | None = None,
        store_name: str | None = None,
        limit_seconds: float = LIMIT_SECONDS,
    ) -> None:
        if not integration:
            raise ValueError("an integration needs a name; all integrations would share an empty one")
        self._integration = integration
        self._backend = backend
        self._store_name = store_name
        self._limit = limit_seconds
        self._lock = threading.Lock()
        self._began: float | None = None
        """When the current call began; None: there is none."""
        self._hidden: set[Secret] = set()
        """All secrets that were read or written; output masks each while the integration is open."""

    @property
    def store(self) -> str:
        """Name of the store; before the first call a general one, unless a store was given."""
        if self._store_name:
            return self._store_name
        return display_name(self._backend) if self._backend is not None else "this system's keyring"

    async def put(self, item: str, secret: Secret) -> None:
        """Write, read back and compare; StoreUnusableError, also for a secret that is too long for some stores."""
        if len(secret.reveal().encode("utf-16-le", "surrogatepass")) > MOST_OCTETS:
            raise StoreUnusableError(
                f"{item} is longer than {MOST_OCTETS // 2} characters, which is too long for some stores"
            )
        service, user = self._address(item)

        def write(backend: KeyringBackend) -> bool:
            backend.set_password(service, user, secret.reveal())
            kept = backend.get_password(service, user)
            return kept is not None and Secret(kept) == secret

        self._hidden.add(secret)
        if not await self._run(write):
            raise StoreUnusableError(
                f"{self.store} stored {item} and returned a different value, so it cannot be used",
                *self._advice(),
            )

    async def get(self, item: str) -> Secret:
        """Return a secret; NothingStoredError, StoreUnusableError."""
        found = await self._find(item)
        if found is None:
            raise NothingStoredError(item)
        return found

    async def has(self, item: str) -> bool:
        """Return whether a secret is stored; StoreUnusableError."""
        return await self._find(item) is not None

    async def drop(self, item: str) -> None:
        """Remove a secret, if it is stored, and check that it is gone; StoreUnusableError."""
        service, user = self._address(item)

        def remove(backend: KeyringBackend) -> bool:
            if backend.get_password(service, user) is None:
                return True
            backend.delete_password(service, user)
            return backend.get_password(service, user) is None

        if not await self._run(remove):
            raise StoreUnusableError(f"{self.store} still holds {item} after it was removed")

    async def _find(self, item: str) -> Secret | None:
        service, user = self._address(item)

        def read(backend: KeyringBackend) -> Secret | None:
            found = backend.get_password(service, user)
            return None if found is None else Secret(found)

        secret = await self._run(read)
        if secret is not None:
            self._hidden.add(secret)
        return secret

    def _address(self, item: str) -> tuple[str, str]:
        # a separate service for each item: Windows stores one secret per service
        return f"{PREFIX}/{self._integration}/{item}", self._integration

    async def _run(self, call: Callable[[KeyringBackend], Got]) -> Got:
        def timed() -> Got:
            self._began = monotonic()
            try:
                return self._guarded(call)
            finally:
                self._began = None

        began = self._began
        if began is not None and monotonic() - began > self._limit:
            raise self._silent()  # another call would wait in vain too
        try:
            return await run_in_thread(timed, self._limit, "keyring", self._lock)
        except TimeoutError:
            raise self._silent() from None

    def _guarded(self, call: Callable[[KeyringBackend], Got]) -> Got:
        if self._backend is None:
            self._backend = choose_store()
        backend = self._backend
        try:
            return call(backend)
        except Exception as error:  # noqa: BLE001 - every store has its own errors
            from keyring.errors import InitError, KeyringLocked  # the library is loaded by now

            words = f"{display_name(backend)}: {safe_message(error)}"
            advice = self._advice(locked=isinstance(error, (KeyringLocked, InitError)))
            raise StoreUnusableError(words, *advice) from None

    def _silent(self) -> StoreUnusableError:
        return StoreUnusableError(
            f"{self.store} did not answer within {self._limit:g} seconds; it may be waiting for an unlock prompt "
            "that is not visible here",
            *self._advice(locked=True),
        )

    def _advice(self, *, locked: bool = False) -> tuple[str, ...]:
        """Return how to get a store on this system; nothing if the caller gave one."""
        return () if self._store_name is not None else store_advice(locked=locked)
