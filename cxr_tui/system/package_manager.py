"""The command that installs a program on this system: package managers and package names."""

from __future__ import annotations

import platform
import sys
from typing import NamedTuple


class _Manager(NamedTuple):
    distributions: str
    """Names in /etc/os-release."""
    command: str
    gnupg: str
    secret_service: str


_MANAGERS = (
    _Manager("debian ubuntu", "sudo apt-get install", "gnupg", "gnome-keyring dbus"),
    _Manager("fedora rhel centos", "sudo dnf install", "gnupg2", "gnome-keyring dbus-daemon"),
    _Manager("suse opensuse sles", "sudo zypper install", "gpg2", "gnome-keyring dbus-1"),
    _Manager("arch", "sudo pacman -S", "gnupg", "gnome-keyring dbus"),
    _Manager("alpine", "sudo apk add", "gnupg", "gnome-keyring dbus"),
)


def gnupg_command() -> str:
    """Return the command (on Windows a sentence) that installs GnuPG; empty: not known."""
    system: str = sys.platform  # compared directly, mypy would check one branch for each system only
    if system == "darwin":
        return "brew install gnupg"
    if system == "win32":
        return "Install Gpg4win from gpg4win.org"
    manager = _manager()
    return f"{manager.command} {manager.gnupg}" if manager else ""


def secret_service_command() -> str:
    """Return the command that installs a Secret Service on Linux; empty: not known."""
    manager = _manager()
    return f"{manager.command} {manager.secret_service}" if manager else ""


def _manager() -> _Manager | None:
    """Return the package manager of this distribution or of its parents."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return None
    names = {release.get("ID", ""), *release.get("ID_LIKE", "").split()}
    return next((one for one in _MANAGERS if names & {*one.distributions.split()}), None)
