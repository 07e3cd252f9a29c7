"""Every secret of a whole set-up and a rotation is looked for wherever it has no business, all logging switched on.

One sandbox, one integration, programs as people start them, under a umask that forbids nothing. What is run with faults
besides is in `soak.py`.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from cxr_tui.sandbox.client import attach_sandbox
from support.processes.cli_process import environment
from support.servers.real_parts import need

NAME = "default"
ITEMS = (
    "responsys-password",
    "responsys-password.next",
    "audience-api-password",
    "connect-api-password",
    "rehearsal-pair-passphrase",
)
HANDED_OUT = ("audience-api-password", "connect-api-password", "desk token")
"""What a sandbox tells whoever keeps it up, in a file that goes with it."""

DEBUGGED = """
import logging, sys
log = sys.argv.pop(1)
logging.basicConfig(level=logging.DEBUG, filename=log, format="%(name)s %(levelname)s %(message)s")
import cxr_tui.system.gpg, cxr_tui.gateways.rest.http_client
import cxr_tui.gateways.sftp.connection, cxr_tui.gateways.keyring.backend
for name in ("httpx", "httpcore", "paramiko", "gnupg", "keyring", "asyncio"):
    logging.getLogger(name).setLevel(logging.DEBUG)
from cxr_tui.cli.main import main
sys.exit(main())
"""
GPG = """#!/bin/sh
{{ echo "limits $(ulimit -c) $(umask)"; printf '%s\\n' "$@"; env; }} >>'{log}'
exec {gpg} "$@"
"""


@dataclass
class Seen:
    """What could be seen from outside while everything ran."""

    base: Path
    secrets: dict[str, str] = field(default_factory=dict)
    printed: str = ""
    logged: str = ""
    processes: set[bytes] = field(default_factory=set)
    """Command lines and environments."""
    terminal: bytes = b""
    """All that the wizard wrote to its terminal."""
    core_limits: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    modes: dict[str, int] = field(default_factory=dict)

    def environ(self) -> dict[str, str]:
        told = environment(self.base / "h")
        told |= {"PATH": f"{self.base / 'bin'}:{told['PATH']}", "TMPDIR": str(self.base / "t")}
        return told | {"TEXTUAL_LOG": str(self.base / "t" / "keys.log"), "TEXTUAL": "debug,devtools"}

    def run(self, *arguments: str) -> None:
        """Run a command on the sandbox, with every logger at its most talkative."""
        log = self.base / "t" / "debug.log"
        command = [sys.executable, "-c", DEBUGGED, str(log), "--at", str(self.base / "s"), *arguments]
        ended = subprocess.run(
            command, env=self.environ(), capture_output=True, text=True, umask=0, timeout=240, check=False
        )
        self.printed += ended.stdout + ended.stderr
        assert ended.returncode == 0, ended.stderr[-2000:]
        self.logged += log.read_text()

    def note_secrets(self) -> None:
        """Note what the keyring holds now."""
        running = attach_sandbox(self.base / "s")
        keyring = running.keyring()
        found = {item: keyring.get_password(f"cxr-tui/{NAME}/{item}", NAME) for item in ITEMS}
        self.secrets["desk token"] = running.info.control_token
        for item, secret in found.items():
            if secret is not None and secret not in self.secrets.values():
                self.secrets[f"{item} {len(self.secrets)}" if item in self.secrets else item] = secret

    def look_at_processes(self) -> None:
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                environ = (process / "environ").read_bytes()
                if bytes(self.base) not in environ:
                    continue
                self.processes |= {environ, (process / "cmdline").read_bytes()}

    def look_at_limits(self, process: int) -> None:
        """Note how large a core dump of a process that is at work may be."""
        told = re.search(r"Max core file size +(\S+) +(\S+)", Path(f"/proc/{process}/limits").read_text())
        assert told is not None
        self.core_limits.append(f"{told[1]} {told[2]}")

    def look_at_files(self) -> None:
        for path in self.base.rglob("*"):
            name = str(path.relative_to(self.base))
            if name.startswith("bin"):
                continue
            with contextlib.suppress(OSError):
                found = path.lstat()
                if not stat.S_ISLNK(found.st_mode):
                    self.modes[name] = stat.S_IMODE(found.st_mode)
                if stat.S_ISREG(found.st_mode):
                    self.files[name] = self.files.get(name, b"") + path.read_bytes()


@contextlib.contextmanager
def watched(seen: Seen) -> Iterator[None]:
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.3):
            seen.look_at_processes()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextlib.contextmanager
def sandbox(seen: Seen) -> Iterator[None]:
    command = [
        sys.executable,
        "-m",
        "cxr_tui",
        "sandbox",
        "--json",
        "--people",
        "60",
        "--dir",
        str(seen.base / "s"),
    ]
    process = subprocess.Popen(command, env=seen.environ(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, umask=0)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        while process.stdout.readline() != b"}\n":
            assert process.poll() is None
        yield
    finally:
        process.terminate()
        out, err = process.communicate(timeout=30)
        seen.printed += out.decode() + err.decode()


class Terminal:
    """The wizard on a terminal of 80x24 whose every byte is kept."""

    def __init__(self, seen: Seen) -> None:
        command = [sys.executable, "-m", "cxr_tui", "--at", str(seen.base / "s")]
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._process = subprocess.Popen(
            command, env=seen.environ(), stdin=theirs, stdout=theirs, stderr=theirs, umask=0, start_new_session=True
        )
        os.close(theirs)
        self.bytes = b""

    @property
    def process(self) -> int:
        return self._process.pid

    def read(self, seconds: float) -> bool:
        if not select.select([self._ours], [], [], seconds)[0]:
            return True
        try:
            block = os.read(self._ours, 65536)
        except OSError:  # the other end is closed
            return False
        self.bytes += block
        return bool(block)

    def wait_for(self, words: str, since: int = 0, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        plain = re.compile(rb"\x1b(\[[0-9;?<>=]*[a-zA-Z]|\][^\x07]*\x07|[()][AB0])")
        while words.encode() not in plain.sub(b"", self.bytes[since:]):
            assert time.monotonic() < until, plain.sub(b"", self.bytes[since:])[-3000:].decode(errors="replace")
            self.read(0.2)

    def press(self, keys: bytes) -> int:
        before = len(self.bytes)
        os.write(self._ours, keys)
        return before

    def end(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        while self.read(30):
            pass
        os.close(self._ours)
        assert self._process.wait(30) == 128 + signal.SIGTERM


CTRL_O, ENTER, F7 = b"\x0f", b"\r", b"\x1b[18~"


def copy_the_new_password(seen: Seen) -> None:
    """Begin a rotation in the wizard, copy the new password, and end the program while it lies on the clipboard."""
    terminal = Terminal(seen)
    terminal.wait_for("26 of 26 steps done")
    terminal.wait_for("rotation", terminal.press(CTRL_O))
    terminal.wait_for("F7 copies", terminal.press(ENTER))
    terminal.wait_for("Copied", terminal.press(F7))
    seen.look_at_files()
    seen.look_at_limits(terminal.process)
    terminal.end()
    seen.terminal = terminal.bytes


@pytest.fixture(scope="module")
def seen() -> Iterator[Seen]:
    """Set everything up, make a pair, begin a rotation in the wizard, end it by command, and look on."""
    need("gpg")
    told = Seen(Path(tempfile.mkdtemp(prefix="cxr")))  # gpg's sockets want short names
    for name in ("h", "t", "bin"):
        (told.base / name).mkdir(mode=0o700)
    wrapper = told.base / "bin" / "gpg"
    wrapper.write_text(GPG.format(log=told.base / "t" / "gpg.log", gpg=shutil.which("gpg")))
    wrapper.chmod(0o755)
    (told.base / "h" / "answers.toml").touch(mode=0o600)
    try:
        with watched(told), sandbox(told):
            told.run("apply", str(told.base / "h" / "answers.toml"), "--json")
            told.run("preflight", "--rehearsal", "make", "--email", "poc@acme.example", "--json")
            told.note_secrets()
            copy_the_new_password(told)
            told.note_secrets()
            told.look_at_limits(attach_sandbox(told.base / "s").info.pid)
            told.run("rotate", "--json")
            for command in (("status", "--json"), ("report",)):
                told.run(*command)
            told.note_secrets()
            told.look_at_files()
        yield told
    finally:
        shutil.rmtree(told.base, ignore_errors=True)


def forms(secret: str) -> set[bytes]:
    """Return how a secret may be written."""
    plain = {secret, quote(secret, safe=""), quote_plus(secret), secret[::-1]}
    return {*(one.encode() for one in plain), base64.b64encode(secret.encode()), secret.encode("utf-16-le")}


def found_in(secrets: Mapping[str, str], places: Mapping[str, bytes], but: Sequence[str] = ()) -> list[str]:
    return [
        f"{item} in {place}"
        for item, secret in secrets.items()
        if item not in but
        for place, content in places.items()
        if any(form in content for form in forms(secret))
    ]


def test_there_is_something_to_find(seen: Seen) -> None:
    assert set(seen.secrets) >= {*ITEMS, "desk token"}
    assert min(map(len, seen.secrets.values())) >= 8
    assert len(set(seen.secrets.values())) == len(seen.secrets)
    info = seen.files["s/sandbox.json"]
    told = ["audience-api-password", "connect-api-password", "desk token"]
    assert sorted(found_in(seen.secrets, {"handout": info})) == [f"{item} in handout" for item in told]


def test_no_secret_is_in_any_file(seen: Seen) -> None:
    assert any(name.endswith("journal.db-wal") for name in seen.files)
    files = {name: content for name, content in seen.files.items() if name != "s/sandbox.json"}
    assert found_in(seen.secrets, files) == []


def test_no_secret_is_printed_but_what_the_sandbox_hands_out(seen: Seen) -> None:
    assert found_in(seen.secrets, {"output": seen.printed.encode()}, HANDED_OUT) == []


def test_no_library_logs_a_secret_however_talkative(seen: Seen) -> None:
    for name in ("httpx", "httpcore", "paramiko", "gnupg", "asyncio"):
        assert f"\n{name}" in seen.logged, f"{name} was not switched on"
    assert found_in(seen.secrets, {"log": seen.logged.encode()}) == []


def test_no_secret_is_an_argument_or_in_the_environment(seen: Seen) -> None:
    assert any(b"cxr_tui.sandbox" in one for one in seen.processes)
    gpg = seen.files["t/gpg.log"]
    assert b"--passphrase-fd" in gpg
    places = {str(number): one for number, one in enumerate((*seen.processes, gpg))}
    assert found_in(seen.secrets, places) == []


def test_no_process_may_leave_a_core_dump_and_all_files_are_private(seen: Seen) -> None:
    assert seen.core_limits == ["0 0", "0 0"]
    limits = set(re.findall(r"^limits .*", seen.files["t/gpg.log"].decode(), re.MULTILINE))
    assert limits == {"limits 0 0077"}
    # the log is the test's own, opened before the program began: what comes of a umask that forbids nothing
    assert {name: oct(mode) for name, mode in seen.modes.items() if mode & 0o077} == {"t/debug.log": "0o666"}


def test_the_terminal_gets_a_secret_as_clipboard_only_and_that_is_cleared_at_the_end(seen: Seen) -> None:
    clips = re.findall(rb"\x1b\]52;c;([^\x07]*)\x07", seen.terminal)
    copied = base64.b64decode(clips[0]).decode()
    assert copied == seen.secrets["responsys-password.next"]
    assert clips[-1] == b""
    rest = re.sub(rb"\x1b\]52;c;[^\x07]*\x07", b"", seen.terminal)
    assert found_in(seen.secrets, {"terminal": rest}) == []
    assert re.findall(rb"\x1b\][0-2];", rest) == [], "no title is set"
    assert not any("keys.log" in name for name in seen.files), "what is typed is written nowhere"
