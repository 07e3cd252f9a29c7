"""Preflight of one open integration, for a screen or a command: what to read and how, reading it, and the rehearsal.

The journal keeps the newest answer, with the shapes of values in place of values, and how far the rehearsal is; whoever
shows them does no I/O.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import msgspec

from cxr_tui.domain.errors import NothingStoredError, OutsideError, RemotePathError
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.responsys_data import RemoteFile, age_key
from cxr_tui.domain.text import visible
from cxr_tui.guide.checks.export.file_name import exported_name
from cxr_tui.guide.checks.export.find_file import ARCHIVE
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.events import preflight_entry
from cxr_tui.preflight.import_options import ImportOptions, ImportOptionsError
from cxr_tui.preflight.import_options_from_setup import expected_options
from cxr_tui.preflight.reading.decrypt import SecretKey
from cxr_tui.preflight.reading.local import HEAD, SourceError
from cxr_tui.preflight.reading.remote import Streaming
from cxr_tui.preflight.rehearsal_key import state
from cxr_tui.preflight.rehearsal_key.key_pair import RehearsalPair, make_pair, remove_pair, secret_key
from cxr_tui.preflight.rehearsal_key.progress import Stage
from cxr_tui.preflight.rehearsal_key.state import NextStep, RehearsalState
from cxr_tui.preflight.result import PreflightResult, result_from
from cxr_tui.preflight.runner import OPEN_SECONDS, REMOTE, PreflightRequest, Progress, preflight
from cxr_tui.security.private_files import open_named
from cxr_tui.system.threads import run_in_thread

ANSWER = "answer"
"""What the journal's record of the newest answer is called."""
FOLDER = "preflight"
"""Beside the journal: the rehearsal pair, and what has come of an encrypted file whose line broke."""


@dataclass(frozen=True)
class Expected:
    """How the import job reads its file, and what of that could not be seen, in words."""

    plan: ImportOptions
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Remembered:
    """The newest answer that the journal holds."""

    file: str
    at: datetime
    answer: PreflightResult


