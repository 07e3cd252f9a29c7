"""Scenarios of the exported file: its place, its age, whether it is complete, and who can read it."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from cxr_tui.domain.responsys_data import SYSTEM_COLUMNS
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.responsys.export import CONNECTIVITY, OBJECT
from cxr_tui.sandbox.responsys.export_file import ENCRYPTION, KEY
from cxr_tui.sandbox.scenarios.builder import (
    Change,
    Entries,
    Moment,
    Press,
    ScenarioBuilder,
    product_state,
    scenario,
)
from cxr_tui.sandbox.scenarios.exports import CONNECT, SPECIFICATION

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

_OLD = timedelta(days=21)
_TEST_LIST, _OLD_KEY = "TEST", "Earlier attempt"


def _mistyped(builder: ScenarioBuilder, screen: Sequence[str], label: str, wrong: str) -> Change:
    """Plant a wrong value under one label of an export job's screen; return the change that corrects it afterwards.

    It shows only after the run, so doing the step again for another reason corrects nothing.
    """
    meant: dict[str, str] = {}

    def alter(entries: Entries, press: Press) -> tuple[Entries, Press]:
        meant[label] = str(entries[label])
        return entries | {label: wrong}, press

    async def correct(sandbox: Sandbox) -> None:
        for job in sandbox.responsys.jobs:
            if screen[-1] in job.saved:
                job.entries.update(meant)

    moment = Moment("responsys", tuple(screen), (label,), until_explained=builder.code)
    builder.input_mistake(moment, alter)
    return correct


@scenario("file-missing")
def _file_missing(builder: ScenarioBuilder) -> None:
    """Choose the folder one line too low, so that the file goes to another one."""
    builder.remedy(_mistyped(builder, (*CONNECT, "*", CONNECTIVITY), "Path", "upload"))


@scenario("file-stale")
def _file_stale(builder: ScenarioBuilder) -> None:
    """Leave a file of an earlier attempt under the wanted name, while the job writes another name."""
    path = builder.sandbox.responsys.file_server.path("download/CUSTOMERS.csv.gpg")
    path.write_bytes(os.urandom(20_000))
    then = (builder.sandbox.clock.now() - _OLD).timestamp()
    os.utime(path, (then, then))
    builder.remedy(_mistyped(builder, SPECIFICATION, "File to be created", "CUSTOMERS_NEW"))


@product_state("file-growing")
async def _file_growing(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Make the line between Connect and the file server so slow that no transfer ends, until Support repairs it."""
    sandbox.responsys.jobs.slow_line = True
    yield
    await sandbox.responsys.jobs.settle()


@scenario("file-empty")
def _file_empty(builder: ScenarioBuilder) -> None:
    """Choose the next list of the drop-down: an empty test list."""
    lists = builder.sandbox.responsys.account.lists
    lists[_TEST_LIST] = ListTable(_TEST_LIST, "Lists", SYSTEM_COLUMNS, first_riid=790_000_001)
    builder.remedy(_mistyped(builder, (*CONNECT, "*", OBJECT), "List", _TEST_LIST))


@scenario("file-not-encrypted")
def _file_not_encrypted(builder: ScenarioBuilder) -> None:
    """Leave the drop-down as it was, on neither compression nor encryption."""
    correct = _mistyped(builder, SPECIFICATION, ENCRYPTION, "Do not encrypt or compress file")

    async def delete_and_correct(sandbox: Sandbox) -> None:
        for path in sandbox.responsys.file_server.path("download").glob("*.csv*"):
            path.unlink()
        await correct(sandbox)

    builder.remedy(delete_and_correct)


@scenario("file-wrong-recipient")
def _file_wrong_recipient(builder: ScenarioBuilder) -> None:
    """Leave a key pair of an earlier attempt in both products, which is then chosen for the export."""

    async def leave_old_key(sandbox: Sandbox) -> None:
        pair = await sandbox.audience.keys.generate(_OLD_KEY, "agency@acmeretail.example")
        await sandbox.responsys.keys.import_key(_OLD_KEY, pair.armour.encode())

    builder.on_start(leave_old_key)
    builder.remedy(_mistyped(builder, SPECIFICATION, KEY, _OLD_KEY))
