"""Preflight of one open integration, for a screen or a command: the file and its options, the result, the rehearsal.

The journal keeps the newest result, with shapes in place of values, and the stage of the rehearsal.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from cxr_tui.domain.errors import NothingStoredError, OutsideError, RemotePathError
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.instruction import Instruction
from cxr_tui.domain.responsys_data import RemoteFile, age_key
from cxr_tui.domain.text import visible
from cxr_tui.guide.checks.export.file_name import exported_name
from cxr_tui.guide.checks.export.find_file import ARCHIVE, search
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.events import preflight_entry
from cxr_tui.preflight.import_options import ImportOptions, ImportOptionsError
from cxr_tui.preflight.import_options_from_setup import expected_options
from cxr_tui.preflight.reading.decrypt import SecretKey
from cxr_tui.preflight.reading.source import HEAD, REMOTE, SourceError
from cxr_tui.preflight.rehearsal_key import state
from cxr_tui.preflight.rehearsal_key.key_pair import RehearsalPair, make_pair, remove_pair, secret_key
from cxr_tui.preflight.rehearsal_key.stage import Stage
from cxr_tui.preflight.rehearsal_key.state import RehearsalState
from cxr_tui.preflight.result import PreflightResult
from cxr_tui.preflight.runner import OPEN_SECONDS, Progress, preflight
from cxr_tui.security.private_files import open_named
from cxr_tui.system.threads import run_in_thread

ANSWER = "answer"
"""Name of the journal's record of the newest result."""
FOLDER = "preflight"
"""Folder next to the journal for the rehearsal key pair."""


@dataclass(frozen=True)
class Remembered:
    """The newest result in the journal."""

    file: str
    at: datetime
    answer: PreflightResult


