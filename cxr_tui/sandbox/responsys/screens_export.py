"""Pages of Connect: the Create job dialog, the key dialog, the steps of the export wizard, completed jobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from cxr_tui.sandbox.responsys import screens_export_form as form
from cxr_tui.sandbox.responsys.account import Account
from cxr_tui.sandbox.responsys.export import ExportJobs
from cxr_tui.sandbox.responsys.jobs import (
    EXPORT,
    IMPORT_PROFILES,
    JOB_TYPES,
    RESPONSYS_SERVER,
    Job,
    Jobs,
    job_name_problem,
)
from cxr_tui.sandbox.responsys.public_keys import KeyRefusedError, KeyStore
from cxr_tui.sandbox.shared.screens import PageError, Pages, PageShows, PageVisit

MANAGE = ("Data", "Connect", "Manage Connect")
KEY_DIALOG = (*MANAGE, IMPORT_PROFILES, "Source Specification", "Select or import key")
TYPE, NAME, DESCRIPTION = "Type of job", "Job name", "Description"


class ConnectPages:
    """Connect as the administrator sees it, who has the Data Director role (facts B.5; documented)."""

    def __init__(
        self,
        pages: Pages,
        account: Account,
        jobs: Jobs,
        exports: ExportJobs,
        keys: KeyStore,
        server: Callable[[], tuple[str, str]],
        folder_exists: Callable[[str], bool],
    ) -> None:
        """`server` gives file server and SCP user as shown; `folder_exists` asks for a path on the file server."""
        self._account = account
        self._jobs = jobs
        self._exports = exports
        self._keys = keys
        self._server = server
        self._folder_exists = folder_exists
        pages.page(*MANAGE, "Create job", labels=(TYPE, NAME, DESCRIPTION), buttons=("Create", "Done"))(self.create)
        pages.page(*KEY_DIALOG, labels=("New public key name", "Choose file"), buttons=("Import",))(self.import_key)
        pages.page(*MANAGE)(self.manage)
        pages.page(*MANAGE, "Completed Jobs")(self.completed)
        for step, labels in form.STARTS_WITH.items():
            buttons = ("Activate", "Save & Close") if step == form.SCHEDULE else ("Save",)
            pages.page(*MANAGE, "*", step, labels=tuple(labels), buttons=buttons)(self._step(step))

    async def create(self, visit: PageVisit) -> PageShows:
        """Make a draft; without a name, an import opens its wizard only, to be left again."""
        if not visit.press:
            return PageShows()
        kind, name = visit.text(TYPE), visit.text(NAME)
        if kind not in JOB_TYPES:
            raise PageError(f"{TYPE}: choose one of {', '.join(JOB_TYPES)}")
        if not name and kind == IMPORT_PROFILES:
            return PageShows("The Connect wizard opens")
        problem = job_name_problem(name)
        if problem:
            raise PageError(f"{NAME}: {problem}")
        job = self._jobs.named(name)
        if job is not None and job.type != kind:
            raise PageError(f'{NAME}: a job named "{name}" exists already, of the type {job.type}')
        if job is not None:
            # What the dialog does with a name in use is not documented; opening the job loses nothing (inferred).
            job.description = visit.text(DESCRIPTION, job.description)
            return PageShows("A job of this name exists already; its wizard opens")
        self._jobs.create(name, kind, visit.text(DESCRIPTION))
        return PageShows("The Connect wizard opens")

    async def import_key(self, visit: PageVisit) -> PageShows:
        """Import a public key into the account (Integrating with Responsys, import step 2; documented)."""
        message = ""
        if "Import" in visit.press:
            try:
                key = await self._keys.import_key(visit.text("New public key name"), visit.upload("Choose file").data)
            except KeyRefusedError as refusal:
                raise PageError(str(refusal)) from None
            message = f"The public key {key.name} was imported"
        return PageShows(message, values={"Public keys": self._keys.names()})

    async def manage(self, visit: PageVisit) -> PageShows:
        """List jobs with their id and status (facts B.8; documented)."""
        return PageShows(values={job.name: f"{job.id}, {_status(job)}" for job in self._jobs})

    async def completed(self, visit: PageVisit) -> PageShows:
        """Show the newest run of each job that has run, in the account's time zone."""
        zone = ZoneInfo(self._account.time_zone)
        shown = {}
        for job in self._jobs:
            ended = [run for run in job.runs if run.seconds]
            if ended:
                run = ended[-1]
                when = run.started.astimezone(zone).strftime("%Y-%m-%d %H:%M")
                shown[job.name] = f"{run.status.value}, {run.processed} records, {when}"
        return PageShows(values=shown)

    def _step(self, step: str) -> Callable[[PageVisit], Any]:
        async def page(visit: PageVisit) -> PageShows:
            job = self._export_job(visit.matched[0])
            entered = self._entered(visit)
            if visit.press:
                # What was typed stays in the wizard, also when a button is refused: a draft may have errors.
                job.save(step, {**form.STARTS_WITH[step], **job.steps.get(step, {}), **entered})
            message = self._close(job, visit.press) if step == form.SCHEDULE else ""
            return PageShows(message or ("Saved" if visit.press else ""), values=self._shown(job, step))

        return page

    def _close(self, job: Job, press: Sequence[str]) -> str:
        """Activate, or save an active job's new schedule; PageError lists every error that is left."""
        if not press:
            return ""
        if "Activate" in press or job.active:
            problems = self._exports.problems(job)
            if problems:
                raise PageError(f"The job cannot be activated. Errors: {'; '.join(problems)}")
            self._exports.activate(job)
            return f"The job {job.name} is active"
        if not job.text(form.SCHEDULE, "Expiration"):
            # A date or never must be chosen before a job is saved (facts B.5; documented).
            raise PageError("Expiration: choose a date or Never expire")
        return ""

    def _entered(self, visit: PageVisit) -> dict[str, Any]:
        entered: dict[str, Any] = {}
        for label in visit.entries:
            if label == "Insert column header as first line":
                entered[label] = visit.flag(label)
                continue
            entered[label] = visit.text(label)
            choices = form.CHOICES.get(label)
            if choices and entered[label] not in choices:
                raise PageError(f"{label}: choose one of {', '.join(choices)}")
        self._check(entered)
        return entered

    def _check(self, entered: dict[str, Any]) -> None:
        if entered.get("Object", "List") != "List":
            raise PageError("Object: this sandbox exports lists only")
        if entered.get("List") and entered["List"] not in self._account.lists:
            raise PageError(f'List: there is no list "{entered["List"]}"')
        if entered.get("File location", RESPONSYS_SERVER) != RESPONSYS_SERVER:
            raise PageError("File location: no external server is permitted for this account")
        if entered.get("Path") and not self._folder_exists(entered["Path"]):
            raise PageError(f'Path: there is no folder "{entered["Path"]}" on the file server')
        if entered.get(form.KEY) and self._keys.key(entered[form.KEY]) is None:
            raise PageError(f'Key: there is no public key "{entered[form.KEY]}"')
        if any(char in str(entered.get("File to be created", "")) for char in "/\\\0"):
            raise PageError("File to be created: a name without path is expected")

    def _shown(self, job: Job, step: str) -> dict[str, Any]:
        shown = {**form.STARTS_WITH[step], **job.steps.get(step, {})}
        if step == form.CONNECTIVITY:
            shown["Server"], shown["User name"] = self._server()
        if step == form.SCHEDULE:
            shown["Status"] = _status(job)
            shown["Job ID"] = str(job.id)
        return shown

    def _export_job(self, name: str) -> Job:
        job = self._jobs.named(name)
        if job is None:
            raise PageError(f'there is no Connect job "{name}"')
        if job.type != EXPORT:
            raise PageError(f'the job "{name}" is of the type {job.type} and has no such step')
        return job


def _status(job: Job) -> str:
    return "Active" if job.active else "Inactive"
