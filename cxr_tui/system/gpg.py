"""gpg with a temporary home directory, which is removed together with its agent.

The user's own keyring is never read. Each use has a new home, because keys and passphrases of an earlier use could make
a wrong result look right.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess  # nosec B404  # fixed words and our own paths only, never a shell
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any

from cxr_tui.domain.errors import GpgUnusableError, OpenPgpError
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.security.scratch_folders import scratch_folder, scratch_root
from cxr_tui.system.package_manager import gnupg_command

_OPTIONS = ("--batch", "--no-tty", "--status-fd", "2", "--pinentry-mode", "loopback", "--ignore-time-conflict")
"""Never prompt on the terminal; a local clock that is some minutes late must not make a new key invalid."""
_MOST_MESSAGES = 1024 * 1024
"""Bytes; for data that is not OpenPGP, gpg complains octet by octet."""

_PREFERENCES = "AES256 AES192 AES SHA512 SHA384 SHA256 ZLIB ZIP Uncompressed"
_LONGEST_MAKING = 120.0
"""Seconds; a computer with little entropy creates a key slowly."""
OLDEST_GPG = (2, 1, 14)
_LONGEST_SOCKET = 100 if sys.platform == "darwin" else 104
_KILL_SECONDS = 10
_REMOVE_TRIES = 5


def gpg_wanted() -> str:
    """Return how to install a suitable gpg, with the command for this system."""
    command = gnupg_command()
    return "install GnuPG 2.1 or later" + (f": {command}" if command else "")


@dataclass(frozen=True)
class GpgRun:
    """The result of a run of gpg."""

    code: int
    output: bytes
    messages: str
    """Status lines and messages in English. User ids may be in any character set; invalid UTF-8 is replaced."""
    endless: bool
    """Whether gpg was stopped because of endless messages, as for data that is not OpenPGP."""

    def rows(self) -> list[list[str]]:
        """Return the output of `--with-colons` as records of fields (GnuPG, doc/DETAILS)."""
        return [line.split(":") for line in self.output.decode("utf-8", "replace").splitlines()]

    def status(self) -> list[tuple[str, str]]:
        """Return the status lines as keyword and arguments (GnuPG, doc/DETAILS)."""
        return re.findall(r"^\[GNUPG:\] (\w+) ?(.*)$", self.messages, re.MULTILINE)

    def words(self) -> str:
        """Return the last message of gpg."""
        lines = [line for line in self.messages.splitlines() if line and not line.startswith("[GNUPG:]")]
        return visible(lines[-1].removeprefix("gpg: "), 200) if lines else "gpg gave no message"


class Gpg:
    """gpg with a home directory."""

    def __init__(self, home: Path) -> None:
        """Read the version; GpgUnusableError if gpg is missing or does not start."""
        self.home = home
        self.agent_started = False
        found = re.search(rb"^gpg \(GnuPG[^)]*\) (\d+(?:\.\d+)*)", self.run("--version").output)
        self.version = tuple(int(part) for part in found[1].split(b".")) if found else ()

    def run(
        self,
        *arguments: str,
        data: bytes = b"",
        passphrase: Secret | None = None,
        agent: bool = False,
        seconds: float = 30.0,
    ) -> GpgRun:
        """Run gpg with `data` as standard input; blocking.

        `agent` is for private keys. Raises GpgUnusableError without a result: gpg is missing, was killed, found no disk
        space, or took longer than `seconds`.
        """
        command = ["gpg", "--homedir", str(self.home), *_OPTIONS]
        if passphrase is not None:
            command += ["--passphrase-fd", "0"]
            data = passphrase.reveal().encode() + b"\n" + data
        if agent:
            self.agent_started = True
        else:
            command.append("--no-autostart")
        code, output, messages = _run([*command, *arguments], data, seconds)
        endless = len(messages) > _MOST_MESSAGES
        if not endless:
            require_not_killed(code)
        for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            if os.strerror(number) in messages:
                raise GpgUnusableError(f"gpg could not work in {visible(str(scratch_root()))}: {os.strerror(number)}")
        return GpgRun(code, output, messages, endless)

    def public_keys(self, data: bytes) -> list[dict[str, Any]]:
        """Return the public keys in `data` as python-gnupg lists them, without an import; GpgUnusableError.

        `data` must not be secret: the library logs its beginning at debug level.
        """
        import gnupg

        library = gnupg.GPG(gnupghome=str(self.home), options=[*_OPTIONS[:2]], env=_environment(), encoding="utf-8")
        library.decode_errors = "replace"  # user ids may be in any charset
        keys = library.scan_keys_mem(data)
        require_not_killed(keys.returncode)
        return list(keys)

    def generate(self, name: str, email: str, bits: int, expires: str, passphrase: Secret | None) -> str:
        """Create an RSA key pair with an encryption subkey, and return its fingerprint; OpenPgpError, GpgUnusableError.

        `expires` is a duration for gpg, such as `3m`; `0`: never. `name` and `email` are one printable line each.
        """
        # 2.3 and later announce OCB by default, which other software cannot read; 2.2 rejects the option
        preferences = f"{_PREFERENCES} no-aead" if self.version >= (2, 3) else _PREFERENCES
        parameters = f"""\
