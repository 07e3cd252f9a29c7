"""Both twins with both jobs set up, on one clock, with a journal that knows of them: the stage of the jobs' tests.

In-process by default: the real REST gateways talk to the twins' apps without sockets, files are read off the file
server's folder and exports are not encrypted, so that a year fits in seconds. `real` changes all that to sockets, SSH
and gpg, on the same twins.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from starlette.types import ASGIApp

from cxr_tui.domain.answers import Value
from cxr_tui.domain.instruction import Site
from cxr_tui.domain.secret import Secret
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.rotation_state import IntegrationState
from cxr_tui.integration.services import LiveWorld
from cxr_tui.jobs.expected_runs import JobKind
from cxr_tui.jobs.run_history import JobRun
from cxr_tui.journal.events import answer_entry
from cxr_tui.journal.store import Entry, Record
from cxr_tui.sandbox.audience.product import AudienceTwin
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.http_servers import bind, serving
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.people import populate
from cxr_tui.sandbox.responsys.account import Urls
from cxr_tui.sandbox.responsys.product import ResponsysTwin
from cxr_tui.sandbox.services.mailbox import Mailbox
from cxr_tui.sandbox.shared.connect_jobs import Job
from cxr_tui.sandbox.shared.screens import Pages
from support.sandboxes.responsys_setting import _administrator_key, dated
from support.worlds.jobs_products import ENCRYPTED, EXPORT, IMPORT, KEY, PLAIN, TAG, set_up
from support.worlds.jobs_world import DirectWorld, PagesOperator
from support.worlds.recurrence import Recurrence, recurrence
from support.worlds.toy_guide import MemoryCredentials

START = datetime(2026, 1, 5, 14, tzinfo=UTC)
"""A Monday; 09:00 in New York, 15:00 in Berlin."""


@dataclass
class JobsStage(Integration):
    """The twins, what the journal says of them, and how to change both."""

    clock: Clock
    mailbox: Mailbox
    responsys: ResponsysTwin
    audience: AudienceTwin
    urls: Urls
    audience_url: str
    apps: Mapping[str, ASGIApp]
    customers: ListTable
    zone: str
    directory: Path
    name: str = "acme"
    real: bool = False
    screens: bool = True
    journal: IntegrationState = field(default_factory=IntegrationState)
    credentials: MemoryCredentials = field(default_factory=MemoryCredentials)
    exports: list[tuple[datetime, Recurrence]] = field(default_factory=list)
    imports: list[tuple[datetime, Recurrence]] = field(default_factory=list)
    memories: dict[tuple[str, ...], dict[JobKind, tuple[JobRun, ...]]] = field(default_factory=dict)
    """The runs that a program remembers if it sees only this evidence."""
    _worlds: dict[str, Any] = field(default_factory=dict)

    # An integration, as the product sees it

    def journal_state(self) -> IntegrationState:
        return self.journal

    def note(self, entries: Sequence[Entry]) -> None:
        first = self.journal.seq + 1
        self.journal.apply(Record(first + at, self.clock.now(), entry) for at, entry in enumerate(entries))

    @property
    def world(self) -> LiveWorld:
        kind = f"{'real' if self.real else 'direct'}, {'with' if self.screens else 'without'} screens"
        if kind not in self._worlds:
            self._worlds[kind] = self._live() if self.real else DirectWorld(self)
        return cast("LiveWorld", self._worlds[kind])

    @world.setter
    def world(self, _: LiveWorld) -> None:
        raise AttributeError

    def _live(self) -> LiveWorld:
        operator: Any = PagesOperator(self.sites) if self.screens else None
        return LiveWorld(
            self.journal_state, self.credentials, operator, lambda _, __: None, self.directory, screens=operator
        )

    def tell(self, step: str, **values: Value) -> None:
        """Answer fields of a step in the journal."""
        self.note([answer_entry(step, name, value, "typed") for name, value in values.items()])

    def secret(self, item: str) -> Any:  # noqa: ANN401 - a coroutine function of the gateways' own type
        async def get() -> Secret:
            return self.credentials.kept[item]

        return get

    # What the products' people do

    @property
    def sites(self) -> Mapping[Site, Pages]:
        return {Site.RESPONSYS: self.responsys.pages, Site.AUDIENCE: self.audience.pages}

    async def go(self, site: Site, path: str, *press: str, **entries: object) -> Any:  # noqa: ANN401 - what it shows
        return await self.sites[site].visit(tuple(part.strip() for part in path.split(">")), entries, press)

    @property
    def key_is_added(self) -> bool:
        return self.responsys.ssh2_keys.statuses().get(TAG) == "Completed"

    def today(self) -> datetime:
        """Return the moment in the account's time zone."""
        return self.clock.now().astimezone(self._local)

    @property
    def _local(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    async def advance_to(self, day: int, hour: int, minute: int = 0) -> None:
        """Let time pass until an hour of the local day `day` days after the first."""
        first = self.first_day
        local = datetime(first.year, first.month, first.day, hour, minute, tzinfo=self._local)
        await self.clock.advance((local + timedelta(days=day)).astimezone(UTC))

    async def schedule_export(self, at: str, other: Mapping[str, str] | None = None, *, told: bool = True) -> None:
        """Save the export's Schedule screen, and mostly answer the same in the journal."""
        entries = self._schedule(at, other or {})
        await self.go(
            Site.RESPONSYS,
            f"Data > Connect > Manage Connect > {EXPORT} > Schedule",
            "Activate",
            "Save & Close",
            **entries,
        )
        self.exports.append((self.clock.now(), recurrence(entries, self.responsys.account.time_zone)))
        if told:
            self.tell("export-schedule", **_answers(entries))

    async def schedule_import(self, at: str, other: Mapping[str, str] | None = None) -> None:
        """Save the import's Schedule screen and answer the same in the journal."""
        entries = self._schedule(at, other or {})
        await self.go(
            Site.AUDIENCE,
            f"Data > Connect > Manage Connect > {IMPORT} > Schedule",
            "Activate",
            "Save & Close",
            **entries,
        )
        self.imports.append((self.clock.now(), recurrence(entries, self.audience.account.time_zone)))
        self.tell("import-schedule", **_answers(entries))

    def _schedule(self, at: str, other: Mapping[str, str]) -> dict[str, str]:
        tomorrow = f"{self.today() + timedelta(days=1):%Y-%m-%d}"
        daily = {"Schedule": "Recurring", "Recurring": "Daily", "Date": tomorrow, "Time": at, "Every _ days": "1"}
        return {**daily, "End date": "No end date", "Expiration": "Never expire", **other}

    def encrypt_from_now_on(self, on: bool) -> None:
        """Let both jobs work with an encrypted file, or with a plain one."""
        job = self.responsys.jobs.by_name.get(EXPORT)
        if job is not None:
            job.entries.update({"Encryption/compression": ENCRYPTED if on else PLAIN, "Key": KEY * on})
        job = self.audience.jobs.by_name.get(IMPORT)
        if job is not None:
            entries = job.entries
            entries |= {"File is encrypted with PGP/GPG key": on, "Key": KEY * on}
            entries["File name"] = "CUSTOMERS.csv.gpg" if on else "CUSTOMERS.csv"
        self.tell("destination-specification", encryption=ENCRYPTED if on else PLAIN)

    @property
    def first_day(self) -> date:
        """The local day on which the stage was set up."""
        return START.astimezone(self._local).date()

    @property
    def export_job(self) -> Job:
        """The export as Responsys has it."""
        job = self.responsys.jobs.by_name.get(EXPORT)
        assert job is not None
        return job

    @property
    def import_job(self) -> Job:
        """The import as CX Audience has it."""
        job = self.audience.jobs.by_name.get(IMPORT)
        assert job is not None
        return job

    def strike_exports(self) -> None:
        """Let Oracle's service start no export any more, as in an outage: the job stays active."""
        strike(self.export_job)

    def change(self, customer: str, **values: str) -> None:
        """Change a person in Responsys, as a call centre would."""
        riid = self.customers.find("CUSTOMER_ID_", customer)[0]["RIID_"]
        self.customers.update(riid, values, self.clock.now())


def strike(job: Job) -> None:
    """Start a job no more, although it stays active."""
    assert job.schedule is not None
    job.schedule = replace(job.schedule)  # the runs on the clock are those of another schedule


def _answers(entries: Mapping[str, str]) -> dict[str, Value]:
    once, ends, expires = entries["Schedule"] == "Run once", entries["End date"], entries["Expiration"]
    return {
        "schedule": "once" if once else "daily",
        "date": entries["Date"],
        "time": entries["Time"],
        "every_days": int(entries["Every _ days"]),
        "end_date": "" if ends == "No end date" else ends,
        "expiration": "never" if expires == "Never expire" else expires,
    }


@asynccontextmanager
async def jobs_stage(
    zone: str = "America/New_York", people: int = 12, *, real: bool = False
) -> AsyncIterator[JobsStage]:
    """Build the twins with the integration user, the keys and both jobs' drafts; sockets are there, used or not."""
    directory = Path(tempfile.mkdtemp(prefix="cxj-"))
    clock, mailbox = Clock(START), Mailbox()
    folk = populate(people, 7)
    (directory / "responsys").mkdir()
    (directory / "responsys" / "administrator_rsa").write_bytes(_administrator_key())
    with bind() as one, bind() as two, bind() as three:
        bound = {"login": one, "api": two, "audience": three}
        url = {name: f"http://127.0.0.1:{line.getsockname()[1]}" for name, line in bound.items()}
        urls = Urls(url["login"], url["api"])
        responsys = ResponsysTwin(
            clock=clock,
            mailbox=mailbox,
            directory=directory / "responsys",
            population=folk,
            seed=7,
            urls=urls,
            time_zone=zone,
        )
        audience = AudienceTwin(responsys, mailbox, profiles=folk.customer_profiles, api_url=url["audience"], seed=8)
        apps: dict[str, ASGIApp] = {
            "login": responsys.login_app,
            "api": responsys.api_app,
            "audience": audience.api_app,
        }
        apps = {name: dated(app, clock) for name, app in apps.items()}
        direct = {url[name]: app for name, app in apps.items()}
        twins = (clock, mailbox, responsys, audience)
        stage = JobsStage(*twins, urls, url["audience"], direct, folk.customers, zone, directory, real=real)
        await asyncio.to_thread(responsys.file_server.start)
        async with serving(apps, bound):
            try:
                await set_up(stage)
                yield stage
            finally:
                for world in stage._worlds.values():
                    if isinstance(world, LiveWorld):
                        await world.close()
                await responsys.close()
                await audience.keys.close()
                shutil.rmtree(directory, ignore_errors=True)
