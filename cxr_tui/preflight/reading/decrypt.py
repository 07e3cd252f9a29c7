"""Decrypting and inflating an OpenPGP message by gpg, as a stream: nothing of what it holds is written anywhere."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess  # nosec B404  # fixed words and our own paths only, never a shell
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from cxr_tui.domain.errors import GpgUnusableError
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import in_utf_8, visible
from cxr_tui.gateways.openpgp.file_type import what_is
from cxr_tui.preflight.reading.decode import BLOCK
from cxr_tui.preflight.reading.local import SourceError
from cxr_tui.security.private_files import open_named
from cxr_tui.system.gpg import Gpg, gpg_home, require_not_killed

MOST_KEY_BYTES = 1024 * 1024
"""A private key with many signatures has some tens of kilobytes."""
_PIPE_BYTES = 1024 * 1024
_F_SETPIPE_SZ = 1031
_WORTH_WAKING = 256 * 1024
_NAP = 0.002
"""gpg writes 8 KB at a time; whoever wakes for each of them keeps a core busy with nothing else. In a nap a wide pipe
takes what gpg makes at its best, and does not fill up."""
_NESTED = "too deeply nested"
_KEPT_STATUS = 64 * 1024
_END_SECONDS = 10.0


class NotForThisKeyError(Exception):
    """The message is encrypted to other keys than the one that was given, or its passphrase is wrong."""

    def __init__(self, recipients: tuple[str, ...], own: tuple[str, ...]) -> None:
        super().__init__("not for this key")
        self.recipients = recipients
        self.own = own

    @property
    def locked(self) -> bool:
        """Whether it is the right key, and only its passphrase is missing or wrong."""
        return bool(set(self.recipients) & set(self.own))


class DamagedMessageError(Exception):
    """The message is cut off, was changed or claims what it does not hold; gpg's own words."""


class NestedMessageError(Exception):
    """The message holds packets within packets, deeper than gpg looks."""


@dataclass(frozen=True)
class SecretKey:
    """A private key to read files with: a key file, or a GnuPG home directory."""

    path: Path
    passphrase: Secret | None = None


@dataclass(frozen=True)
class OpenedKey:
    """A private key ready for use."""

    home: Path
    passphrase: Secret | None
    key_ids: tuple[str, ...]
    """Long ids of all its parts: some programs encrypt to the primary key, and an expired subkey still decrypts."""


@contextlib.contextmanager
def opened(key: SecretKey) -> Iterator[OpenedKey]:
    """Yield the key in a home of its own, or the home that was named; blocking. Raises OpenPgpError, SourceError."""
    if key.path.is_dir():
        yield OpenedKey(key.path, key.passphrase, _key_ids(Gpg(key.path)))
        return
    try:
        with open_named(key.path) as file:
            data = file.read(MOST_KEY_BYTES + 1)
    except OSError as error:
        raise SourceError(f"{visible(str(key.path))} cannot be read: {error.strerror}") from None
    if len(data) > MOST_KEY_BYTES:
        raise SourceError(f"{visible(str(key.path))} is too large for a private key")
    with gpg_home() as gpg:
        gpg.run("--import", data=in_utf_8(data), agent=True)
        key_ids = _key_ids(gpg)
        if not key_ids:
            raise SourceError(f"{visible(str(key.path))} is no OpenPGP private key, but: {what_is(data)}")
        yield OpenedKey(gpg.home, key.passphrase, key_ids)


def _key_ids(gpg: Gpg) -> tuple[str, ...]:
    rows = gpg.run("--with-colons", "--list-secret-keys", agent=True).rows()
    return tuple(row[4] for row in rows if row[0] in ("sec", "ssb"))


def _pipe_with(content: bytes) -> int:
    """Return the reading end of a pipe that holds a few bytes."""
    reading, writing = os.pipe()
    with open(writing, "wb") as pipe:  # noqa: PTH123 - a descriptor
        pipe.write(content)
    return reading


