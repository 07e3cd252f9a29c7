"""The command that installs a program, on every kind of system that is known, and none where none is."""

from __future__ import annotations

import pytest

from cxr_tui.system.gpg import gpg_wanted
from cxr_tui.system.package_manager import GNUPG, SECRET_SERVICE, install_command


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
def test_gnupg_is_installed_by_this_system_s_own_means(system: str, like: str, command: str) -> None:
    assert install_command(GNUPG, system, like) == command


def test_a_secret_service_is_a_matter_of_linux_alone() -> None:
    assert install_command(SECRET_SERVICE, "linux", "debian") == "sudo apt-get install gnome-keyring dbus"
    assert install_command(SECRET_SERVICE, "darwin", "") == ""
    assert install_command(SECRET_SERVICE, "win32", "") == ""


def test_where_no_command_is_known_the_sentence_ends_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxr_tui.system.package_manager.distribution", lambda: "gentoo ")
    monkeypatch.setattr("sys.platform", "linux")
    assert gpg_wanted() == "install GnuPG 2.1 or later"
    monkeypatch.setattr("cxr_tui.system.package_manager.distribution", lambda: "debian ")
    assert gpg_wanted() == "install GnuPG 2.1 or later: sudo apt-get install gnupg"
