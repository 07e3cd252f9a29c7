"""The command that installs a program on this system: package managers and package names."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping

_APT, _DNF, _ZYPPER = "sudo apt-get install", "sudo dnf install", "sudo zypper install"
_PACMAN, _APK = "sudo pacman -S", "sudo apk add"
_MANAGERS = {
    "debian": _APT,
    "ubuntu": _APT,
    "fedora": _DNF,
    "rhel": _DNF,
    "centos": _DNF,
    "suse": _ZYPPER,
    "opensuse": _ZYPPER,
    "sles": _ZYPPER,
    "arch": _PACMAN,
    "alpine": _APK,
}
"""By the names of distributions in /etc/os-release."""

GNUPG = {
    _APT: "gnupg",
    _DNF: "gnupg2",
    _ZYPPER: "gpg2",
    _PACMAN: "gnupg",
    _APK: "gnupg",
    "darwin": "brew install gnupg",
    "win32": "Install Gpg4win from gpg4win.org",
}
"""Package names by package manager, and the whole command or sentence for macOS and Windows."""
SECRET_SERVICE = {
    _APT: "gnome-keyring dbus",
    _DNF: "gnome-keyring dbus-daemon",
    _ZYPPER: "gnome-keyring dbus-1",
    _PACMAN: "gnome-keyring dbus",
    _APK: "gnome-keyring dbus",
}


def install_command(packages: Mapping[str, str], system: str | None = None, like: str | None = None) -> str:
    """Return the command (on Windows a sentence) that installs a program; empty: not known.

    `system` is `sys.platform`, `like` the names of the distribution and its parents in /etc/os-release; both are for
    tests.
    """
    system = sys.platform if system is None else system
    if system in ("darwin", "win32"):
        return packages.get(system, "")
    names = (distribution() if like is None else like).split()
    manager = next((_MANAGERS[name] for name in names if name in _MANAGERS), "")
    return f"{manager} {packages[manager]}" if manager else ""


def distribution() -> str:
    """Return the names of the distribution and its parents in /etc/os-release."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return ""
    return f"{release.get('ID', '')} {release.get('ID_LIKE', '')}"
