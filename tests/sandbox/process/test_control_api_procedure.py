"""The whole documented procedure, made by visits to a real sandbox process: people end up in CX Audience."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from cxr_tui.domain.instruction import FileRef, SecretRef, Shown, Site, Typed, Visit
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.client import RunningSandbox, SandboxOptions, launch_sandbox

R, A, S, C, M = Site.RESPONSYS, Site.AUDIENCE, Site.SUPPORT, Site.CALENDAR, Site.MAILBOX
CONNECT = ("Data", "Connect", "Manage Connect")
EXPORT, IMPORT = "Nightly export", "Nightly import"
USER, PASSWORD = "CXAudienceIntegrationAcme", "Autumn-Leaves-47x"
EMAIL = "jordan.rivera@acmeretail.example"
COLUMNS = ("CUSTOMER_ID_", "EMAIL_ADDRESS_", "CITY_", "FIRST_NAME", "LAST_NAME", "LOYALTY_TIER", "LIFETIME_VALUE")


class Hand:
    """Somebody at the browser, with the integration user's password at hand."""

    store = "this test's memory"

    def __init__(self, running: RunningSandbox) -> None:
        self.running = running
        self.operator = running.operator()

    async def get(self, _: str) -> Secret:
        return Secret(PASSWORD)

    async def put(self, item: str, secret: Secret) -> None:
        raise AssertionError("nothing is stored here")

    async def has(self, _: str) -> bool:
        return True

    async def drop(self, item: str) -> None:
        raise AssertionError("nothing is stored here")

    async def __call__(
        self, site: Site, path: Sequence[str], entries: Mapping[str, Typed] | None = None, *press: str
    ) -> Shown:
        return await self.operator.perform(Visit(site, tuple(path), entries or {}, press), {}, self)

    async def now(self) -> datetime:
        return datetime.fromisoformat(str((await self(C, ("Wait until",))).values["Now"]))

    async def truth(self) -> dict[str, Any]:
        info = self.running.info
        async with httpx.AsyncClient(headers={"X-Control-Token": info.control_token}) as client:
            truth: dict[str, Any] = (await client.get(f"{info.control_api}/state")).json()
        return truth


async def make_user(hand: Hand) -> None:
    form = ("Account", "User identity management", "Add user")
    entries: dict[str, Typed] = {"Login name": USER, "Email address": EMAIL, "User display name": USER}
    await hand(R, form, entries | {"User status": "Active", "User locale": "English"})
    roles = ["List Web Services Manager", "Table Web Services Manager"]
    await hand(R, (*form, "Role Assignment"), {"Functional roles": roles})
    await hand(R, (*form, "Organization Assignment"), {"Organization": "Root"})
    await hand(R, form, {}, "Create")
    mail = await hand(M, ("Inbox", "Welcome to Oracle Responsys"), {"To": EMAIL})
    temporary = mail.secrets["Temporary password"].reveal()
    assert mail.values == {}
    change: dict[str, Typed] = {"User name": USER, "Temporary password": temporary, "New password": SecretRef("any")}
    await hand(R, ("Change password",), change, "Change password")


async def join_the_products(hand: Hand) -> None:
    box = "Enable Responsys and CX Audience Integration"
    await hand(R, ("Account", "CX Audience settings"), {box: True}, "Save")
    settings: dict[str, Typed] = {
        "Account Name": "acmeretail",
        "Account URL": hand.running.info.responsys_login,
        "Username for Responsys integration": USER,
        "Username email": EMAIL,
        "Password": SecretRef("any"),
        "Profile List in CX Audience that Responsys behavioral data should be available in": "CUSTOMER_PROFILES",
        "Select a column from Responsys that will be used to match records to the CX Audience customer list": (
            "CUSTOMER_ID_"
        ),
        "Insert new profile list records from Responsys": False,
    }
    shown = await hand(A, ("Account", "Integration settings", "Responsys"), settings, "Save")
    assert PASSWORD not in str(shown)


async def exchange_keys(hand: Hand) -> None:
    step = (*CONNECT, "Import Profile Data", "Source Specification")
    pair = {"Name": "Acme import", "Email address": EMAIL}
    await hand(A, (*step, "Select or generate key"), pair, "Generate key pair")
    chosen = await hand(A, (*step, "Select or generate key"), {"Select key pair": "Acme import"}, "Download")
    key = FileRef(str(chosen.files["Downloaded key"]))
    entries: dict[str, Typed] = {"New public key name": "cxaudience", "Choose file": key}
    shown = await hand(R, (*step, "Select or import key"), entries, "Import")
    assert shown.values["Public keys"] == ["cxaudience"]


def daily(first: datetime, hour: int) -> dict[str, Typed]:
    return {
        "Schedule": "Recurring",
        "Recurring": "Daily",
        "Date": f"{first:%Y-%m-%d}",
        "Time": f"{hour:02d}:15",
        "Every _ days": "1",
        "End date": "No end date",
        "Expiration": "Never expire",
    }


async def tomorrow(hand: Hand) -> datetime:
    return (await hand.now()).astimezone(ZoneInfo("America/New_York")) + timedelta(days=1)


