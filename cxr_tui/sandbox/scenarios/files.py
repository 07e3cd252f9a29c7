"""Faults of the exported file and of the way to the file server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxr_tui.sandbox.pages import Upload
from cxr_tui.sandbox.scenarios.hand import entering
from cxr_tui.sandbox.scenarios.plant import Planting, scenario

if TYPE_CHECKING:
    from cxr_tui.sandbox.assembly import Sandbox

_SPECIFICATION = ("Data", "Connect", "*", "Destination Specification")


@scenario("file-wrong-recipient")
def _file_wrong_recipient(planting: Planting) -> None:
    """Leave a key pair of an earlier attempt in both products, which then gets chosen for the export."""

    async def leave_old_key(sandbox: Sandbox) -> None:
        name, connect = "Earlier attempt", ("Data", "Connect", "Import Profile Data", "Source Specification")
        dialog = (*connect, "Select or generate key")
        entries = {"Name": name, "Email address": "agency@acmeretail.example"}
        await sandbox.audience.pages.visit(dialog, entries, ("Generate key pair",))
        shows = await sandbox.audience.pages.visit(dialog, {"Select key pair": name}, ("Download",))
        entries_there = {"New public key name": name, "Choose file": Upload(*shows.files["Downloaded key"])}
        await sandbox.responsys.pages.visit((*connect, "Select or import key"), entries_there, ("Import",))

    planting.world(leave_old_key)
    planting.slip("responsys", *_SPECIFICATION, alter=entering("Key", "Earlier attempt"), needs=("Key",))
