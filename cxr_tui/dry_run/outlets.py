"""The ways out of an integration, closed: each notes what would be touched and answers plausibly."""

from __future__ import annotations

import base64
import posixpath
import struct
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from cxr_tui.domain.answers import Known
from cxr_tui.domain.errors import HostKeyUnconfirmedError, RemotePathError, SftpLoginError
from cxr_tui.domain.ports import FileServer, OpenPgp
from cxr_tui.domain.responsys_data import MessageInfo, PublicKeyInfo, RemoteFile
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.ssh_public_key import HostKey, confirmed_fingerprint
from cxr_tui.domain.text import visible
from cxr_tui.dry_run.routes import RECORDS, Answers
from cxr_tui.dry_run.touches import Dials, Kind, Mood, Recorder, Touch
from cxr_tui.gateways.rest.http_client import HttpClient
from cxr_tui.gateways.rest.server_clock import ServerClock
from cxr_tui.guide.checks.export.file_name import exported_name, ready_names
from cxr_tui.guide.checks.export.find_file import ARCHIVE
from cxr_tui.integration.system_io import SftpLogin

NOT_KNOWN = "not known yet"
UNSEEN_KEY = HostKey.of("ssh-ed25519", NOT_KNOWN.encode())
"""Stands for the key that the server would show."""
_KEY_ID = "D" * 16
_SIZE = 500_000
_BETWEEN_RUNS = timedelta(minutes=10)
"""Time that passes within one check is less than this; after more of it another run has written the file."""


