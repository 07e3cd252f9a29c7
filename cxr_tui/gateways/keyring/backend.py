"""Choosing the one real credential store of this system, and refusing those that only look like one."""

from __future__ import annotations

import logging
import os
from configparser import Error as ConfigParserError
from configparser import RawConfigParser
from pathlib import Path
from typing import TYPE_CHECKING

from cxr_tui.domain.errors import StoreUnusableError
from cxr_tui.domain.text import visible
from cxr_tui.gateways.keyring.troubleshooting import store_advice
from cxr_tui.security.redaction import redact

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

logging.getLogger("keyring").setLevel(logging.CRITICAL)  # it writes tracebacks of backends that do not load

LEAST_PRIORITY = 1.0
"""What the keyring library recommends as least for a real store; plaintext files are below."""

_NO_STORES = {
    "fail": "no credential store can be reached on this system",
    "null": "the credential store is switched off: the null backend accepts everything and keeps nothing",
}

_VARIABLE = "PYTHON_KEYRING_BACKEND"
_NAMES = {
    "SecretService": "Secret Service",
    "libsecret": "Secret Service (libsecret)",
    "kwallet": "KWallet",
    "macOS": "macOS Keychain",
    "Windows": "Windows Credential Manager",
}


def choose_store() -> KeyringBackend:
    """Return the real store that the keyring library finds; blocking (D-Bus). Raises StoreUnusableError.

    The library chains stores where it finds several, writes to one and deletes from one, which need not be the same; so
    the first real one is taken out of the chain and kept to.
    """
    try:
        import keyring
        from keyring.backends.chainer import ChainerBackend

        found = keyring.get_keyring()
        candidates = list(found.backends) if isinstance(found, ChainerBackend) else [found]
    except Exception as error:  # noqa: BLE001 - a wrong configuration raises whatever its import raises
        words = f"the keyring library does not start: {safe_message(error)}"
        raise StoreUnusableError(words, *_advice()) from None
    refused = ""
    for candidate in candidates:
        refused = rejection_reason(candidate)
        if not refused:
            return candidate
    if refused in ("", _NO_STORES["fail"]):
        refused = f"{_NO_STORES['fail']}{_secret_service_says()}"
    raise StoreUnusableError(refused, *_advice())


def _advice() -> tuple[str, ...]:
    configured = _configured()
    return (configured,) if configured else store_advice()


def _configured() -> str:
    """Return where a store that is no system's own was chosen, and what to do there; `` where none was."""
    name = os.environ.get(_VARIABLE, "")
    if name:
        told = f"{_VARIABLE} is set to {visible(name, 100)} and decides which store is used: unset it"
        return "" if _is_systems_own(name) else told
    from keyring.util import platform_

    path = Path(platform_.config_root()) / "keyringrc.cfg"
    shown = visible(str(path))
    try:
        text = path.read_text("utf-8")
        RawConfigParser().read_string(text)
    except OSError:
        return ""
    except (ConfigParserError, UnicodeDecodeError) as error:
        return f"{shown} cannot be read ({safe_message(error)}): correct or remove it"
    for number, line in enumerate(text.splitlines(), 1):
        option, _, name = line.replace(":", "=", 1).partition("=")
        if option.strip().lower() == "default-keyring" and not _is_systems_own(name.strip()):
            told = f"{shown}, line {number} ({visible(line.strip(), 100)}) decides which store is used"
            return f"{told}: correct or remove that line"
    return ""


def _is_systems_own(name: str) -> bool:
    """Say whether a class is a store of the keyring library for an operating system; its choice is no mistake then."""
    package, _, rest = name.rpartition(".")[0].rpartition(".")
    return package == "keyring.backends" and rest in (*_NAMES, "chainer")


def rejection_reason(backend: KeyringBackend, *, named_by_caller: bool = False) -> str:
    """Return why a backend is no real store, `` where it is one; one that the caller named needs no priority."""
    kind = type(backend)
    module = kind.__module__.rsplit(".", 1)[-1]
    if kind.__module__.startswith("keyring.backends.") and module in _NO_STORES:
        return _NO_STORES[module]
    if "plaintext" in kind.__name__.lower():
        return f"{visible(kind.__name__)} would keep passwords readable in a file"
    try:
        priority = float(kind.priority)
    except Exception as error:  # noqa: BLE001 - a backend that cannot be used says why when asked for its priority
        return f"{visible(kind.__name__)} cannot be used: {safe_message(error)}"
    if priority < LEAST_PRIORITY and not named_by_caller:
        return f"{visible(kind.__module__)}.{visible(kind.__name__)} is no recommended store (priority {priority:g})"
    return ""


def display_name(backend: KeyringBackend) -> str:
    """Return the name of a store in words."""
    module = type(backend).__module__.rsplit(".", 1)[-1]
    return _NAMES.get(module, visible(str(getattr(backend, "name", type(backend).__name__)), 60))


def _secret_service_says() -> str:
    """Return why the usual store of Linux is not there, `` elsewhere."""
    try:
        from keyring.backends import SecretService

        _ = SecretService.Keyring.priority
    except Exception as error:  # noqa: BLE001 - it says why it cannot be used, in whatever type
        return f" ({safe_message(error)})"
    return ""


def safe_message(error: BaseException) -> str:
    """Return what a library said, safe to show, without its closing point and without any secret."""
    return visible(redact(str(error) or type(error).__name__), 200).rstrip(".!")
