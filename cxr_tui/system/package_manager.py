"""The command that installs a program on this system: package managers and package names."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Packages:
    """The package names of a program, as in the package indexes of the systems."""

    debian: str
    fedora: str
    suse: str
    arch: str
    alpine: str
    mac: str = ""
    windows: str = ""
    """A whole sentence, because there is no common package manager."""


GNUPG = Packages("gnupg", "gnupg2", "gpg2", "gnupg", "gnupg", "gnupg", "Install Gpg4win from gpg4win.org")
SECRET_SERVICE = Packages(
    "gnome-keyring dbus",
    "gnome-keyring dbus-daemon",
    "gnome-keyring dbus-1",
    "gnome-keyring dbus",
    "gnome-keyring dbus",
)

_MANAGERS = (
    (("debian", "ubuntu"), "sudo apt-get install", "debian"),
    (("fedora", "rhel", "centos"), "sudo dnf install", "fedora"),
    (("suse", "opensuse", "sles"), "sudo zypper install", "suse"),
    (("arch",), "sudo pacman -S", "arch"),
    (("alpine",), "sudo apk add", "alpine"),
)


def install_command(packages: Packages, system: str | None = None, like: str | None = None) -> str:
    """Return the command (on Windows a sentence) that installs a program; empty: not known.

    `system` is `sys.platform`, `like` the names of the distribution and its parents in /etc/os-release; both are for
    tests.
    """
    system = sys.platform if system is None else system
    if system == "darwin":
        return f"brew install {packages.mac}" if packages.mac else ""
    if system == "win32":
        return packages.windows
    names = (distribution() if like is None else like).split()
    for known, command, attribute in _MANAGERS:
        if any(name in known for name in names):
            return f"{command} {getattr(packages, attribute)}"
    return ""


def distribution() -> str:
    """Return the names of the distribution and its parents in /etc/os-release."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return ""
    return f"{release.get('ID', '')} {release.get('ID_LIKE', '')}"
