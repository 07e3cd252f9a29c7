"""Scenarios of the export: object, destination, specification, schedule, and the file that it writes."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cxr_tui.domain.responsys_data import SYSTEM_COLUMNS
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.responsys.export import CONNECTIVITY, OBJECT
from cxr_tui.sandbox.responsys.export_file import ENCRYPTION, KEY
from cxr_tui.sandbox.scenarios.builder import (
    Moment,
    ScenarioBuilder,
    changing,
    entering,
    leaving_out,
    mistake,
    not_pressing,
    product_state,
    scenario,
)
from cxr_tui.sandbox.shared.connect_jobs import MANAGE, Job

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

SPECIFICATION = (*MANAGE, "*", "Destination Specification")
CREATE_JOB = Moment("responsys", (*MANAGE, "Create job"))
_SCHEDULE = (*MANAGE, "*", "Schedule")
_OLD = timedelta(days=21)
_TEST_LIST, _OLD_KEY = "TEST", "Earlier attempt"
_EXPIRATION, _HEADER = "Expiration", "Insert column header as first line"

mistake("header-off", "responsys", SPECIFICATION, _HEADER, entering(_HEADER, False))
mistake("enclosure-on", "responsys", SPECIFICATION, "Field enclosure", entering("Field enclosure", '"'))
# The drop-down beside the name is left on a date, as published screenshots have it (facts B.6).
mistake("date-suffix", "responsys", SPECIFICATION, "Suffix", entering("Suffix", "YYYYMMDD_HH24MISS"))
# The pencil is overlooked, which the procedure does not mention (facts G.5).
mistake("no-expiration", "responsys", _SCHEDULE, _EXPIRATION, leaving_out(_EXPIRATION))
mistake("job-inactive", "responsys", _SCHEDULE, "Activate", not_pressing("Activate"))


@scenario("job-name-invalid")
async def _job_name_invalid(builder: ScenarioBuilder) -> None:
    """Let the person choose a name with a colon, which the Create job dialog refuses."""
    builder.mistakes.answers["select-object.job_name"] = "Export: CUSTOMERS for CX Audience"


@scenario("list-empty")
async def _list_empty(builder: ScenarioBuilder) -> None:
    """Let a nightly load empty the list and then fail, before a job is made; the remedy is the backup."""
    customers = builder.sandbox.population.customers

    async def empty(sandbox: Sandbox) -> None:
        sandbox.responsys.account.lists[customers.name] = ListTable(customers.name, customers.folder, customers.columns)

    async def put_back(sandbox: Sandbox) -> None:
        sandbox.responsys.account.lists[customers.name] = customers

    # Not from the start: other planted defects of the records show before, and come back with the backup.
    builder.after_visit(CREATE_JOB, empty)
    builder.remedy(put_back)


@scenario("host-key-changed")
async def _host_key_changed(builder: ScenarioBuilder) -> None:
    """Give the server a new key, while the colleague's note is from before; asked again, the colleague asks Oracle."""
    server = builder.sandbox.responsys.file_server
    noted = server.fingerprint
    server.replace_host_key()
    builder.misread(Moment("colleague", ("File server host key",)), "Fingerprint", lambda _: noted)