async def export_the_list(hand: Hand) -> tuple[str, str]:
    created = {"Type of job": "Export Data", "Job name": EXPORT, "Description": "For CX Audience"}
    await hand(R, (*CONNECT, "Create job"), created, "Create")
    job = (*CONNECT, EXPORT)
    await hand(R, (*job, "Select object"), {"Object": "List", "List": "CUSTOMERS"}, "Save")
    where = {"File location": "Responsys file server", "Path": "download"}
    server = (await hand(R, (*job, "Destination Connectivity"), where, "Save")).values
    specification: dict[str, Typed] = {
        "File to be created": "CUSTOMERS",
        "Extension": ".csv",
        "Field delimiter": "Comma",
        "Field enclosure": "None",
        "Insert column header as first line": True,
        "Encryption/compression": "Compress and encrypt file with PGP/GPG key",
        "Key": "cxaudience",
    }
    await hand(R, (*job, "Destination Specification"), specification, "Save")
    mail = {"Send notification to": EMAIL, "When": "On success or failure"}
    await hand(R, (*job, "Notification"), mail, "Save")
    schedule = daily(await tomorrow(hand), 2)
    shown = await hand(R, (*job, "Schedule"), schedule, "Activate", "Save & Close")
    assert shown.values["Status"] == "Active"
    await hand(C, ("Until the job has run",), {"Product": "Responsys", "Job name": EXPORT})
    completed = (await hand(R, (*CONNECT, "Completed Jobs"))).values
    assert str(completed[EXPORT]).startswith(f"succeeded, {hand.running.info.people} records")
    return str(server["Server"]), str(server["User name"])


async def open_the_way(hand: Hand, server: str, user: str) -> None:
    request: dict[str, Typed] = {
        "Service type": "CX Audience",
        "Problem type": "Connect",
        "Problem summary": "Add Responsys SFTP Server as External SFTP Server",
        "Problem description": f"Server: {server}\nUser name: {user}",
    }
    opened = await hand(S, ("Create service request",), request, "Submit")
    await hand(C, ("Until Oracle Support answers",), {"SR number": str(opened.values["SR number"])})
    export = (*CONNECT, "Export Data", "Destination Connectivity")
    offered = await hand(A, export, {"File location": "External Server by SFTP"})
    assert offered.values["Hostname"] == [server]
    await hand(A, (*export, "Access or Generate key information"), {"Email address": EMAIL}, "Send key")
    mail = await hand(M, ("Inbox", "Your SSH2 public key"), {"To": EMAIL})
    upload: dict[str, Typed] = {
        "SCP user": user,
        "Tag name for key": "CXAudience",
        "Select": FileRef(str(mail.files["Attachment"])),
    }
    page = ("Account", "Global settings", "SSH2 Keys management")
    await hand(R, page, upload, "Add Key")
    assert (await hand(R, page)).values["CXAudience"] == "Processing"
    await hand(C, ("Until Oracle has added the key",), {"Tag name for key": "CXAudience"})
    assert (await hand(R, page)).values["CXAudience"] == "Completed"


async def import_the_file(hand: Hand, server: str, user: str) -> None:
    created = {"Type of job": "Import Profile Data", "Job name": IMPORT, "Description": "From Responsys"}
    await hand(A, (*CONNECT, "Create job"), created, "Create")
    job = (*CONNECT, IMPORT)
    source: dict[str, Typed] = {
        "File location": "External Server by SFTP",
        "Hostname": server,
        "Directory path": "download",
        "Username": user,
        "Authentication": "Key",
    }
    await hand(A, (*job, "Source Connectivity"), source, "Test connection", "Save")
    specification: dict[str, Typed] = {
        "File name": "CUSTOMERS.csv.gpg",
        "Field delimiter": "Comma",
        "Field enclosure": "None",
        "First line contains column names": True,
        "File is encrypted with PGP/GPG key": True,
        "Key": "Acme import",
    }
    await hand(A, (*job, "Source Specification"), specification, "Save")
    target: dict[str, Typed] = {
        "Target Tables": "CUSTOMER_PROFILES",
        "Match column": "CUSTOMER_ID_",
        "Column mapping": {column: column for column in COLUMNS},
    }
    await hand(A, (*job, "Target Definition"), target, "Save")
    mail = {"Send notification to": EMAIL, "When": "On success or failure"}
    await hand(A, (*job, "Notification"), mail, "Save")
    await hand(A, (*job, "Schedule"), daily(await tomorrow(hand), 4), "Activate", "Save & Close")
    await hand(C, ("Until the job has run",), {"Product": "CX Audience", "Job name": IMPORT})


async def test_the_documented_procedure_brings_everybody_over() -> None:
    people = 400
    async with launch_sandbox(SandboxOptions(people=people, seed=3)) as running:
        hand = Hand(running)
        await make_user(hand)
        await join_the_products(hand)
        await exchange_keys(hand)
        server, user = await export_the_list(hand)
        await open_the_way(hand, server, user)
        await import_the_file(hand, server, user)
        outcome = (await hand(A, (*CONNECT, "Completed Jobs"))).values
        truth = await hand.truth()
    assert (outcome[f"{IMPORT}: Status"], outcome[f"{IMPORT}: Records rejected"]) == ("succeeded", "0"), outcome
    assert outcome[f"{IMPORT}: Records processed"] == str(people)
    added, updated = int(str(outcome[f"{IMPORT}: Records added"])), int(str(outcome[f"{IMPORT}: Records updated"]))
    assert added + updated == people
    assert added > 100
    assert truth["audience"]["members"] == {"CUSTOMER_PROFILES": people}
    assert truth["failed_events"] == []
