"""Faults of the exported file: where it lies, how old it is, whether it is whole, and who can read it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from cxr_tui.domain.responsys_data import SYSTEM_COLUMNS
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.responsys.export import CONNECTIVITY, OBJECT
from cxr_tui.sandbox.responsys.export_file import ENCRYPTION, KEY
from cxr_tui.sandbox.scenarios.builder import Change, Entries, Press, ScenarioBuilder, scenario
from cxr_tui.sandbox.scenarios.exports import SPECIFICATION
from cxr_tui.sandbox.shared.screens import Upload

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

_OLD = timedelta(days=21)
_NEAR_LIST = "TEST"


def _mistyped(builder: ScenarioBuilder, screen: Sequence[str], label: str, wrong: str) -> Change:
    """Let the hand slip under one label of an export job's screen; return the change that corrects it afterwards.

    The run has to come before anybody can notice, so doing the step again for another reason corrects nothing.
    """
    meant: dict[str, str] = {}

    def alter(entries: Entries, press: Press) -> tuple[Entries, Press]:
        meant[label] = str(entries[label])
        return entries | {label: wrong}, press

    async def correct(sandbox: Sandbox) -> None:
        for job in sandbox.responsys.jobs:
            if screen[-1] in job.saved:
                job.entries.update(meant)

    builder.input_mistake("responsys", *screen, alter=alter, needs=(label,), until_explained=builder.code)
    return correct


@scenario("file-missing")
def _file_missing(builder: ScenarioBuilder) -> None:
    """Choose the folder one line too low, so that the file lands in another one."""
    screen = ("Data", "Connect", "Manage Connect", "*", CONNECTIVITY)
    builder.remedy(_mistyped(builder, screen, "Path", "upload"))


@scenario("file-stale")
def _file_stale(builder: ScenarioBuilder) -> None:
    """Leave a file of an earlier attempt under the wanted name, while the job writes another name."""

    async def leave_old_file(sandbox: Sandbox) -> None:
        path = sandbox.responsys.file_server.path("download/CUSTOMERS.csv.gpg")
        path.write_bytes(os.urandom(20_000))
        then = (sandbox.clock.now() - _OLD).timestamp()
        os.utime(path, (then, then))

    builder.on_start(leave_old_file)
    builder.remedy(_mistyped(builder, SPECIFICATION, "File to be created", "CUSTOMERS_NEW"))


@scenario("file-growing")
def _file_growing(builder: ScenarioBuilder) -> None:
    """Make the line between Connect and the file server so slow that no transfer ends, until Support mends it."""

    async def slow_down(sandbox: Sandbox) -> None:
        sandbox.responsys.jobs.slow_line = True

    async def mend(sandbox: Sandbox) -> None:
        await sandbox.responsys.jobs.restore_line()

    builder.on_start(slow_down)
    builder.remedy(mend)


@scenario("file-empty")
def _file_empty(builder: ScenarioBuilder) -> None:
    """Choose the list beside the right one in the drop-down: an empty test list."""

    async def make_test_list(sandbox: Sandbox) -> None:
        table = ListTable(_NEAR_LIST, "Lists", SYSTEM_COLUMNS, first_riid=790_000_001)
        sandbox.responsys.account.lists[_NEAR_LIST] = table

    builder.on_start(make_test_list)
    screen = ("Data", "Connect", "Manage Connect", "*", OBJECT)
    builder.remedy(_mistyped(builder, screen, "List", _NEAR_LIST))


@scenario("file-not-encrypted")
def _file_not_encrypted(builder: ScenarioBuilder) -> None:
    """Leave the drop-down where it stood, on neither compression nor encryption."""
    correct = _mistyped(builder, SPECIFICATION, ENCRYPTION, "Do not encrypt or compress file")

    async def delete_and_correct(sandbox: Sandbox) -> None:
        for path in sandbox.responsys.file_server.path("download").glob("*.csv*"):
            path.unlink()
        await correct(sandbox)

    builder.remedy(delete_and_correct)


@scenario("file-wrong-recipient")
def _file_wrong_recipient(builder: ScenarioBuilder) -> None:
    """Leave a key pair of an earlier attempt in both products, which then gets chosen for the export."""
    name = "Earlier attempt"

    async def leave_old_key(sandbox: Sandbox) -> None:
        connect = ("Data", "Connect", "Manage Connect", "Import Profile Data", "Source Specification")
        dialog = (*connect, "Select or generate key")
        entries = {"Name": name, "Email address": "agency@acmeretail.example"}
        await sandbox.audience.pages.visit(dialog, entries, ("Generate key pair",))
        shows = await sandbox.audience.pages.visit(dialog, {"Select key pair": name}, ("Download",))
        entries_there = {"New public key name": name, "Choose file": Upload(*shows.files["Downloaded key"])}
        await sandbox.responsys.pages.visit((*connect, "Select or import key"), entries_there, ("Import",))

    builder.on_start(leave_old_key)
    builder.remedy(_mistyped(builder, SPECIFICATION, KEY, name))
