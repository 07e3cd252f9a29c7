"""Chooses the real credential store of this system, and refuses insecure or empty ones."""

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

logging.getLogger("keyring").setLevel(logging.CRITICAL)  # it logs tracebacks of backends that do not load

LEAST_PRIORITY = 1.0
"""The keyring library's minimum for a recommended store; plaintext files are below it."""

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

    If the library finds several stores, it chains them and may write to one and delete from another. So this returns
    the first real store of the chain.
    """
    try:
        import keyring
        from keyring.backends.chainer import ChainerBackend

        found = keyring.get_keyring()
        candidates = list(found.backends) if isinstance(found, ChainerBackend) else [found]
    except Exception as error:  # noqa: BLE001 - a wrong configuration may raise any error
        words = f"the keyring library does not start: {safe_message(error)}"
        raise StoreUnusableError(words, *_advice()) from None
    refused = ""
    for candidate in candidates:
        refused = rejection_reason(candidate)
        if not refused:
            return candidate
    if refused in ("", _NO_STORES["fail"]):
        refused = f"{_NO_STORES['fail']}{_secret_service_reason()}"
    raise StoreUnusableError(refused, *_advice())


def _advice() -> tuple[str, ...]:
    configured = _configured()
    return (configured,) if configured else store_advice()


def _configured() -> str:
    """Return the setting that chooses a foreign store, and its remedy; empty: there is none."""
    name = os.environ.get(_VARIABLE, "")
    if name:
        remedy = f"{_VARIABLE} is set to {visible(name, 100)} and decides which store is used: unset it"
        return "" if _is_systems_own(name) else remedy
    from keyring.util import platform_

    path = Path(platform_.config_root()) / "keyringrc.cfg"
    settings = RawConfigParser()
    try:
        settings.read_string(path.read_text("utf-8"))
    except OSError:
        return ""
    except (ConfigParserError, UnicodeDecodeError) as error:
        return f"{visible(str(path))} cannot be read ({safe_message(error)}): correct or remove it"
    name = settings.get("backend", "default-keyring", fallback="")
    if not name or _is_systems_own(name):
        return ""
    setting = f"{visible(str(path))}, default-keyring={visible(name, 100)},"
    return f"{setting} decides which store is used: correct or remove that line"


def _is_systems_own(name: str) -> bool:
    """Return whether a class is one of the keyring library's stores for an operating system."""
    package, _, rest = name.rpartition(".")[0].rpartition(".")
    return package == "keyring.backends" and rest in (*_NAMES, "chainer")


def rejection_reason(backend: KeyringBackend) -> str:
    """Return why a backend is refused, empty if it is a real store."""
    kind = type(backend)
    module = kind.__module__.rsplit(".", 1)[-1]
    if kind.__module__.startswith("keyring.backends.") and module in _NO_STORES:
        return _NO_STORES[module]
    if "plaintext" in kind.__name__.lower():
        return f"{visible(kind.__name__)} would keep passwords readable in a file"
    try:
        priority = float(kind.priority)
    except Exception as error:  # noqa: BLE001 - the priority of an unusable backend raises the reason
        return f"{visible(kind.__name__)} cannot be used: {safe_message(error)}"
    if priority < LEAST_PRIORITY:
        return f"{visible(kind.__module__)}.{visible(kind.__name__)} is not a recommended store (priority {priority:g})"
    return ""


def display_name(backend: KeyringBackend) -> str:
    """Return the name of a store in words."""
    module = type(backend).__module__.rsplit(".", 1)[-1]
    return _NAMES.get(module, visible(str(getattr(backend, "name", type(backend).__name__)), 60))


def _secret_service_reason() -> str:
    """Return why the Secret Service is missing, empty on other systems."""
    try:
        from keyring.backends import SecretService

        _ = SecretService.Keyring.priority
    except Exception as error:  # noqa: BLE001 - the reason may be an error of any type
        return f" ({safe_message(error)})"
    return ""


def safe_message(error: BaseException) -> str:
    """Return an error's message, safe to show, without secrets and without its final period."""
    return visible(redact(str(error) or type(error).__name__), 200).rstrip(".!")