Key-Type: RSA
Key-Length: {bits}
Key-Usage: sign
Subkey-Type: RSA
Subkey-Length: {bits}
Subkey-Usage: encrypt
Name-Real: {name}
Name-Email: {email}
Expire-Date: {expires}
Preferences: {preferences}
{"%no-protection" if passphrase is None else f"Passphrase: {passphrase.reveal()}"}
%commit
"""
        for _ in range(2):  # gpg waits only briefly for its agent
            ran = self.run("--full-generate-key", data=parameters.encode(), agent=True, seconds=_LONGEST_MAKING)
            made = [text.split()[1] for word, text in ran.status() if word == "KEY_CREATED"]
            if made:
                return made[0]
        raise OpenPgpError(f"gpg could not create a key pair: {ran.words()}")


@contextmanager
def gpg_home() -> Iterator[Gpg]:
    """Yield gpg with an empty home (0700) in the program's state folder; blocking. GpgUnusableError."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(scratch_folder())
            home = stack.enter_context(_short_name(folder))
            (home / "gpg-agent.conf").write_text("allow-loopback-pinentry\ndefault-cache-ttl 0\nmax-cache-ttl 0\n")
        except OSError as error:
            raise GpgUnusableError(
                f"gpg needs a folder to work in, and {visible(error.filename or str(scratch_root()))} cannot be "
                f"written: {visible(error.strerror or str(error))}"
            ) from None
        stack.callback(_remove, folder)
        gpg = Gpg(home)
        if gpg.version < OLDEST_GPG:
            raise GpgUnusableError("gpg is too old", gpg_wanted())
        try:
            yield gpg
        finally:
            if gpg.agent_started:
                _end_agent(home)


@contextmanager
def _short_name(folder: Path) -> Iterator[Path]:
    """Yield a path of the folder that is short enough for the agent's sockets, whose paths have a limit."""
    if len(os.fsencode(folder / "S.gpg-agent.browser")) <= _LONGEST_SOCKET:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="cxr-") as short:
        link = Path(short) / "gpg"
        link.symlink_to(folder, target_is_directory=True)
        if len(os.fsencode(link / "S.gpg-agent.browser")) > _LONGEST_SOCKET:
            raise OSError(errno.ENAMETOOLONG, "its name is too long for gpg's agent", short)
        yield link


def _run(command: list[str], data: bytes, seconds: float) -> tuple[int, bytes, str]:
    reading, writing = os.pipe()
    try:
        process = subprocess.Popen(  # nosec B603  # noqa: S603 - fixed words and our own paths, never a shell
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=writing, env=_environment()
        )
    except OSError:
        os.close(reading)
        raise GpgUnusableError("gpg is missing or does not start", gpg_wanted()) from None
    finally:
        os.close(writing)
    messages = bytearray()

    def listen() -> None:
        with os.fdopen(reading, "rb") as pipe:
            while len(messages) <= _MOST_MESSAGES and (block := pipe.read1(4096)):
                messages.extend(block)
        if len(messages) > _MOST_MESSAGES:
            process.kill()

    listener = threading.Thread(target=listen, name="gpg-messages", daemon=True)
    listener.start()
    with process:
        try:
            output, _ = process.communicate(data, seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise GpgUnusableError("gpg did not answer in time") from None
    listener.join(_KILL_SECONDS)
    return process.returncode, output, messages.decode("utf-8", "replace")


def _environment() -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if name not in ("GPG_TTY", "GPG_AGENT_INFO", "GNUPGHOME")}
    return env | {"LC_ALL": "C"}  # its messages are parsed


def require_not_killed(code: int | None) -> None:
    """Raise GpgUnusableError if a signal ended gpg, as a system without free memory sends."""
    if code is not None and code < 0:
        raise GpgUnusableError(f"gpg was killed (signal {-code}); the rest is not known")


def _end_agent(home: Path) -> None:
    try:
        subprocess.run(  # nosec B603 B607  # noqa: S603 - a fixed command and a directory that was made here
            ["gpgconf", "--homedir", str(home), "--kill", "all"],  # noqa: S607 - found where gpg is found
            capture_output=True,
            timeout=_KILL_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return  # without gpgconf there is no agent, and an agent ends without its home


def _remove(home: Path) -> None:
    for _ in range(_REMOVE_TRIES):  # an ending agent may still remove its own sockets
        shutil.rmtree(home, ignore_errors=True)
        if not home.exists():
            return
        sleep(0.1)
