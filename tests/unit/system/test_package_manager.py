"""The command that installs a program, on every kind of system that is known, and none where none is."""

from __future__ import annotations

import pytest

from cxr_tui.system.gpg import gpg_wanted
from cxr_tui.system.package_manager import gnupg_command, secret_service_command
from support.systems import running_on


@pytest.mark.parametrize(
    ("system", "like", "command"),
    [
        ("linux", "debian ", "sudo apt-get install gnupg"),
        ("linux", "linuxmint ubuntu debian", "sudo apt-get install gnupg"),
        ("linux", "rocky rhel centos fedora", "sudo dnf install gnupg2"),
        ("linux", "opensuse-leap suse opensuse", "sudo zypper install gpg2"),
        ("linux", "arch ", "sudo pacman -S gnupg"),
        ("linux", "alpine ", "sudo apk add gnupg"),
        ("darwin", "", "brew install gnupg"),
        ("win32", "", "Install Gpg4win from gpg4win.org"),
        ("linux", "gentoo ", ""),
        ("freebsd14", "", ""),
    ],
)
def test_gnupg_is_installed_by_this_system_s_own_means(
    system: str, like: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    running_on(monkeypatch, system, like)
    assert gnupg_command() == command


def test_a_secret_service_is_a_package_of_the_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    running_on(monkeypatch, "linux", "debian")
    assert secret_service_command() == "sudo apt-get install gnome-keyring dbus"


def test_where_no_command_is_known_the_sentence_ends_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    running_on(monkeypatch, "linux", "gentoo")
    assert gpg_wanted() == "install GnuPG 2.1 or later"
    running_on(monkeypatch, "linux", "debian")
    assert gpg_wanted() == "install GnuPG 2.1 or later: sudo apt-get install gnupg"
