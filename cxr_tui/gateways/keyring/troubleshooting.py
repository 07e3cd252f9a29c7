"""Advice for getting a working credential store on this system."""

from __future__ import annotations

import os
import re
import socket
import sys
from urllib.parse import unquote

from cxr_tui.domain.text import visible
from cxr_tui.system.package_manager import secret_service_command

_BUS = "DBUS_SESSION_BUS_ADDRESS"


_HEADLESS = (
    "without a desktop, run it in a separate session: dbus-run-session -- sh -c 'gnome-keyring-daemon --unlock "
    "--components=secrets && cxr-tui' (type the keyring's password, then Ctrl-D twice)"
)
_UNLOCK = (
    "without a desktop, run: gnome-keyring-daemon --unlock --components=secrets (type the keyring's password, then "
    "Ctrl-D twice)"
)


def store_advice(*, locked: bool = False) -> tuple[str, ...]:
    """Return the advice for a missing or locked store on this system, the best first."""
    over_ssh = bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_CLIENT"))
    system: str = sys.platform  # compared directly, mypy would check one branch for each system only
    if system == "darwin":
        text = "Open Keychain Access and unlock the login keychain, and allow Python to use it when asked"
        return (text, "over SSH, run: security unlock-keychain") if over_ssh else (text,)
    if system == "win32":
        if over_ssh:
            where = "log in at the desktop or by Remote Desktop"
            return (f"Windows Credential Manager keeps nothing in an SSH session; {where}",)
        return ("Start the Windows service Credential Manager (VaultSvc) and log in as a user with a profile",)
    if locked:
        text = (
            "The keyring of the store is locked or was never created, and its password prompt was not answered: "
            "unlock it in its own program (such as Passwords and Keys)"
        )
        return (text,) if _has_display() and not over_ssh else (text, _UNLOCK)
    gone = _bus_gone(os.environ.get(_BUS, ""))
    if gone:
        return (
            (
                f"{_BUS} points to a session bus that cannot be reached ({gone}): its session has ended, or belongs to "
                "another user, as happens in tmux, screen and su. Start cxr-tui from a new login"
            ),
            _HEADLESS,
        )
    command = secret_service_command()
    install = f"Install one with: {command}" if command else "Install gnome-keyring or KWallet (any Secret Service)"
    if not os.environ.get(_BUS):
        where = "This SSH session has" if over_ssh else "This session has"
        return f"{where} no D-Bus session bus, so no Secret Service can be reached. {install}", _HEADLESS
    text = f"{install}, then log in to the desktop again, or unlock the keyring in its own program"
    return (text, _HEADLESS) if over_ssh or not _has_display() else (text,)


def _bus_gone(addresses: str) -> str:
    """Return why no D-Bus bus answers at these addresses; empty if one does, or none is a Unix socket."""
    refused = ""
    for path in re.findall(r"unix:(?:[^;]*,)?path=([^,;]+)", addresses):
        try:
            if sys.platform != "win32":  # which has no D-Bus
                with socket.socket(socket.AF_UNIX) as line:
                    line.connect(unquote(path))
                    return ""
        except OSError as error:
            refused = f"{visible(unquote(path), 100)}: {error.strerror or error}"
    return refused


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
