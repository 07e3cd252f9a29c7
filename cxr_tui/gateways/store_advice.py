"""How to get a working credential store on this system, in words a person can follow."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from cxr_tui.gateways.installing import SECRET_SERVICE, distribution, install_command

_HEADLESS = (
    "without a desktop, run it inside a session of its own: dbus-run-session -- sh -c 'gnome-keyring-daemon --unlock "
    "--components=secrets && cxr-tui' (type the keyring's password, then Ctrl-D twice)"
)


def store_advice(system: str | None = None, environ: Mapping[str, str] | None = None, like: str | None = None) -> str:
    """Return what to do on this system; the arguments stand in for it in tests.

    `system` is `sys.platform`, `like` the names that /etc/os-release gives to the distribution and its parents.
    """
    system = sys.platform if system is None else system
    environ = os.environ if environ is None else environ
    if environ.get("PYTHON_KEYRING_BACKEND"):
        return "PYTHON_KEYRING_BACKEND is set and decides which store is used: unset it"
    over_ssh = bool(environ.get("SSH_CONNECTION") or environ.get("SSH_CLIENT"))
    if system == "darwin":
        text = "Open Keychain Access and unlock the login keychain, and allow Python to use it when asked"
        over = "; over SSH, run: security unlock-keychain"
        return text + (over if over_ssh else "")
    if system == "win32":
        if over_ssh:
            return (
                "Windows Credential Manager keeps nothing in an SSH session; log in at the desktop or by Remote Desktop"
            )
        return "Start the Windows service Credential Manager (VaultSvc) and log in as a user with a profile"
    install = _install(distribution() if like is None else like)
    if not environ.get("DBUS_SESSION_BUS_ADDRESS"):
        where = "This SSH session has" if over_ssh else "This session has"
        return f"{where} no D-Bus session bus, so no Secret Service can be reached. {install}; {_HEADLESS}"
    text = f"{install}, then log in to the desktop again, or unlock the keyring in its own program"
    return f"{text}; {_HEADLESS}" if over_ssh or not _has_display(environ) else text


def _install(like: str) -> str:
    command = install_command(SECRET_SERVICE, "linux", like)
    return f"Install one with: {command}" if command else "Install gnome-keyring or KWallet (any Secret Service)"


def _has_display(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))