class DryClock(ServerClock):
    """A clock that can be put forward: in a sandbox the operator lets time pass."""

    def __init__(self, own: Callable[[], datetime]) -> None:
        super().__init__(own, sandboxed=True)
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the time."""
        return super().now() + self._ahead

    def reach(self, moment: datetime) -> None:
        """Let time pass until a moment (aware); nothing happens where it is past."""
        self._ahead += max(moment - self.now(), timedelta(0))


class DryOutlets:
    """Implements `cxr_tui.integration.system_io.Outlets`; nothing is opened, sent, read or started."""

    def __init__(self, known: Callable[[], Known], dials: Dials, recorder: Recorder, clock: DryClock) -> None:
        self._known = known
        self._dials = dials
        self._recorder = recorder
        self._clock = clock
        self._answers = Answers(known, dials, recorder, clock.now)

    def clock(self, *, sandboxed: bool) -> ServerClock:
        """Return the clock that time passes on."""
        return self._clock

    def http(self, clock: ServerClock) -> HttpClient | None:
        """Return a client that connects to nothing."""
        return HttpClient(clock, responder=self._answers)

    def file_server(self, login: SftpLogin) -> FileServer:
        """Return a file server that is not there."""
        return DryFileServer(login, self._known, self._dials, self._recorder, self._clock.now)

    def openpgp(self) -> OpenPgp:
        """Return tools that start no program."""
        return DryOpenPgp(self._known, self._recorder, self._clock.now)

    async def open_private_key(self, path: Path, passphrase: Secret) -> None:
        """Note that a key file would be read."""
        self._recorder.note(_file("read", path, "Open the private key with its passphrase"))

    async def read_file(self, path: Path, limit: int) -> bytes:
        """Note that a file would be read, and return a public key: files that answers name are key files."""
        self._recorder.note(_file("read", path, "Read the key file"))
        line = _public_key()
        return line[:80] + b"\n> " + line[80:] if self._dials.turned(Mood.BROKEN_KEY) else line

    async def keep_file(self, target: Path, content: bytes) -> Path:
        """Note that a file would be written."""
        self._recorder.note(_file("write", target, "Keep the same key, put in order"))
        return target

    async def pause(self, seconds: float) -> None:
        """Wait for nothing."""


class DryFileServer:
    """Implements `cxr_tui.domain.ports.FileServer`: the exported file lies where it should, unless a dial says else."""

    def __init__(
        self,
        login: SftpLogin,
        known: Callable[[], Known],
        dials: Dials,
        recorder: Recorder,
        now: Callable[[], datetime],
    ) -> None:
        self._at = login
        self._known = known
        self._dials = dials
        self._recorder = recorder
        self._now = now
        self._open = False
        self._moment: datetime | None = None

    async def host_key(self) -> HostKey:
        """Note that the server would be asked for its key."""
        self._note("connect", "", "Ask the file server for its host key")
        confirmed = confirmed_fingerprint(self._at.pinned)
        return HostKey("ssh-ed25519", confirmed, confirmed) if confirmed else UNSEEN_KEY

    async def listing(self, folder: str) -> tuple[RemoteFile, ...]:
        """Note that a folder would be listed."""
        await self._log_in()
        self._note("list", folder, "See what lies in the folder")
        if folder != "." and self._dials.turned(Mood.NO_FOLDER):
            raise RemotePathError(folder)
        if folder.strip("/") not in (self._place(), self._target()):
            return ()
        return () if self._dials.turned(Mood.NO_FILE) else self._files(folder)

    async def stat(self, path: str) -> RemoteFile | None:
        """Note that a file would be looked at."""
        await self._log_in()
        self._note("stat", path, "See how large and how old the file is")
        return RemoteFile(posixpath.basename(path), path, _SIZE, self._written())

    async def read(self, path: str, limit: int, offset: int = 0) -> bytes:
        """Note that the beginning of a file would be read."""
        await self._log_in()
        self._note("read", path, "Read the head of the file, without decrypting it")
        return str(RECORDS).encode()

    async def _log_in(self) -> None:
        if self._open:
            return
        if not confirmed_fingerprint(self._at.pinned):
            raise HostKeyUnconfirmedError("ssh-ed25519", NOT_KNOWN)
        self._note("connect", "", "Connect to the file server, and compare its host key")
        self._recorder.note(_file("read", self._at.key_path, "Log in to the file server with this private key"))
        if self._at.passphrase is not None:
            await self._at.passphrase()
        self._note("log in", "", "Log in with the private key")
        if self._dials.turned(Mood.KEY_REFUSED):
            raise SftpLoginError("the server refused the key", "ssh-rsa", 3072, NOT_KNOWN)
        self._open = True

    def _files(self, folder: str) -> tuple[RemoteFile, ...]:
        name, here = self._name(), folder.strip("/")
        names: tuple[str, ...] = (name,) if here == self._place() else ()
        if here == self._target():  # the ready file stays where it is when the import fetches the other one
            names += ready_names(self._known(), name)[:1]
        return tuple(RemoteFile(one, posixpath.join(folder, one), _SIZE, self._written()) for one in names)

    def _name(self) -> str:
        """Return what the exported file is called, as far as that can be known before it is there."""
        known, moment = self._known(), self._written()
        likely = exported_name(known).likely.replace("YYYYMMDD_HH24MISS", f"{moment:%Y%m%d_%H%M%S}")
        return known.text("exported-file.name") or likely.replace("YYYYMMDD", f"{moment:%Y%m%d}")

    def _place(self) -> str:
        """Return where the exported file lies: an import that has run has moved it to the archive."""
        fetched = self._known().has("imported-profiles.status")
        return ARCHIVE if fetched else self._target()

    def _target(self) -> str:
        return self._known().text("destination-connectivity.path").strip("/")

    def _written(self) -> datetime:
        """Return when the exported file was written: in the run of just now."""
        if self._moment is None or self._now() - self._moment > _BETWEEN_RUNS:
            self._moment = self._now()
        old = timedelta(days=30) if self._dials.turned(Mood.OLD_FILE) else timedelta(0)
        return self._moment - old

    def _note(self, act: str, path: str, purpose: str) -> None:
        port = "" if self._at.port == 22 else f":{self._at.port}"
        server = f"sftp://{self._at.user}@{self._at.host}{port}"
        where = visible(f"{server}/{path.lstrip('/')}" if path else server, 300)
        template, note = path.strip("/") or "/", ""
        if act in ("stat", "read"):
            ready = posixpath.basename(path) in ready_names(self._known(), self._name())
            template = "{ready file}" if ready else "{exported file}"
            note = "" if self._known().has("exported-file.name") else "what it is called is not known before"
        self._recorder.note(Touch(Kind.SFTP, act, where, template, purpose, note))


class DryOpenPgp:
    """Implements `cxr_tui.domain.ports.OpenPgp`: every key is a good one, every message encrypted to it."""

    def __init__(self, known: Callable[[], Known], recorder: Recorder, now: Callable[[], datetime]) -> None:
        self._known = known
        self._recorder = recorder
        self._now = now

    async def read_public_key(self, data: bytes) -> PublicKeyInfo:
        """Note that gpg would be started."""
        self._note("Read the OpenPGP public key")
        known = self._known()
        return PublicKeyInfo(
            known.text("generate-key.fingerprint") or "0" * 40,
            (known.text("generate-key.key_name"),),
            "RSA",
            3072,
            self._now(),
            None,
            revoked=False,
            can_encrypt=True,
            encryption_key_ids=self._key_ids(),
            announces_aead=False,
        )

    async def read_message(self, head: bytes) -> MessageInfo:
        """Note that gpg would be started."""
        self._note("Read to whom the file is encrypted, without decrypting it")
        return MessageInfo(True, self._key_ids(), integrity=True, aead=False, what="OpenPGP message")

    def _note(self, purpose: str) -> None:
        self._recorder.note(Touch(Kind.PROGRAM, "run", "gpg", purpose=purpose))
        home = Touch(
            Kind.FILE,
            "write",
            "(a new folder in the state folder)",
            "gpg-home",
            "A home for gpg, for this one reading; removed again at once",
            "its name is not known before",
        )
        self._recorder.note(home)

    def _key_ids(self) -> tuple[str, ...]:
        return tuple(self._known().lines("generate-key.encryption_key_ids")) or (_KEY_ID,)


def _file(act: str, path: Path, purpose: str) -> Touch:
    return Touch(Kind.FILE, act, visible(str(path), 300), purpose=purpose)


def _public_key() -> bytes:
    """Return an RSA public key of OpenSSH's form that nobody has the private half of: its modulus is no product."""
    modulus = b"\0" + b"\xc1" + bytes(range(1, 256))
    parts = (b"ssh-rsa", b"\x01\x00\x01", modulus)
    blob = b"".join(struct.pack(">I", len(part)) + part for part in parts)
    return b"ssh-rsa " + base64.b64encode(blob) + b"\n"
