"""Decrypts and inflates an OpenPGP message by gpg, as a stream; its text is never written to disk."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess  # nosec B404  # fixed words and our own paths only, never a shell
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from cxr_tui.domain.errors import GpgUnusableError
from cxr_tui.domain.finding import Status
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import in_utf_8, visible
from cxr_tui.gateways.openpgp.file_type import what_is
from cxr_tui.preflight.reading.decode import FAILS, RUN_AGAIN, ReadingError
from cxr_tui.preflight.reading.source import BLOCK, Source, SourceError
from cxr_tui.security.private_files import open_named
from cxr_tui.system.gpg import Gpg, gpg_home, require_not_killed

MOST_KEY_BYTES = 1024 * 1024
"""A private key with many signatures has some tens of kilobytes."""
_NESTED = "too deeply nested"
_MOST_STATUS = 64 * 1024
_END_SECONDS = 10.0


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
    """Long ids of all parts: some programs encrypt to the primary key, and an expired subkey still decrypts."""


@contextlib.contextmanager
def opened(key: SecretKey) -> Iterator[OpenedKey]:
    """Yield the key in a new home directory, or in the one that was named; blocking. OpenPgpError, SourceError."""
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
            raise SourceError(f"{visible(str(key.path))} is not an OpenPGP private key but: {what_is(data)}")
        yield OpenedKey(gpg.home, key.passphrase, key_ids)


def _key_ids(gpg: Gpg) -> tuple[str, ...]:
    rows = gpg.run("--with-colons", "--list-secret-keys", agent=True).rows()
    return tuple(row[4] for row in rows if row[0] in ("sec", "ssb"))


def wrong_key(recipients: Sequence[str], own: Sequence[str]) -> ReadingError:
    """Return the error of a message that the given key, with the ids `own`, does not decrypt."""
    if set(recipients) & set(own):
        return ReadingError(
            "key-locked",
            "The private key is right; its passphrase is missing or wrong.",
            "Preflight could not decrypt the file.",
            "Give the passphrase with --passphrase-stdin. The passphrase of a rehearsal key pair is in the keyring; if "
            "it is lost there, make a new pair.",
            Status.UNKNOWN,
        )
    listed = ", ".join(visible(one, 40) for one in recipients) or "unnamed keys"
    return ReadingError(
        "file-wrong-recipient",
        f"The file is encrypted to {listed}; the given key is {', '.join(own) or 'one that cannot encrypt'}.",
        "This key cannot decrypt it.",
        "Give the private key that belongs to the file. For a rehearsal, choose the key of the rehearsal pair in "
        "Destination Specification of the export job and let it run again.",
    )


class Decryption:
    """One run of gpg: encrypted bytes in, text out."""

    def __init__(self, key: OpenedKey, source: Source, *, protected: bool = True) -> None:
        """Start gpg; GpgUnusableError.

        `protected` is false for a message without integrity protection, which gpg reads only on request.
        """
        self._key = key
        self._source = source
        self._status = bytearray()
        command = ["gpg", "--homedir", str(key.home), "--batch", "--no-tty", "--quiet", "--status-fd", "2"]
        # a signature does not change the text of an import, and checking it costs a pass over the text
        command += ["--skip-verify", "--pinentry-mode", "loopback"]
        command += [] if protected else ["--ignore-mdc-error"]
        environment = {name: value for name, value in os.environ.items() if name not in ("GPG_TTY", "GNUPGHOME")}
        with contextlib.ExitStack() as passphrase:
            passed: tuple[int, ...] = ()
            if key.passphrase is not None:
                reading, writing = os.pipe()
                passphrase.callback(os.close, reading)
                with os.fdopen(writing, "wb") as pipe:
                    pipe.write(key.passphrase.reveal().encode() + b"\n")
                passed = (reading,)
                command += ["--passphrase-fd", str(reading)]
            try:
                self._process = subprocess.Popen(  # nosec B603  # noqa: S603 - fixed words and our own paths
                    [*command, "--decrypt"],
                    stdin=source.file,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    pass_fds=passed,
                    env=environment | {"LC_ALL": "C"},
                )
            except OSError as error:
                raise GpgUnusableError(f"gpg does not start: {error.strerror or error}") from None
        self._listener = threading.Thread(target=self._listen, name="gpg-status", daemon=True)
        self._listener.start()

    def blocks(self) -> Iterator[bytes]:
        """Yield the text, then raise what ended it early: ReadingError, OpenPgpError, or the source's own error."""
        stdout = cast("BinaryIO", self._process.stdout)
        while block := stdout.read(BLOCK):
            yield block
        self._source.check()
        self._check()

    def _check(self) -> None:
        self._process.wait()
        self._listener.join(_END_SECONDS)
        output = bytes(self._status).decode("utf-8", "replace")
        lines = re.findall(r"^\[GNUPG:\] (\w+)(?: (.*))?$", output, re.MULTILINE)
        words = {word for word, _ in lines}
        if _NESTED in output:
            raise ReadingError(
                "message-nested",
                "The file is packed several times, deeper than an OpenPGP program reads.",
                f"No export packs a file more than once. {FAILS} Preflight stopped there.",
                RUN_AGAIN,
            )
        # data that decrypts well may hold a text that is cut off, or several texts
        if "DECRYPTION_OKAY" in words and "DECRYPTION_FAILED" not in words and self._process.returncode == 0:
            return
        require_not_killed(self._process.returncode)
        recipients = tuple(rest.split()[0] for word, rest in lines if word == "ENC_TO" and rest)
        if recipients and not words & {"DECRYPTION_KEY", "DECRYPTION_INFO", "PLAINTEXT"}:
            raise wrong_key(recipients, self._key.key_ids)
        messages = [line.removeprefix("gpg: ") for line in output.splitlines() if not line.startswith("[GNUPG:]")]
        raise ReadingError(
            "file-damaged",
            f"The file is cut off or damaged: {visible('; '.join(messages[-2:]), 200) or 'it ends too early'}.",
            f"{FAILS} The numbers cover the part that could be read.",
            f"Compare the file's size with that on the file server, and fetch it again. {RUN_AGAIN}",
        )

    def close(self) -> None:
        """End gpg and close the pipes."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):  # a gpg that waits for a disk ends with the disk
            self._process.wait(_END_SECONDS)
        self._listener.join(_END_SECONDS)
        cast("BinaryIO", self._process.stdout).close()

    def _listen(self) -> None:
        with cast("io.BufferedReader", self._process.stderr) as stderr:
            while block := stderr.read1(4096):
                self._status += block[: max(0, _MOST_STATUS - len(self._status))]
