"""The screens of one import job (facts C.7; Integrating with Responsys, third task, step 4)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from cxr_tui.domain.responsys_data import DELIMITERS, MATCH_COLUMNS
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.audience import import_jobs
from cxr_tui.sandbox.audience.account import Account
from cxr_tui.sandbox.audience.import_jobs import SCREENS, Job, JobError, Jobs
from cxr_tui.sandbox.audience.key_pairs import KeyPairs
from cxr_tui.sandbox.audience.responsys_link import SourceError
from cxr_tui.sandbox.shared.screens import Handler, PageError, Pages, PageShows, PageVisit


class ImportScreens:
    """The five screens; they may be filled in any order, and Activate refuses while one of them has errors."""

    def __init__(self, account: Account, jobs: Jobs, keys: KeyPairs) -> None:
        self._account = account
        self._jobs = jobs
        self._offered: dict[str, Collection[str]] = {
            "File location": (import_jobs.OWN_SERVER, import_jobs.EXTERNAL_SERVER),
            "Hostname": account.external_servers,
            "Authentication": (import_jobs.BY_KEY, import_jobs.BY_PASSWORD),
            "Character set": import_jobs.CHARACTER_SETS,
            "Field delimiter": DELIMITERS,
            "Field enclosure": import_jobs.ENCLOSURES,
            "Key": keys.pairs,
            "Target Tables": account.lists,
            "Match column": MATCH_COLUMNS,
            "When": (import_jobs.ON_BOTH, import_jobs.ON_FAILURE),
            "Schedule": ("Run once", "Recurring"),
            "Recurring": ("Daily",),
        }

    def register(self, pages: Pages) -> None:
        """Add the screens to the site."""
        buttons = {"Source Connectivity": ("Save", "Test connection"), "Schedule": ("Activate", "Save & Close")}
        for name, labels in SCREENS.items():
            path = ("Data", "Connect", "Manage Connect", "*", name)
            page = pages.page(*path, labels=tuple(labels), buttons=buttons.get(name, ("Save",)))
            page(self._handler(name))

    def _handler(self, screen: str) -> Handler:
        async def handle(visit: PageVisit) -> PageShows:
            try:
                return self._visit(visit, screen)
            except (JobError, SourceError) as error:
                raise PageError(str(error)) from None

        return handle

    def _visit(self, visit: PageVisit, screen: str) -> PageShows:
        job = self._jobs.job(visit.matched[0])
        if job.type != import_jobs.IMPORT_PROFILES:
            raise PageError(f'"{job.name}" is a job of the type {job.type}')
        # what was entered is kept as a draft, saved or not (facts B.5; documented for Save)
        job.entries.update({label: self._read(visit, label, SCREENS[screen][label]) for label in visit.entries})
        message = ""
        for button in visit.press:
            message = self._press(button, job)
        return PageShows(message, self._shown(job, screen))

    def _press(self, button: str, job: Job) -> str:
        if button == "Test connection":
            self._jobs.test(job)
            return "The connection works."
        if button == "Activate":
            self._jobs.activate(job)
            return "The job was activated."
        return "The job was saved."

    def _read(self, visit: PageVisit, label: str, default: Any) -> Any:  # noqa: ANN401 - what a label holds depends on it
        match default:
            case bool():
                return visit.flag(label)
            case dict():
                return {incoming.strip(): column.strip() for incoming, column in visit.pairs(label).items()}
            case None:
                return Secret(visit.text(label))
        entered = visit.entries[label]
        # a number field takes a number as well as its text
        text = str(entered) if isinstance(entered, int) and not isinstance(entered, bool) else visit.text(label)
        text = text.strip()
        if label in self._offered and text not in self._offered[label]:
            offered = ", ".join(self._offered[label]) or "(none)"
            raise PageError(f'{label}: "{text}" is not offered; choose one of {offered}')
        return text

    def _shown(self, job: Job, screen: str) -> dict[str, Any]:
        shown = {label: job.entries[label] for label, default in SCREENS[screen].items() if default is not None}
        if screen == "Schedule":
            shown["Status"] = "Active" if job.active else "Inactive"
        if table := self._account.lists.get(shown.get("Target Tables", "")):
            shown["Columns"] = [name for name, _ in table.columns]
        return shown
