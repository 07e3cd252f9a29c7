"""A walk with every place of this machine broken: it ends in words that name the place, with an exit code, never 70."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from cxr_tui.cli.commands import doctor
from cxr_tui.config.loader import load
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.gateways.sftp.private_key import load_private_key
from cxr_tui.guided.answers_file import SIZE_LIMIT
from cxr_tui.integration.rotation_state import IntegrationState
from cxr_tui.integration.services import LiveWorld
from cxr_tui.preflight.import_options import ImportOptions
from cxr_tui.preflight.reading.source import open_local
from cxr_tui.preflight.runner import preflight
from cxr_tui.security.private_files import open_named
from support.processes.cli_process import Ended, cxr_tui, environment
from support.servers.real_parts import need

ANSWERS = """
[account]
account_name = "acme"
login_host = "other"
login_url = "http://127.0.0.1:9"
sign_in = "responsys"
audience_token = "http://127.0.0.1:9"
"""
CONTRACT = {1, 2, 3, 4}
"""Exit codes of a command that could not do what was asked for."""


def place_file(home: Path) -> None:
    home.write_text("in the way")


def place_link(home: Path) -> None:
    home.symlink_to(home / "itself")


def place_file_within(home: Path) -> None:
    home.mkdir()
    (home / "integrations").write_text("in the way")


def journal(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def place(home: Path) -> None:
        path = home / "integrations" / "default" / "journal.db"
        path.parent.mkdir(parents=True)
        make(path)

    return place


PLACES: dict[str, tuple[Callable[[Path], None], str]] = {
    "the data folder is a file": (place_file, "Not a directory"),
    "the data folder is a link to itself": (place_link, "symbolic link"),
    "the journal is a pipe": (journal(os.mkfifo), "not a file"),
    "the journal is a folder": (journal(Path.mkdir), "not a file"),
    "the journal is a link": (journal(lambda path: path.symlink_to("/etc/hosts")), "symbolic link"),
    "the journal is something else": (journal(lambda path: path.write_bytes(b"\xff" * 5000)), "not a database"),
    "the folder of the journals is a file": (
        place_file_within,
        "Not a directory",
    ),
}


def command(name: str, answers: Path) -> tuple[str, ...]:
    return {"apply": ("apply", str(answers), "--until", "account")}.get(name, tuple(name.split()))


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.toml"
    path.write_text(ANSWERS)
    return path


def assert_named(ended: Ended, words: str) -> None:
    assert ended.code in CONTRACT, f"{ended.code}: {ended.out}{ended.err}"
    assert words in " ".join(f"{ended.out} {ended.err}".split())
    assert "Traceback" not in ended.err


@pytest.mark.sampled(2)
@pytest.mark.parametrize("place", PLACES)
def test_a_broken_place_of_the_data_is_named(tmp_path: Path, answers: Path, place: str) -> None:
    make, words = PLACES[place]
    home = tmp_path / "home"
    make(home)
    for name in ("apply", "rotate", "--plain"):
        assert_named(cxr_tui(*command(name, answers), home=home, environ={"HOME": str(tmp_path)}), words)
    doctor = cxr_tui("doctor", home=home, environ={"HOME": str(tmp_path)})
    assert doctor.code in CONTRACT
    assert "data-folder" in doctor.out, "the doctor itself goes on"


MOUNTED = """
mount -t tmpfs -o size=700k tmpfs {home} || exit
export CXR_TUI_HOME={home}/data HOME={home}
{prepare}
for command in {commands}; do
    {python} -m cxr_tui $command </dev/null 2>&1
    echo "ended with $?"
