"""The pages of one import job (facts C.7; Integrating with Responsys, third task, step 4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from cxr_tui.domain.responsys_data import MATCH_COLUMNS
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.audience.file_source import SourceError
from cxr_tui.sandbox.audience.import_jobs import Job, JobError, Jobs
from cxr_tui.sandbox.audience.key_pairs import KeyPairs
from cxr_tui.sandbox.audience.labels import (
    AUTHENTICATION,
    BOXES,
    CHARACTER_SET,
    COLUMN_MAPPING,
    DIRECTORY_PATH,
    ENCRYPTED,
    FIELD_DELIMITER,
    FIELD_ENCLOSURE,
    FILE_LOCATION,
    FILE_NAME,
    FIRST_LINE,
    HOSTNAME,
    IMPORT_PROFILES,
    KEY,
    MATCH_COLUMN,
    OFFERED,
    PASSWORD,
    SEND_TO,
    TARGET_TABLES,
    USERNAME,
    WHEN,
)
from cxr_tui.sandbox.audience.state import Account
from cxr_tui.sandbox.shared.schedule import SCHEDULE_LABELS
from cxr_tui.sandbox.shared.screens import PageError, Pages, PageShows, PageVisit

_SOURCE = (FILE_LOCATION, HOSTNAME, DIRECTORY_PATH, USERNAME, AUTHENTICATION, PASSWORD)
_FILE = (FILE_NAME, CHARACTER_SET, FIELD_DELIMITER, FIELD_ENCLOSURE, FIRST_LINE, ENCRYPTED, KEY)
_TARGET = (TARGET_TABLES, MATCH_COLUMN, COLUMN_MAPPING)
_NOTIFICATION = (SEND_TO, WHEN)

_SAVE, _TEST, _ACTIVATE, _SAVE_AND_CLOSE = "Save", "Test connection", "Activate", "Save & Close"


class JobPages:
    """The five pages; they may be filled in any order, and Activate refuses while one of them has errors."""

    def __init__(self, account: Account, jobs: Jobs, keys: KeyPairs) -> None:
        self._account = account
        self._jobs = jobs
        self._keys = keys

    def register(self, pages: Pages) -> None:
        """Add the pages to the site."""
        for name, labels, buttons in (
            ("Source Connectivity", _SOURCE, (_SAVE, _TEST)),
            ("Source Specification", _FILE, (_SAVE,)),
            ("Target Definition", _TARGET, (_SAVE,)),
            ("Notification", _NOTIFICATION, (_SAVE,)),
            ("Schedule", SCHEDULE_LABELS, (_ACTIVATE, _SAVE_AND_CLOSE)),
        ):
            page = pages.page("Data", "Connect", "Manage Connect", "*", name, labels=labels, buttons=buttons)
            page(self._handler(labels))

    def _handler(self, labels: Sequence[str]) -> Callable[[PageVisit], Awaitable[PageShows]]:
        async def handle(visit: PageVisit) -> PageShows:
            try:
                return await self._visit(visit, labels)
            except (JobError, SourceError) as error:
                raise PageError(str(error)) from None

        return handle

    async def _visit(self, visit: PageVisit, labels: Sequence[str]) -> PageShows:
        job = self._jobs.job(visit.matched[0])
        if job.type != IMPORT_PROFILES:
            raise PageError(f'"{job.name}" is a job of the type {job.type}')
        # what was entered is kept as a draft, saved or not (facts B.5; documented for Save)
        job.entries.update({label: self._read(visit, label) for label in visit.entries})
        message = ""
        for button in visit.press:
            message = await self._pressed(button, job)
        return PageShows(message, self._shown(job, labels))

    async def _pressed(self, button: str, job: Job) -> str:
        if button == _TEST:
            await self._jobs.test(job)
            return "The connection works."
        if button == _ACTIVATE:
            self._jobs.activate(job)
            return "The job was activated."
        return "The job was saved."

    def _read(self, visit: PageVisit, label: str) -> Any:  # noqa: ANN401 - what a label holds depends on it
        if label in BOXES:
            return visit.flag(label)
        if label == COLUMN_MAPPING:
            return {incoming.strip(): column.strip() for incoming, column in visit.pairs(label).items()}
        if label == PASSWORD:
            return Secret(visit.text(label))
        entered = visit.entries[label]
        # a number field takes a number as well as its text
        text = str(entered) if isinstance(entered, int) and not isinstance(entered, bool) else visit.text(label)
        text = text.strip()
        offered = self._offered(label)
        if offered is not None and text not in offered:
            raise PageError(f'{label}: "{text}" is not offered; choose one of {", ".join(offered) or "(none)"}')
        return text

    def _offered(self, label: str) -> Sequence[str] | None:
        match label:
            case "Hostname":
                return self._account.external_servers
            case "Key":
                return list(self._keys.pairs)
            case "Target Tables":
                return list(self._account.lists)
            case "Match column":
                return MATCH_COLUMNS
            case _:
                return OFFERED.get(label)

    def _shown(self, job: Job, labels: Sequence[str]) -> dict[str, Any]:
        shown = {label: job.entries[label] for label in labels if label != PASSWORD}
        if labels is SCHEDULE_LABELS:
            shown["Status"] = "Active" if job.active else "Inactive"
        if TARGET_TABLES in labels and job.entries[TARGET_TABLES]:
            shown["Columns"] = [name for name, _ in self._account.lists[job.entries[TARGET_TABLES]].columns]
        return shown
