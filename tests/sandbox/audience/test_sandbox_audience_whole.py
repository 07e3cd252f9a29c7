"""Both twins together, page by page as the procedure says: every person of Responsys arrives in CX Audience."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cxr_tui.sandbox.client import SandboxOptions
from cxr_tui.sandbox.responsys.account import Urls
from cxr_tui.sandbox.shared.screens import PageError, Pages, Upload
from cxr_tui.sandbox.world import Sandbox
from support.sandboxes.truth import audience_truth, responsys_truth

MAIL = "poc@acmeretail.example"
USER = "CXAudienceIntegrationacmeretail"
PASSWORD = "Rehearsal-2026x"
PEOPLE = 600
URLS = Urls("http://127.0.0.1:8001", "http://127.0.0.1:8002", "http://127.0.0.1:8003")
"""Nothing listens there: the twins ask each other directly."""


@asynccontextmanager
async def sandbox() -> AsyncIterator[Sandbox]:
    directory = Path(tempfile.mkdtemp(prefix="cxs-"))
    built = Sandbox(directory, SandboxOptions(people=PEOPLE, seed=3), URLS, "")
    try:
        yield built
    finally:
        await built.close()
        shutil.rmtree(directory, ignore_errors=True)


async def go(pages: Pages, path: str, press: str = "", **entries: object) -> Any:  # noqa: ANN401 - what it shows
    buttons = tuple(one.strip() for one in press.split(",") if one)
    return await pages.visit(tuple(part.strip() for part in path.split(">")), entries, buttons)


async def make_user(world: Sandbox) -> None:
    r, add = world.responsys.pages, "Account > User identity management > Add user"
    roles: dict[str, object] = {"Functional roles": ["List Web Services Manager", "Table Web Services Manager"]}
    await go(r, f"{add} > Role Assignment", "", **roles)
    await go(r, f"{add} > Organization Assignment", Organization="Root")
    form = {
        "Login name": USER,
        "Email address": MAIL,
        "User display name": USER,
        "User status": "Active",
        "User locale": "English",
    }
    await go(r, add, press="Create", **form)
    mail = world.mailbox.find(MAIL, "Welcome to Oracle Responsys")
    assert mail is not None
    change = {
        "User name": USER,
        "Temporary password": mail.secrets["Temporary password"],
        "New password": PASSWORD,
    }
    await go(r, "Change password", press="Change password", **change)
    box = {"Enable Responsys and CX Audience Integration": True}
    await go(r, "Account > CX Audience settings", press="Save", **box)


async def integrate(world: Sandbox, **other: str) -> None:
    settings = {
        "Account Name": "acmeretail",
        "Account URL": URLS.login,
        "Username for Responsys integration": USER,
        "Username email": MAIL,
        "Password": PASSWORD,
        "Profile List in CX Audience that Responsys behavioral data should be available in": "CUSTOMER_PROFILES",
        "Select a column from Responsys that will be used to match records to the CX Audience customer list": (
            "CUSTOMER_ID_"
        ),
    }
    await go(world.audience.pages, "Account > Integration settings > Responsys", press="Save", **(settings | other))


async def exchange_keys(world: Sandbox) -> None:
    a, r = world.audience.pages, world.responsys.pages
    dialog = "Data > Connect > Manage Connect > Import Profile Data > Source Specification > Select or generate key"
    await go(a, dialog, press="Generate key pair", **{"Name": "cx", "Email address": MAIL})
    shown = await go(a, dialog, press="Download, Done", **{"Select key pair": "cx"})
    dialog = "Data > Connect > Manage Connect > Import Profile Data > Source Specification > Select or import key"
    chosen = {"New public key name": "cx", "Choose file": Upload(*shown.files["Downloaded key"])}
    await go(r, dialog, press="Import", **chosen)
    world.audience.account.external_servers.append(world.responsys.file_server.server)
    form = (
        "Data > Connect > Manage Connect > Export Data > Destination Connectivity > Access or Generate key information"
    )
    await go(a, form, press="Send key", **{"Email address": MAIL})
    mail = world.mailbox.find(MAIL, "Your SSH2 public key")
    assert mail is not None
    entries = {
        "SCP user": "acmeretail_scp",
        "Tag name for key": "cxaudience",
        "Select": Upload(*mail.files["Attachment"]),
    }
    await go(r, "Account > Global settings > SSH2 Keys management", press="Add Key", **entries)


def schedule(world: Sandbox, days: int, time: str) -> dict[str, object]:
    return {
        "Schedule": "Run once",
        "Date": f"{world.clock.now() + timedelta(days=days):%Y-%m-%d}",
        "Time": time,
        "Expiration": "Never expire",
    }


async def export(world: Sandbox, days: int) -> None:
    r = world.responsys.pages
    kind = {"Type of job": "Export Data", "Job name": "Out", "Description": "profiles"}
    await go(r, "Data > Connect > Manage Connect > Create job", press="Create", **kind)
    for page, entries in (
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
                "Key": "cx",
            },
        ),
        ("Notification", {"Send notification to": MAIL, "When": "On success or failure"}),
    ):
        await go(r, f"Data > Connect > Manage Connect > Out > {page}", press="Save", **entries)
    await go(
        r,
        "Data > Connect > Manage Connect > Out > Schedule",
        press="Activate, Save & Close",
        **schedule(world, days, "02:00"),
    )


async def take_in(world: Sandbox, days: int) -> None:
    a = world.audience.pages
    kind = {"Type of job": "Import Profile Data", "Job name": "In", "Description": "profiles"}
    await go(a, "Data > Connect > Manage Connect > Create job", press="Create", **kind)
    columns = [name for name, _ in world.audience.account.lists["CUSTOMER_PROFILES"].columns if name != "RIID_"]
    pages: tuple[tuple[str, dict[str, object]], ...] = (
        (
            "Source Connectivity",
            {
                "File location": "External Server by SFTP",
                "Hostname": world.responsys.file_server.server,
                "Directory path": "download",
                "Username": "acmeretail_scp",
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
                "Key": "cx",
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
        await go(a, f"Data > Connect > Manage Connect > In > {page}", press="Save", **entries)
    await go(
        a,
        "Data > Connect > Manage Connect > In > Schedule",
        press="Activate, Save & Close",
        **schedule(world, days, "03:00"),
    )


async def test_every_person_arrives() -> None:
    async with sandbox() as world:
        profiles = world.audience.account.lists["CUSTOMER_PROFILES"]
        before = len(profiles)
        assert 0 < before < PEOPLE
        await make_user(world)
        await integrate(world)
        await exchange_keys(world)
        await export(world, days=2)
        await take_in(world, days=2)
        await world.clock.advance(world.clock.now() + timedelta(days=3))
        first = audience_truth(world.audience)["runs"][-1]
        assert first["status"] == "failed"  # the SSH2 key is still being processed, which is normal
        assert "does not accept the SSH2 key" in " ".join(first["log"])
        await world.clock.advance(world.clock.now() + timedelta(days=10))
        await take_in(world, days=2)
        await world.clock.advance(world.clock.now() + timedelta(days=3))
        run = audience_truth(world.audience)["runs"][-1]
        counts = [run[part] for part in ("status", "processed", "added", "updated", "rejected")]
        assert counts == ["succeeded", PEOPLE, PEOPLE - before, before, 0]
        for row in world.responsys.account.lists["CUSTOMERS"].rows():
            here = profiles.find("CUSTOMER_ID_", row["CUSTOMER_ID_"])
            assert len(here) == 1
            assert here[0]["LIFETIME_VALUE"] == row["LIFETIME_VALUE"]
            assert here[0]["EMAIL_SHA256_HASH_"] == row["EMAIL_SHA256_HASH_"]
        shown = await go(world.audience.pages, "Data > Manage Customer Data")
        assert shown.values["Records with behavior"] == str(PEOPLE)
        audience = {"Audience name": "Golden", "List": "CUSTOMER_PROFILES", "Filter": "LOYALTY_TIER = Gold"}
        press = "Save, Publish, Publish to Responsys"
        await go(world.audience.pages, "Audiences > Create audience", press=press, **audience)
        assert responsys_truth(world.responsys)["audiences"] == ["Golden"]
        assert world.clock.failures == []


async def test_cx_audience_logs_in_under_the_same_rules_as_anybody() -> None:
    async with sandbox() as world:
        await make_user(world)
        account = world.responsys.account
        for url, says in (
            (URLS.other_pod, "INVALID_USER_NAME_PASSWORD"),
            ("http://127.0.0.1:8004", "Account URL: http://127.0.0.1:8004 could not be reached"),
            ("https://login5.responsys.net", "Account URL: https://login5.responsys.net could not be reached"),
        ):
            with pytest.raises(PageError, match=says):
                await integrate(world, **{"Account URL": url})
        with pytest.raises(PageError, match="INVALID_USER_NAME_PASSWORD"):
            await integrate(world, Password="wrong")
        assert account.users[USER].refused == 1
        account.ip_restricted = True
        with pytest.raises(PageError, match="LOGIN_BLOCKED_INVALID_IPRANGE"):
            await integrate(world)
        account.ip_restricted = False
        await integrate(world)
        assert account.users[USER].refused == 0