done
"""
BEGUN = "{python} -m cxr_tui apply {answers} >&2"
APPLY = "'apply {answers} --until account'"
DISKS = {
    "full": ("head -c 900000 /dev/zero > {home}/fill || true", "disk is full"),
    "filled later": (
        "{python} -m cxr_tui apply {answers} >&2; head -c 900000 /dev/zero > {home}/fill",
        "disk is full",
    ),
    "read-only": ("mount -o remount,ro {home}", "Read-only file system"),
    "read-only later": (
        "{python} -m cxr_tui apply {answers} >&2; mount -o remount,ro {home}",
        "cannot be written",
    ),
}


@pytest.mark.sampled(1)
@pytest.mark.parametrize("disk", DISKS)
def test_a_disk_that_takes_nothing_is_named(tmp_path: Path, answers: Path, disk: str) -> None:
    need("unshare", "mount")
    prepare, words = DISKS[disk]
    home = tmp_path / "disk"
    home.mkdir()
    names = {"home": home, "answers": answers, "python": sys.executable}
    commands = f"{APPLY.format(**names)} rotate 'doctor -i default'"
    script = MOUNTED.format(prepare=prepare.format(**names), commands=commands, **names)
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script],
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    parts = done.stdout.split("ended with ")
    assert len(parts) == 4, done.stdout + done.stderr
    for said, code in zip(parts, (part.split()[0] for part in parts[1:]), strict=False):
        assert int(code) in CONTRACT, f"{code}: {said}"
        assert words in " ".join(said.split())


ENVIRONMENTS: dict[str, tuple[dict[str, str], str]] = {
    "a home of no user": ({"CXR_TUI_HOME": "~no-such-user/x"}, "is not the home of a user"),
    "a data folder that cannot be made": ({"CXR_TUI_HOME": "/proc/no/such"}, "/proc/no"),
    "a configuration that is a folder": ({"CXR_TUI_CONFIG": "/"}, "this is a folder"),
    "a configuration that never ends": ({"CXR_TUI_CONFIG": "/dev/zero"}, "this is a device"),
    "no bus": ({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/no/such"}, "credential"),
    "a bus that is none": ({"DBUS_SESSION_BUS_ADDRESS": "nonsense"}, "credential"),
    "a store that is none": ({"PYTHON_KEYRING_BACKEND": "no.such.Store"}, "PYTHON_KEYRING_BACKEND"),
    "a terminal and a locale that are none": (
        {"COLUMNS": "x", "LINES": "-1", "TERM": "none", "LANG": "xx", "LC_ALL": "xx_YY", "TZ": "No/Where"},
        "credential",
    ),
    "no temporary directory": ({"TMPDIR": "/no/such"}, "credential"),
}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_that_cannot_be_used_is_named(tmp_path: Path, name: str) -> None:
    environ, words = ENVIRONMENTS[name]
    home = tmp_path / "home"
    home.mkdir()
    assert_named(cxr_tui("doctor", home=home, environ=environ), words)


@pytest.mark.parametrize("how", ["does not start", "is too slow"])
def test_a_gpg_that_cannot_be_used_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    gpg = tmp_path / "bin" / "gpg"
    gpg.parent.mkdir()
    gpg.write_text("no program" if how == "does not start" else "#!/bin/sh\nexec sleep 30\n")
    gpg.chmod(0o755)
    monkeypatch.setenv("PATH", f"{gpg.parent}:{os.environ['PATH']}")
    if how == "does not start":
        assert_named(cxr_tui("doctor", home=tmp_path), "gpg")
        return
    monkeypatch.setattr(doctor, "CHECK_SECONDS", 0.2)
    assert any("no answer within" in one for one in asyncio.run(doctor.lacking()))


@pytest.mark.parametrize("name", ["status", "doctor", "config"])
def test_closed_standard_streams_are_no_error_of_the_program(tmp_path: Path, name: str) -> None:
    shell = f"exec {sys.executable} -m cxr_tui {name} <&- >&- 2>&-"
    done = subprocess.run(["sh", "-c", shell], env=environment(tmp_path), timeout=60, check=False)
    assert done.returncode in {0, *CONTRACT}
    assert not list(tmp_path.rglob("crash-*.txt"))


# Files that a person names


def pipe(path: Path) -> None:
    os.mkfifo(path)


KINDS: dict[str, Callable[[Path], object]] = {
    "a named pipe": pipe,
    "a folder": Path.mkdir,
    "a device": lambda path: path.symlink_to("/dev/zero"),
}
READERS: dict[str, Callable[[Path], object]] = {
    "any": open_named,
    "SSH key": lambda path: load_private_key(path, None),
    "exported file": lambda path: open_local(str(path)),
    "key file of a step": lambda path: asyncio.run(
        LiveWorld(IntegrationState, KeyringCredentials("x"), None, lambda _, __: None, path.parent).read_file(
            str(path), 100
        )
    ),
    "preflight": lambda path: asyncio.run(preflight(str(path), ImportOptions(), None, lambda _: None)),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reader", READERS)
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, kind: str, reader: str) -> None:
    KINDS[kind](tmp_path / "x")
    words: list[str] = []

    def read() -> None:
        try:
            READERS[reader](tmp_path / "x")
        except Exception as error:  # noqa: BLE001 - each reader has errors of its own
            words.append(str(error))

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    reading.join(10)
    assert words, "it waits for another program"
    assert kind in words[0]


def test_a_configuration_that_is_a_pipe_is_refused_and_the_null_device_is_an_empty_one(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "c")
    found: list[tuple[str, ...]] = []
    reading = threading.Thread(
        target=lambda: found.append(load({"CXR_TUI_CONFIG": str(tmp_path / "c")}).problems), daemon=True
    )
    reading.start()
    reading.join(10)
    assert found, "it waits for another program"
    assert "a named pipe" in found[0][0]
    assert load({"CXR_TUI_CONFIG": os.devnull}).problems == ()


def test_answers_may_come_from_the_pipe_of_another_program(tmp_path: Path) -> None:
    assert len(ANSWERS) < SIZE_LIMIT
    os.mkfifo(tmp_path / "answers")
    writing = threading.Thread(target=lambda: (tmp_path / "answers").write_text(ANSWERS), daemon=True)
    writing.start()
    done = cxr_tui("apply", str(tmp_path / "answers"), "--until", "account", home=tmp_path)
    assert done.code == 3, done.err
