"""A rehearsal export and the import after it, on both twins in this process, with faults planted as scenarios do."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from cxr_tui.domain.errors import NothingStoredError
from cxr_tui.domain.instruction import Site
from cxr_tui.domain.responsys_data import Column
from cxr_tui.domain.secret import Secret
from cxr_tui.preflight.import_options import FileForm, ImportOptions, Target, charset_of, delimiter_of, enclosure_of
from cxr_tui.preflight.rehearsal_key.key_pair import RehearsalPair, make_pair, secret_key
from cxr_tui.preflight.result import PreflightResult
from cxr_tui.preflight.runner import preflight
from cxr_tui.sandbox.client import SandboxOptions
from cxr_tui.sandbox.control_call import VisitCall
from cxr_tui.sandbox.responsys.account import Urls
from cxr_tui.sandbox.scenarios import plant
from cxr_tui.sandbox.scenarios.builder import PendingMistakes
from cxr_tui.sandbox.shared.screens import Upload
from cxr_tui.sandbox.world import Sandbox
from support.sandboxes.truth import audience_truth

MAIL = "poc@acmeretail.example"
OURS, THEIRS = "cxr-tui rehearsal", "cx"
_SPECIFICATION = ("Data", "Connect", "Manage Connect", "Out", "Destination Specification")


@dataclass
class MemoryCredentials:
    """A keyring in memory."""

    kept: dict[str, Secret] = field(default_factory=dict)
    store: str = "memory"

    async def put(self, item: str, secret: Secret) -> None:
        self.kept[item] = secret

    async def get(self, item: str) -> Secret:
        if item not in self.kept:
            raise NothingStoredError(item)
        return self.kept[item]

    async def has(self, item: str) -> bool:
        return item in self.kept

    async def drop(self, item: str) -> None:
        self.kept.pop(item, None)


@dataclass
class Rehearsal:
    """Both twins, an export job written to a pair of our own, and the hand that may slip."""

    world: Sandbox
    mistakes: PendingMistakes
    folder: Path
    credentials: MemoryCredentials
    pair: RehearsalPair
    import_key_ids: tuple[str, ...]

    async def visit(self, site: str, path: tuple[str, ...], press: str = "", /, **entries: object) -> Any:  # noqa: ANN401 - whatever the page shows
        """Visit a page as the operator does, slips included."""
        buttons = tuple(one.strip() for one in press.split(",") if one)
        call = VisitCall(Site(site), path, dict(entries), press=buttons)
        self.mistakes.apply(call)
        shows = await self.world.sites[Site(site)].visit(path, call.entries, call.press)
        return await self.mistakes.follow(call, shows)

    async def export(self, key: str = "") -> Path:
        """Let the export job run once with this key, or with the chosen one; return the file that it wrote."""
        visit = (
            self.visit("responsys", _SPECIFICATION, "Save", Key=key) if key else self.visit("responsys", _SPECIFICATION)
        )
        values = (await visit).values
        when = self.world.clock.now() + timedelta(days=1)
        await self.visit(
            "responsys",
            ("Data", "Connect", "Manage Connect", "Out", "Schedule"),
            "Activate, Save & Close",
            **once(when),
        )
        await self.world.clock.advance(when + timedelta(days=1))
        name = f"{values['File to be created']}.csv.gpg"
        return self.world.responsys.file_server.path(f"download/{name}")

    async def foresee(self, file: Path, options: ImportOptions | None = None) -> PreflightResult:
        """Preflight a file with options, or as the import job's screens tell it to be read."""
        key = await secret_key(self.pair, self.credentials)
        return await preflight(str(file), options or await self._plan(), None, lambda _: None, key, self.import_key_ids)

    async def take_in(self, file: Path) -> Mapping[str, Any]:
        """Put a file on the file server, let the import job run, and return what came of it."""
        target = self.world.responsys.file_server.path(f"upload/{file.name}")
        await asyncio.to_thread(shutil.copy, file, target)
        when = self.world.clock.now() + timedelta(days=1)
        await self.visit(
            "audience", ("Data", "Connect", "Manage Connect", "In", "Schedule"), "Activate, Save & Close", **once(when)
        )
        await self.world.clock.advance(when + timedelta(days=1))
        run: Mapping[str, Any] = audience_truth(self.world.audience)["runs"][-1]
        return run

    async def _plan(self) -> ImportOptions:
        shown = await self.world.audience.pages.visit(
            ("Data", "Connect", "Manage Connect", "In", "Source Specification"), {}, ()
        )
        target = await self.world.audience.pages.visit(
            ("Data", "Connect", "Manage Connect", "In", "Target Definition"), {}, ()
        )
        source, goes = shown.values, target.values
        table = self.world.audience.account.lists[goes["Target Tables"]]
        return ImportOptions(
            FileForm(
                delimiter_of(source["Field delimiter"]),
                enclosure_of(source["Field enclosure"]),
                charset_of(source["Character set"]),
                source["First line contains column names"],
            ),
            Target(
                goes["Match column"],
                goes["Column mapping"],
                tuple(Column(name, kind) for name, kind in table.columns),
                table.name,
                len(self.world.responsys.account.lists["CUSTOMERS"]),
            ),
        )