@product_state("sftp-auth")
async def _sftp_auth(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Let an administrator tidy up the SSH2 keys of the account and remove the one that is used here."""
    keys = sandbox.responsys.ssh2_keys.by_tag
    used = keys.pop("administrator")
    yield
    keys["administrator"] = used


@scenario("delimiter-in-data")
async def _delimiter_in_data(builder: ScenarioBuilder) -> None:
    """Let people write `12 Elm St, Apt 4` into the street, and `Smith, Jr.` into the name."""
    customers, now = builder.sandbox.population.customers, builder.sandbox.clock.now()
    for number, record in enumerate(list(customers.rows())):
        if number % 4 == 1:
            customers.update(record["RIID_"], {"POSTAL_STREET_1_": f"{10 + number} Elm St, Apt 4"}, now)
        elif number % 16 == 2:
            customers.update(record["RIID_"], {"LAST_NAME": f"{record['LAST_NAME']}, Jr."}, now)


@scenario("job-gone")
async def _job_gone(builder: ScenarioBuilder) -> None:
    """Leave the expiration on today's date, activate the job, and go home until the next morning."""
    kept: list[Job] = []
    zone = ZoneInfo(builder.sandbox.responsys.account.time_zone)

    def today(_: object) -> str:
        return f"{builder.sandbox.clock.now().astimezone(zone):%Y-%m-%d}"

    async def go_home(sandbox: Sandbox) -> None:
        kept.extend(sandbox.responsys.jobs.by_name.values())
        tomorrow = sandbox.clock.now().astimezone(zone).date() + timedelta(days=1)
        await sandbox.clock.advance(datetime.combine(tomorrow, time(9), zone))

    async def make_again(sandbox: Sandbox) -> None:
        for job in kept:
            sandbox.responsys.jobs.by_name.setdefault(job.name, job)

    builder.input_mistake(Moment("responsys", _SCHEDULE, (_EXPIRATION,)), changing(_EXPIRATION, today))
    builder.after_visit(Moment("responsys", _SCHEDULE, ("Activate",)), go_home)
    builder.remedy(make_again)


def _mistyped(builder: ScenarioBuilder, screen: tuple[str, ...], label: str, wrong: str) -> None:
    """Plant a wrong value under one label of an export job's screen, with the remedy that corrects it afterwards.

    It shows only after the run, so doing the step again for another reason corrects nothing.
    """
    meant: dict[str, str] = {}

    def mistype(right: object) -> str:
        meant[label] = str(right)
        return wrong

    async def correct(sandbox: Sandbox) -> None:
        for job in sandbox.responsys.jobs.by_name.values():
            if screen[-1] in job.saved:
                job.entries.update(meant)

    moment = Moment("responsys", screen, (label,), until_explained=builder.code)
    builder.input_mistake(moment, changing(label, mistype))
    builder.remedy(correct)


@scenario("file-missing")
async def _file_missing(builder: ScenarioBuilder) -> None:
    """Choose the folder one line too low, so that the file goes to another one."""
    _mistyped(builder, (*MANAGE, "*", CONNECTIVITY), "Path", "upload")


@scenario("file-stale")
async def _file_stale(builder: ScenarioBuilder) -> None:
    """Leave a file of an earlier attempt under the wanted name, while the job writes another name."""
    path = builder.sandbox.responsys.file_server.path("download/CUSTOMERS.csv.gpg")
    path.write_bytes(os.urandom(20_000))
    then = (builder.sandbox.clock.now() - _OLD).timestamp()
    os.utime(path, (then, then))
    _mistyped(builder, SPECIFICATION, "File to be created", "CUSTOMERS_NEW")


@product_state("file-growing")
async def _file_growing(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Make the line between Connect and the file server so slow that no transfer ends, until Support repairs it."""
    sandbox.responsys.jobs.slow_line = True
    yield
    await sandbox.responsys.jobs.settle()


@scenario("file-empty")
async def _file_empty(builder: ScenarioBuilder) -> None:
    """Choose the next list of the drop-down: an empty test list."""
    lists = builder.sandbox.responsys.account.lists
    lists[_TEST_LIST] = ListTable(_TEST_LIST, "Lists", SYSTEM_COLUMNS, first_riid=790_000_001)
    _mistyped(builder, (*MANAGE, "*", OBJECT), "List", _TEST_LIST)


@scenario("file-not-encrypted")
async def _file_not_encrypted(builder: ScenarioBuilder) -> None:
    """Leave the drop-down as it was, on neither compression nor encryption."""

    async def delete(sandbox: Sandbox) -> None:
        for path in sandbox.responsys.file_server.path("download").glob("*.csv*"):
            path.unlink()

    builder.remedy(delete)
    _mistyped(builder, SPECIFICATION, ENCRYPTION, "Do not encrypt or compress file")


@scenario("file-wrong-recipient")
async def _file_wrong_recipient(builder: ScenarioBuilder) -> None:
    """Leave a key pair of an earlier attempt in both products, which is then chosen for the export."""
    pair = await builder.sandbox.audience.keys.generate(_OLD_KEY, "agency@acmeretail.example")
    await builder.sandbox.responsys.keys.import_key(_OLD_KEY, pair.armour.encode())
    _mistyped(builder, SPECIFICATION, KEY, _OLD_KEY)
