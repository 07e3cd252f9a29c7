"""Scenarios of the export job: object, destination, specification, schedule."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cxr_tui.sandbox.scenarios.builder import Entries, Moment, Press, ScenarioBuilder, product_state, scenario
from cxr_tui.sandbox.scenarios.mistakes import entering, leaving_out, mistake, not_pressing
from cxr_tui.sandbox.shared.connect_jobs import Job
from cxr_tui.sandbox.shared.screens import PageShows

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

CONNECT = ("Data", "Connect", "Manage Connect")
SPECIFICATION = (*CONNECT, "*", "Destination Specification")
CREATE_JOB = Moment("responsys", (*CONNECT, "Create job"))
_SCHEDULE = (*CONNECT, "*", "Schedule")
_EXPIRATION, _HEADER = "Expiration", "Insert column header as first line"

mistake("header-off", "responsys", SPECIFICATION, _HEADER, entering(_HEADER, False))
mistake("enclosure-on", "responsys", SPECIFICATION, "Field enclosure", entering("Field enclosure", '"'))
# The drop-down beside the name is left on a date, as published screenshots have it (facts B.6).
mistake("date-suffix", "responsys", SPECIFICATION, "Suffix", entering("Suffix", "YYYYMMDD_HH24MISS"))
# The pencil is overlooked, which the procedure does not mention (facts G.5).
mistake("no-expiration", "responsys", _SCHEDULE, _EXPIRATION, leaving_out(_EXPIRATION))
mistake("job-inactive", "responsys", _SCHEDULE, "Activate", not_pressing("Activate"))


@scenario("job-name-invalid")
def _job_name_invalid(builder: ScenarioBuilder) -> None:
    """Let the person choose a name with a colon, which the Create job dialog refuses."""
    builder.preset_answer("select-object.job_name", "Export: CUSTOMERS for CX Audience")


@scenario("list-empty")
def _list_empty(builder: ScenarioBuilder) -> None:
    """Let a nightly load empty the list and then fail, before a job is made; the remedy is the backup."""
    customers = builder.sandbox.population.customers
    records: list[dict[str, str]] = []

    async def empty(_: Sandbox) -> None:
        records.extend(customers.rows())
        for record in records:
            customers.delete(record["RIID_"])

    async def put_back(sandbox: Sandbox) -> None:
        for record in records:
            customers.restore(record, sandbox.clock.now())

    # Not from the start: other planted defects of the records show before, and come back with the backup.
    builder.after_visit(CREATE_JOB, empty)
    builder.remedy(put_back)


@scenario("host-key-changed")
def _host_key_changed(builder: ScenarioBuilder) -> None:
    """Give the server a new key, while the colleague's note is from before; asked again, the colleague asks Oracle."""
    server = builder.sandbox.responsys.file_server
    noted = server.fingerprint

    def old_note(shows: PageShows) -> PageShows:
        return replace(shows, values={**shows.values, "Fingerprint": noted})

    server.replace_host_key()
    builder.alter_screen(Moment("colleague", ("File server host key",)), old_note)


@product_state("sftp-auth")
async def _sftp_auth(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Let an administrator tidy up the SSH2 keys of the account and remove the one that is used here."""
    keys = sandbox.responsys.ssh2_keys
    used = keys.by_tag.pop("administrator")
    yield
    keys.add_completed(used.tag, used.key)


@scenario("delimiter-in-data")
def _delimiter_in_data(builder: ScenarioBuilder) -> None:
    """Let people write `12 Elm St, Apt 4` into the street, and `Smith, Jr.` into the name."""
    customers, now = builder.sandbox.population.customers, builder.sandbox.clock.now()
    for number, record in enumerate(list(customers.rows())):
        if number % 4 == 1:
            customers.update(record["RIID_"], {"POSTAL_STREET_1_": f"{10 + number} Elm St, Apt 4"}, now)
        elif number % 16 == 2:
            customers.update(record["RIID_"], {"LAST_NAME": f"{record['LAST_NAME']}, Jr."}, now)


@scenario("job-gone")
def _job_gone(builder: ScenarioBuilder) -> None:
    """Leave the expiration on today's date, activate the job, and go home until the next morning."""
    kept: list[Job] = []
    zone = ZoneInfo(builder.sandbox.responsys.account.time_zone)

    def today(entries: Entries, press: Press) -> tuple[Entries, Press]:
        return entries | {_EXPIRATION: f"{builder.sandbox.clock.now().astimezone(zone):%Y-%m-%d}"}, press

    async def go_home(sandbox: Sandbox) -> None:
        kept.extend(sandbox.responsys.jobs)
        tomorrow = sandbox.clock.now().astimezone(zone).date() + timedelta(days=1)
        await sandbox.clock.advance(datetime.combine(tomorrow, time(9), zone))

    async def make_again(sandbox: Sandbox) -> None:
        for job in kept:
            if sandbox.responsys.jobs.named(job.name) is None:
                again = sandbox.responsys.jobs.create(job.name, job.type, job.description)
                again.entries, again.saved = job.entries, job.saved

    builder.input_mistake(Moment("responsys", _SCHEDULE, (_EXPIRATION,)), today)
    builder.after_visit(Moment("responsys", _SCHEDULE, ("Activate",)), go_home)
    builder.remedy(make_again)