class Decryption:
    """One run of gpg: encrypted bytes in, text out."""

    def __init__(self, key: OpenedKey, source: BinaryIO | Iterator[bytes], *, protected: bool = True) -> None:
        """Start gpg; a real file is given to it as it is, blocks are fed by a thread.

        `protected`: without it the message carries no integrity protection, which gpg reads only when asked to.
        """
        self._key = key
        self._status = bytearray()
        self._failed_source: BaseException | None = None
        self._feeder: threading.Thread | None = None
        command = ["gpg", "--homedir", str(key.home), "--batch", "--no-tty", "--quiet", "--status-fd", "2"]
        # a signature says nothing about what an import reads, and checking it costs a pass over the text
        command += ["--skip-verify", "--pinentry-mode", "loopback"]
        command += [] if protected else ["--ignore-mdc-error"]
        passed: tuple[int, ...] = ()
        if key.passphrase is not None:
            passed = (_pipe_with(key.passphrase.reveal().encode() + b"\n"),)
            command += ["--passphrase-fd", str(passed[0])]
        environment = {name: value for name, value in os.environ.items() if name not in ("GPG_TTY", "GNUPGHOME")}
        blocks = iter(source) if not hasattr(source, "fileno") else None
        try:
            self._process = subprocess.Popen(  # nosec B603  # noqa: S603 - fixed words and our own paths
                [*command, "--decrypt"],
                stdin=subprocess.PIPE if blocks is not None else cast("BinaryIO", source),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=passed,
                env=environment | {"LC_ALL": "C"},
            )
        except OSError as error:
            raise GpgUnusableError(f"gpg does not start: {error.strerror or error}") from None
        finally:
            for descriptor in passed:
                os.close(descriptor)
        self._wide = self._widened()
        self._listener = threading.Thread(target=self._listen, name="gpg-status", daemon=True)
        self._listener.start()
        if blocks is not None:
            self._feeder = threading.Thread(target=self._feed, args=(blocks,), name="gpg-feed", daemon=True)
            self._feeder.start()

    def blocks(self) -> Iterator[bytes]:
        """Yield the text; raises at its end the three errors above, OpenPgpError, and what the source raised."""
        stdout = self._process.stdout
        assert stdout is not None  # nosec B101  # noqa: S101 - a pipe was asked for
        while block := os.read(stdout.fileno(), BLOCK):
            yield block
            if self._wide and len(block) < _WORTH_WAKING:
                time.sleep(_NAP)
        self._process.wait()
        self._listener.join(_END_SECONDS)
        if self._failed_source is not None:
            raise self._failed_source
        self._judge()

    def kill(self) -> None:
        """End gpg, whatever it is doing; whoever reads gets the end."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):  # one that waits for a disk ends with it
            self._process.wait(_END_SECONDS)

    def close(self) -> None:
        """Let go of the pipes, when nobody reads from them any more."""
        self.kill()
        for thread in (self._listener, self._feeder):
            if thread is not None:
                thread.join(_END_SECONDS)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _judge(self) -> None:
        told = bytes(self._status).decode("utf-8", "replace")
        words = re.findall(r"^\[GNUPG:\] (\w+)(?: (.*))?$", told, re.MULTILINE)
        said = {word for word, _ in words}
        if _NESTED in told:
            raise NestedMessageError
        # the data may have been decrypted well, and what was packed in it be cut off or be more than one text
        if "DECRYPTION_OKAY" in said and "DECRYPTION_FAILED" not in said and self._process.returncode == 0:
            return
        require_not_killed(self._process.returncode)
        recipients = tuple(rest.split()[0] for word, rest in words if word == "ENC_TO" and rest)
        if recipients and not said & {"DECRYPTION_KEY", "DECRYPTION_INFO", "PLAINTEXT"}:
            raise NotForThisKeyError(recipients, self._key.key_ids)
        lines = [line for line in told.splitlines() if not line.startswith("[GNUPG:]")]
        raise DamagedMessageError(visible("; ".join(line.removeprefix("gpg: ") for line in lines[-2:]), 200))

    def _feed(self, blocks: Iterator[bytes]) -> None:
        stdin = self._process.stdin
        assert stdin is not None  # nosec B101  # noqa: S101 - a pipe was asked for
        try:
            with stdin:
                for block in blocks:
                    stdin.write(block)
        except (BrokenPipeError, ValueError):
            return  # gpg has ended, and says why itself
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever reads the text
            self._failed_source = error

    def _listen(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None  # nosec B101  # noqa: S101 - a pipe was asked for
        with stderr:
            while block := stderr.read1(4096):  # type: ignore[attr-defined]  # a BufferedReader
                self._status += block[: max(0, _KEPT_STATUS - len(self._status))]

    def _widened(self) -> bool:
        """Let gpg write further ahead, and say whether it can; a system where it cannot is only slower."""
        stdout = self._process.stdout
        with contextlib.suppress(ImportError, OSError):
            import fcntl

            if stdout is not None:
                return fcntl.fcntl(stdout.fileno(), _F_SETPIPE_SZ, _PIPE_BYTES) >= _PIPE_BYTES
        return False