def once(when: Any) -> dict[str, object]:  # noqa: ANN401 - a moment
    """Return a schedule that runs once."""
    return {"Schedule": "Run once", "Date": f"{when:%Y-%m-%d}", "Time": "02:00", "Expiration": "Never expire"}


@asynccontextmanager
async def rehearsal(*scenarios: str, people: int = 28) -> AsyncIterator[Rehearsal]:
    """Build the twins, plant the faults, make both key pairs and both jobs."""
    folder = Path(tempfile.mkdtemp(prefix="cxp-"))
    urls = Urls("http://127.0.0.1:1", "http://127.0.0.1:1")
    world = Sandbox(folder, SandboxOptions(people=people, seed=3), urls, "")
    try:
        mistakes = PendingMistakes()
        await plant(world, scenarios, mistakes)
        credentials, pair = await shared_pair()
        stage = Rehearsal(world, mistakes, folder, credentials, pair, ())
        await _keys(stage)
        await _export_job(stage)
        await _import_job(stage)
        yield stage
    finally:
        await world.close()
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


_SHARED: list[tuple[MemoryCredentials, RehearsalPair]] = []


async def shared_pair() -> tuple[MemoryCredentials, RehearsalPair]:
    """Make one pair for all tests of this process: a key of that size takes a while."""
    if not _SHARED:
        folder = Path(tempfile.mkdtemp(prefix="cxp-pair-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        credentials = MemoryCredentials()
        _SHARED.append((credentials, await make_pair(folder, MAIL, credentials)))
    return _SHARED[0]


async def _keys(stage: Rehearsal) -> None:
    source = ("Data", "Connect", "Manage Connect", "Import Profile Data", "Source Specification")
    dialog = (*source, "Select or generate key")
    await stage.visit("audience", dialog, "Generate key pair", **{"Name": THEIRS, "Email address": MAIL})
    shown = await stage.visit("audience", dialog, "Download, Done", **{"Select key pair": THEIRS})
    public = {
        THEIRS: Upload(*shown.files["Downloaded key"]),
        OURS: Upload("rehearsal.asc", stage.pair.public_key.read_bytes()),
    }
    for name, upload in public.items():
        entries: dict[str, object] = {"New public key name": name, "Choose file": upload}
        await stage.visit("responsys", (*source, "Select or import key"), "Import", **entries)
    stage.import_key_ids = stage.world.audience.keys.pairs[THEIRS].encryption_key_ids


async def _export_job(stage: Rehearsal) -> None:
    kind = {"Type of job": "Export Data", "Job name": "Out", "Description": "profiles"}
    await stage.visit("responsys", ("Data", "Connect", "Manage Connect", "Create job"), "Create", **kind)
    pages: tuple[tuple[str, dict[str, object]], ...] = (
        ("Select object", {"Object": "List", "List": "CUSTOMERS"}),
        ("Destination Connectivity", {"File location": "Responsys file server", "Path": "download"}),
        (
            "Destination Specification",
            {
                "File to be created": "CUSTOMERS",
                "Prefix": "No prefix",
                "Suffix": "No suffix",
                "Extension": ".csv",
                "Field enclosure": "None",
                "Insert column header as first line": True,
                "Encryption/compression": "Compress and encrypt file with PGP/GPG key",
                "Key": OURS,
            },
        ),
        ("Notification", {"Send notification to": MAIL, "When": "On success or failure"}),
    )
    for page, entries in pages:
        await stage.visit("responsys", ("Data", "Connect", "Manage Connect", "Out", page), "Save", **entries)


async def _import_job(stage: Rehearsal) -> None:
    responsys, audience = stage.world.responsys, stage.world.audience
    server = responsys.file_server
    audience.account.external_servers.append(server.server)
    responsys.ssh2_keys.add_completed("cx-audience", audience.ssh_key)
    kind = {"Type of job": "Import Profile Data", "Job name": "In", "Description": "profiles"}
    await stage.visit("audience", ("Data", "Connect", "Manage Connect", "Create job"), "Create", **kind)
    columns = [name for name, _ in stage.world.audience.account.lists["CUSTOMER_PROFILES"].columns if name != "RIID_"]
    pages: tuple[tuple[str, dict[str, object]], ...] = (
        (
            "Source Connectivity",
            {
                "File location": "External Server by SFTP",
                "Hostname": server.server,
                "Directory path": "upload",
                "Username": server.user,
                "Authentication": "Key",
            },
        ),
        (
            "Source Specification",
            {
                "File name": "CUSTOMERS.csv.gpg",
                "Field enclosure": "None",
                "First line contains column names": True,
                "File is encrypted with PGP/GPG key": True,
                "Key": THEIRS,
            },
        ),
        (
            "Target Definition",
            {
                "Target Tables": "CUSTOMER_PROFILES",
                "Match column": "CUSTOMER_ID_",
                "Column mapping": {name: name for name in columns},
            },
        ),
        ("Notification", {"Send notification to": MAIL, "When": "On success or failure"}),
    )
    for page, entries in pages:
        await stage.visit("audience", ("Data", "Connect", "Manage Connect", "In", page), "Save", **entries)