class PreflightService:
    """Everything that the preflight screen asks for; raises OutsideError where an outside system does not give it."""

    def __init__(self, integration: Integration) -> None:
        self._integration = integration
        self.folder = integration.place.parent / FOLDER

    @property
    def name(self) -> str:
        """The integration's name."""
        return self._integration.name

    @property
    def sandboxed(self) -> bool:
        """Whether an operator can do the part in the browser."""
        return self._integration.world.operator is not None

    def proposed_source(self) -> str:
        """Return the exported file as far as it is known; empty: nothing is set up yet."""
        known = self._integration.journal_state().known()
        path = known.text("exported-file.path")
        folder = known.text("destination-connectivity.path")
        if not path and folder and known.text("destination-specification.file_name"):
            path = f"{folder}/{exported_name(known).likely}"
        return f"{REMOTE}{path}" if path else ""

    async def newest_source(self) -> str:
        """Return the newest file of the export that waits for the import; where none does, the one that is proposed.

        The one that is known may be archived already, and with a date in its name every run writes another one.
        """
        server, known = self._integration.world.file_server(), self._integration.journal_state().known()
        folder = known.text("destination-connectivity.path")
        if server is None or not folder:
            return self.proposed_source()
        name = exported_name(known)
        try:
            listing = await server.listing(folder)
        except RemotePathError:
            return self.proposed_source()
        found = [one for one in listing if not one.is_folder and name.fits(one.name)]
        newest = max(found, key=age_key, default=None)
        return f"{REMOTE}{newest.path}" if newest else self.proposed_source()

    async def files(self) -> tuple[tuple[str, str], ...]:
        """Return the files of the export's folders as source and words, newest first; empty without a file server."""
        server = self._integration.world.file_server()
        if server is None:
            return ()
        folder = self._integration.journal_state().known().text("destination-connectivity.path")
        found: list[RemoteFile] = []
        for one in dict.fromkeys((folder, ARCHIVE)):
            try:
                found += await server.listing(one) if one else ()
            except RemotePathError:
                continue  # not every account has both
        files = sorted((one for one in found if not one.is_folder), key=age_key, reverse=True)
        return tuple((f"{REMOTE}{one.path}", _listed(one)) for one in files)

    async def expected(self) -> Expected:
        """Return how the import job reads its file, from its screens or from the answers; PlanError."""
        return Expected(*await expected_options(self._integration.journal_state().known(), self._integration.world))

    def remembered(self) -> Remembered | None:
        """Return the newest answer, None where there is none that can still be read."""
        noted = self._integration.journal_state().preflights.get(ANSWER)
        if noted is None:
            return None
        try:
            return Remembered(noted.body["file"], noted.at, result_from(noted.body["answer"]))
        except (KeyError, TypeError, ValueError, msgspec.ValidationError):
            return None

    async def read(
        self, file: str, plan: ImportOptions, tell: Callable[[Progress], None], key: SecretKey | None = None
    ) -> PreflightResult:
        """Read a file, keep the answer, and note where it shows that the export uses the rehearsal key.

        `key` is another private key than that of the rehearsal pair. `tell` is called in another thread. Cancelling
        ends gpg and the transfer, and nothing is kept of an answer. Raises what `runner.preflight` raises.
        """
        told = self.rehearsing()
        if key is None and told.pair is not None:
            with contextlib.suppress(NothingStoredError):  # the finding then says that a file cannot be opened
                key = await secret_key(told.pair, self._integration.world.credentials)
        flight = PreflightRequest(file, plan, key, self.import_key_ids(), self.folder)
        answer = await preflight(flight, self._server(), tell)
        entries = [preflight_entry(ANSWER, {"file": visible(file, 300), "answer": answer.document()})]
        if told.pair is not None and set(answer.recipients) & set(told.pair.key_ids):
            entries.append(state.entry(told.pair, Stage.READ, await self._written(file)))
        self._integration.note(entries)
        return answer

    def import_key_ids(self) -> tuple[str, ...]:
        """Return the ids of all parts of the key that CX Audience decrypts with; empty: not known."""
        known = self._integration.journal_state().known()
        return tuple(known.lines("generate-key.key_ids") or known.lines("generate-key.encryption_key_ids"))

    # The rehearsal

    def rehearsing(self) -> RehearsalState:
        """Return how far the rehearsal is."""
        return state.rehearsing(self.folder, self._integration.journal_state())

    def todo(self) -> NextStep:
        """Return what comes next."""
        return state.todo(self.rehearsing(), self._integration.journal_state().known())

    def proposed_email(self) -> str:
        """Return the address for the pair's public key; empty: none is known."""
        known = self._integration.journal_state().known()
        return known.text("generate-key.email") or known.text("add-user.email")

    async def make_pair(self, email: str) -> RehearsalPair:
        """Make the pair, or return the one that is there; OpenPgpError, StoreUnusableError."""
        before = self.rehearsing()
        pair = await make_pair(self.folder, email, self._integration.world.credentials)
        if before.pair is None or before.pair.fingerprint != pair.fingerprint:
            # the file that lies there now says nothing about the key that is chosen later
            lies = self.proposed_source()
            self._integration.note([state.entry(pair, Stage.MADE, await self._written(lies) if lies else None)])
        return pair

    async def prove(self, file: str = "") -> Finding:
        """Say by the recipients of a file, or of the exported one, whether the export uses the right key again.

        Raises PlanError, SourceError where there is no pair or no such file.
        """
        told = self.rehearsing()
        if told.pair is None:
            raise ImportOptionsError("there is no rehearsal pair for this integration; make one first")
        named = file or await self.newest_source()
        if not named:
            raise ImportOptionsError("name the file that the export wrote after the key was switched back")
        head, modified = await self._head(named)
        name = named.removeprefix(REMOTE)
        message = await self._integration.world.openpgp.read_message(head)
        finding = state.check_file(told, message, modified, self.import_key_ids(), name)
        if finding.status is Status.PASS:
            self._integration.note([state.entry(told.pair, Stage.REPLACED)])
        elif finding.code == "rehearsal-key-in-use":
            self._integration.note([state.entry(told.pair, Stage.READ, modified)])
        return finding

    async def remove_pair(self) -> RehearsalPair | None:
        """Remove both halves and the passphrase; return what was removed. StoreUnusableError."""
        pair = self.rehearsing().pair
        await remove_pair(self.folder, self._integration.world.credentials)
        if pair is not None:
            self._integration.note([state.entry(pair, Stage.NONE)])
        return pair

    async def operate(self, tell: Callable[[str], None]) -> None:
        """Sandbox: let the operator do what comes next of the rehearsal, up to a file that is there to be looked at.

        VisitRefusedError, OutsideError.
        """
        from cxr_tui.preflight.rehearsal_key.sandbox_driver import operate  # only sandboxes need it

        await operate(self._integration, self.todo(), tell)

    def _server(self) -> Streaming | None:
        return cast("Streaming | None", self._integration.world.file_server())

    async def _written(self, file: str) -> datetime | None:
        try:
            return (await self._head(file, 0))[1]
        except (OutsideError, SourceError):
            return None

    async def _head(self, named: str, size: int = HEAD) -> tuple[bytes, datetime | None]:
        """Return the first bytes of a file and when it was written; None: that is not known."""
        if not named.startswith(REMOTE):
            try:
                return await run_in_thread(lambda: _local_head(named, size), OPEN_SECONDS, "preflight-head")
            except OSError as error:  # a timeout among them
                raise SourceError(f"{visible(named)}: {error.strerror or 'the disk does not answer'}") from None
        path, server = named.removeprefix(REMOTE), self._integration.world.file_server()
        if server is None:
            raise RemotePathError(f"{visible(path)} cannot be reached: no file server is set up for this integration")
        found = await server.stat(path)
        if found is None:
            raise RemotePathError(f"{visible(path)} does not exist on the file server")
        return await server.read(path, size) if size else b"", found.written(self._integration.world.now())


def _listed(file: RemoteFile) -> str:
    written = f"{file.modified:%Y-%m-%d %H:%M} UTC" if file.modified else f"{'unknown time':<20}"
    return f"{written}  {'unknown' if file.size is None else f'{file.size:,}':>14} bytes  {file.path}"


def _local_head(named: str, size: int) -> tuple[bytes, datetime]:
    with open_named(named) as file:
        return file.read(size), datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