class PreflightService:
    """Preflight as a screen or a command uses it; raises OutsideError if an outside system fails."""

    def __init__(self, integration: Integration) -> None:
        self._integration = integration
        self.folder = integration.place.parent / FOLDER

    @property
    def name(self) -> str:
        """The integration's name."""
        return self._integration.name

    @property
    def sandboxed(self) -> bool:
        """Whether the sandbox's operator can do the browser part."""
        return self._integration.world.operator is not None

    def proposed_source(self) -> str:
        """Return the exported file as far as it is known; empty: the export is not set up yet."""
        known = self._integration.journal_state().known()
        path = known.text("exported-file.path")
        folder = known.text("destination-connectivity.path")
        if not path and folder and known.text("destination-specification.file_name"):
            path = f"{folder}/{exported_name(known).likely}"
        return f"{REMOTE}{path}" if path else ""

    async def newest_source(self) -> str:
        """Return the newest file of the export that waits for the import, or the suggested one if there is none.

        The known file may be archived already, and with a date in the name every run writes another file.
        """
        server, known = self._integration.world.file_server(), self._integration.journal_state().known()
        folder = known.text("destination-connectivity.path")
        if server is None or not folder:
            return self.proposed_source()
        try:
            found = await search(server, folder, exported_name(known))
        except RemotePathError:
            return self.proposed_source()
        return f"{REMOTE}{found.files[0].path}" if found.files else self.proposed_source()

    async def files(self) -> tuple[tuple[str, str], ...]:
        """Return source and description of the files in the export's folders, newest first; empty without a server."""
        server = self._integration.world.file_server()
        if server is None:
            return ()
        folder = self._integration.journal_state().known().text("destination-connectivity.path")
        found: list[RemoteFile] = []
        for one in dict.fromkeys((folder, ARCHIVE)):
            try:
                found += await server.listing(one) if one else ()
            except RemotePathError:
                continue  # not every account has both folders
        files = sorted((one for one in found if not one.is_folder), key=age_key, reverse=True)
        return tuple((f"{REMOTE}{one.path}", _listed(one)) for one in files)

    async def expected(self) -> ImportOptions:
        """Return the options of the import job, from its screens or from the answers; ImportOptionsError."""
        return await expected_options(self._integration.journal_state().known(), self._integration.world)

    def remembered(self) -> Remembered | None:
        """Return the newest result, None if there is none that can still be read."""
        noted = self._integration.journal_state().preflights.get(ANSWER)
        if noted is None:
            return None
        try:
            return Remembered(noted.body["file"], noted.at, msgspec.convert(noted.body["answer"], PreflightResult))
        except msgspec.ValidationError:  # an earlier version saved it in another form
            return None

    async def read(
        self,
        file: str,
        options: ImportOptions,
        report_progress: Callable[[Progress], None],
        key: SecretKey | None = None,
    ) -> PreflightResult:
        """Read a file, save the result, and note if it shows that the export uses the rehearsal key.

        `key` is a private key other than the rehearsal pair's. `report_progress` is called in another thread. Canceling
        ends gpg and the transfer and saves nothing. Raises the errors of `runner.preflight`.
        """
        pair = self.rehearsing().pair
        if key is None and pair is not None:
            with contextlib.suppress(NothingStoredError):  # a finding then reports that the key is locked
                key = await secret_key(pair, self._integration.world.credentials)
        server, ids = self._integration.world.file_server(), self.import_key_ids()
        result = await preflight(file, options, server, report_progress, key, ids)
        entries = [preflight_entry(ANSWER, {"file": visible(file, 300), "answer": result.saved()})]
        if pair is not None and set(result.recipients) & set(pair.key_ids):
            entries.append(state.entry(pair, Stage.READ, await self._written(file)))
        self._integration.note(entries)
        return result

    def import_key_ids(self) -> tuple[str, ...]:
        """Return the ids of the key that CX Audience decrypts with; empty: not known."""
        known = self._integration.journal_state().known()
        return tuple(known.lines("generate-key.key_ids") or known.lines("generate-key.encryption_key_ids"))

    # The rehearsal

    def rehearsing(self) -> RehearsalState:
        """Return the state of the rehearsal."""
        return state.rehearsing(self.folder, self._integration.journal_state())

    def todo(self) -> Instruction:
        """Return the next step of the rehearsal."""
        return state.todo(self.rehearsing(), self._integration.journal_state().known())

    def proposed_email(self) -> str:
        """Return the email address for the pair's public key; empty: none is known."""
        known = self._integration.journal_state().known()
        return known.text("generate-key.email") or known.text("add-user.email")

    async def make_pair(self, email: str) -> RehearsalPair:
        """Make the pair, or return the existing one; OpenPgpError, StoreUnusableError."""
        before = self.rehearsing()
        pair = await make_pair(self.folder, email, self._integration.world.credentials)
        if before.pair is None or before.pair.fingerprint != pair.fingerprint:
            # the current file does not show which key the export will use later
            current = self.proposed_source()
            self._integration.note([state.entry(pair, Stage.MADE, await self._written(current) if current else None)])
        return pair

    async def prove(self, file: str = "") -> Finding:
        """Check by the recipients of a file, or of the newest export, whether the export uses the right key again.

        Then the rehearsal is over, and the pair is removed. Raises ImportOptionsError without a pair or a file,
        SourceError for a file that cannot be read, and StoreUnusableError.
        """
        rehearsal = self.rehearsing()
        if rehearsal.pair is None:
            raise ImportOptionsError("There is no rehearsal key pair for this integration. Make one first.")
        named = file or await self.newest_source()
        if not named:
            raise ImportOptionsError("Name the file that the export wrote after you switched the key back.")
        head, modified = await self._head(named)
        name = named.removeprefix(REMOTE)
        message = await self._integration.world.openpgp.read_message(head)
        finding = state.check_file(rehearsal, message, modified, self.import_key_ids(), name)
        if finding.status is Status.PASS:
            await self.remove_pair()
        elif finding.code == "rehearsal-key-in-use":
            self._integration.note([state.entry(rehearsal.pair, Stage.READ, modified)])
        return finding

    async def remove_pair(self) -> RehearsalPair | None:
        """Remove both keys and the passphrase; return the removed pair. StoreUnusableError."""
        pair = self.rehearsing().pair
        await remove_pair(self.folder, self._integration.world.credentials)
        if pair is not None:
            self._integration.note([state.entry(pair, Stage.NONE)])
        return pair

    async def operate(self, report_progress: Callable[[str], None]) -> None:
        """Let the sandbox's operator do the next step of the rehearsal; VisitRefusedError, OutsideError."""
        from cxr_tui.preflight.rehearsal_key.sandbox_driver import operate  # only sandboxes need it

        await operate(self._integration, self.todo(), report_progress)

    async def _written(self, file: str) -> datetime | None:
        try:
            return (await self._head(file, 0))[1]
        except (OutsideError, SourceError):
            return None

    async def _head(self, named: str, size: int = HEAD) -> tuple[bytes, datetime | None]:
        """Return the first bytes of a file and the time when it was written; None: not known."""
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
