"""The control API over real sockets: visits, mistakes, time, support, the throwaway keyring, the operator."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from keyring.errors import KeyringError, PasswordDeleteError

from cxr_tui.domain.errors import NothingStoredError, UnreachableError
from cxr_tui.domain.instruction import Carried, FileRef, SecretRef, Site, Typed, Visit, VisitRefusedError
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.audience.account import Account as AudienceAccount
from cxr_tui.sandbox.browser_automation import SandboxOperator
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.control_api import ControlApi
from cxr_tui.sandbox.faults.registry import FaultController
from cxr_tui.sandbox.http_servers import bind, serving
from cxr_tui.sandbox.keyring_backend import SandboxKeyring
from cxr_tui.sandbox.responsys.account import Account as ResponsysAccount
from cxr_tui.sandbox.scenarios.builder import (
    Moment,
    PendingMistakes,
    Planned,
    entering,
    not_pressing,
    with_line,
    without_line,
)
from cxr_tui.sandbox.services.support_portal import SupportPortal
from cxr_tui.sandbox.services.time_travel import calendar
from cxr_tui.sandbox.shared.screens import NO_FILE, Form, PageError, Pages, PageShows, PageVisit
from support.sandboxes.control_api_setting import Safe

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
TOKEN = "desk-token-of-this-test"
FORM = {
    "Service type": "CX Audience",
    "Problem type": "Controlled feature",
    "Problem summary": "Please enable Audience Designer",
    "Problem description": "For account acmeretail",
}


@dataclass
class TinyTwin:
    """Just enough of the products to stand behind a desk."""

    roles: list[str] = field(default_factory=list)
    saved: bool = False
    file: bytes = b""
    secret: str = ""
    responsys: ResponsysAccount = field(default_factory=ResponsysAccount)
    audience: AudienceAccount = field(default_factory=lambda: AudienceAccount("America/New_York", {}))
    keys: dict[str, datetime] = field(default_factory=dict)
    runs: dict[str, datetime] = field(default_factory=dict)

    def ssh2_key_ready_at(self, tag: str) -> datetime | None:
        return self.keys.get(tag)

    def next_run(self, job_name: str) -> datetime | None:
        return self.runs.get(job_name)

    @property
    def designer(self) -> bool:
        return self.responsys.audience_designer

    @property
    def servers(self) -> list[str]:
        return self.audience.external_servers

    def pages(self) -> Pages:
        pages = Pages("Responsys")

        async def roles(visit: PageVisit) -> PageShows:
            if "Functional roles" in visit.entries:
                self.roles = visit.entries["Functional roles"]
            if "Password" in visit.entries:
                self.secret = visit.entries["Password"].reveal()
            self.file = visit.values["Key file"].data
            self.saved = self.saved or "Save" in visit.press
            if "Refuse me" in self.roles:
                raise PageError("no such role [bold]here[/]")
            return PageShows({"Functional roles": self.roles}, {"Temporary password": "t0p"})

        async def download(_: PageVisit) -> PageShows:
            return PageShows(files={"Key": ("../../key.asc", b"the key"), "Other": ("key.asc", b"another key")})

        form = Form({"Functional roles": [], "Password": None, "Key file": NO_FILE})
        pages.add(("Roles",), roles, form, ("Save",))
        pages.add(("Download",), download)
        return pages


@dataclass
class Stand:
    """A control API that is being served."""

    url: str
    clock: Clock
    twin: TinyTwin
    mistakes: PendingMistakes
    portal: SupportPortal
    operator: SandboxOperator


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    clock, twin, mistakes = Clock(START), TinyTwin(), PendingMistakes()
    portal = SupportPortal(clock, twin.responsys, twin.audience)
    next_run = {"Responsys": twin.next_run, "CX Audience": twin.next_run}
    waiting = calendar(clock, portal.answer_due, twin.ssh2_key_ready_at, next_run)
    sites = {Site.RESPONSYS: twin.pages(), Site.SUPPORT: portal.pages, Site.CALENDAR: waiting}
    api = ControlApi(sites=sites, mistakes=mistakes, token=TOKEN, keyring={}, faults=FaultController())
    with contextlib.closing(bind()) as bound:
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        async with serving({"desk": api}, {"desk": bound}):
            operator = SandboxOperator(url, TOKEN, tmp_path / "downloads")
            yield Stand(url, clock, twin, mistakes, portal, operator)


def roles_visit(*roles: str) -> Visit:
    return Visit(Site.RESPONSYS, ("Roles",), {"Functional roles": list(roles)}, ("Save",))


async def test_a_visit_enters_presses_and_brings_back(stand: Stand) -> None:
    shown = await stand.operator.perform(roles_visit("A", "B"), {}, Safe())
    assert shown.values == {"Functional roles": ["A", "B"]}
    assert shown.secrets == {"Temporary password": Secret("t0p")}
    assert "t0p" not in repr(shown)
    assert stand.twin.saved
    assert await stand.operator.look(Site.RESPONSYS, ("Roles",)) == {"Functional roles": ["A", "B"]}


async def test_a_visit_types_secrets_files_and_what_was_seen_before(stand: Stand, tmp_path: Path) -> None:
    key = tmp_path / "key.pub"
    key.write_bytes(b"\x00\xffkey")
    entries: dict[str, Typed] = {
        "Password": SecretRef("responsys-password"),
        "Key file": FileRef(str(key)),
        "Functional roles": Carried("Seen roles"),
    }
    visit = Visit(Site.RESPONSYS, ("Roles",), entries)
    await stand.operator.perform(visit, {"Seen roles": ["X"]}, Safe(responsys_password="Spring-Rain-9"))
    assert (stand.twin.secret, stand.twin.file, stand.twin.roles) == ("Spring-Rain-9", b"\x00\xffkey", ["X"])
    carried = Visit(Site.RESPONSYS, ("Roles",), {"Password": Carried("Temporary password")})
    await stand.operator.perform(carried, {"Temporary password": Secret("t0p")}, Safe())
    assert stand.twin.secret == "t0p"


async def test_a_file_that_was_downloaded_can_be_uploaded_on_the_next_screen(stand: Stand) -> None:
    await stand.operator.perform(Visit(Site.RESPONSYS, ("Download",)), {}, Safe())
    await stand.operator.perform(Visit(Site.RESPONSYS, ("Roles",), {"Key file": Carried("Other")}), {}, Safe())
    assert stand.twin.file == b"another key"


async def test_what_cannot_be_typed_is_said_before_the_visit(stand: Stand, tmp_path: Path) -> None:
    def visit(value: SecretRef | FileRef | Carried) -> Visit:
        return Visit(Site.RESPONSYS, ("Roles",), {"Password": value}, ("Save",))

    with pytest.raises(NothingStoredError):
        await stand.operator.perform(visit(SecretRef("absent")), {}, Safe())
    with pytest.raises(VisitRefusedError, match="No such file"):
        await stand.operator.perform(visit(FileRef(str(tmp_path / "absent"))), {}, Safe())
    with pytest.raises(VisitRefusedError, match="nothing was shown under SR number"):
        await stand.operator.perform(visit(Carried("SR number")), {}, Safe())
    assert not stand.twin.saved


async def test_a_refusal_carries_what_the_screen_said(stand: Stand) -> None:
    visit = roles_visit("Refuse me")
    with pytest.raises(VisitRefusedError) as refused:
        await stand.operator.perform(visit, {}, Safe())
    assert (refused.value.message, refused.value.visit) == ("no such role [bold]here[/]", visit)
    with pytest.raises(VisitRefusedError, match="no page Rolls"):
        await stand.operator.look(Site.RESPONSYS, ("Rolls",))


async def test_downloads_are_private_stay_in_their_folder_and_never_overwrite(stand: Stand, tmp_path: Path) -> None:
    visit = Visit(Site.RESPONSYS, ("Download",))
    first = (await stand.operator.perform(visit, {}, Safe())).files
    again = (await stand.operator.perform(visit, {}, Safe())).files
    assert first == again
    assert first["Key"] == tmp_path / "downloads" / "key.asc"
    assert first["Other"] == tmp_path / "downloads" / "key (2).asc"
    assert [path.read_bytes() for path in first.values()] == [b"the key", b"another key"]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in first.values())


async def test_every_call_needs_the_token(stand: Stand) -> None:
    async with httpx.AsyncClient(base_url=stand.url) as client:
        for path in ("/keyring?service=a&user=b", "/elsewhere"):
            assert (await client.get(path)).status_code == 401
            assert (await client.get(path, headers={"X-Control-Token": "guess"})).status_code == 401
        answer = await client.post("/visit", json={"site": "responsys", "path": ["Roles"], "press": ["Save"]})
        assert answer.status_code == 401
    assert not stand.twin.saved


@pytest.mark.parametrize(
    "call",
    [
        [],
        {"site": "moon", "path": ["Roles"]},
        {"site": "responsys", "path": "Roles"},
        {"site": "responsys", "path": ["Roles"], "press": [1]},
        {"site": "responsys", "path": ["Roles"], "entries": []},
        {"site": "responsys", "path": ["Roles"], "files": {"Key file": {"name": "x"}}},
    ],
)
async def test_calls_of_another_form_are_refused_as_such(stand: Stand, call: object) -> None:
    async with httpx.AsyncClient(base_url=stand.url, headers={"X-Control-Token": TOKEN}) as client:
        assert (await client.post("/visit", json=call)).status_code == 400


async def test_the_throwaway_keyring_keeps_reads_and_forgets(stand: Stand) -> None:
    ring = SandboxKeyring(stand.url, TOKEN)

    def round_trip() -> None:
        service, password = "cxr-tui/Acme & Co/ä", "pässword/ \n%+&"
        assert ring.get_password(service, "a/b") is None
        ring.set_password(service, "a/b", password)
        assert ring.get_password(service, "a/b") == password
        assert ring.get_password(service, "a") is None
        ring.delete_password(service, "a/b")
        assert ring.get_password(service, "a/b") is None
        with pytest.raises(PasswordDeleteError):
            ring.delete_password(service, "a/b")
        with pytest.raises(KeyringError):
            SandboxKeyring(stand.url, "wrong").get_password(service, "a")

    await asyncio.to_thread(round_trip)
    assert ring.name == "sandbox memory, gone with it"
    assert TOKEN not in repr(ring)


async def test_a_desk_that_is_gone_is_unreachable_for_operator_and_keyring() -> None:
    with contextlib.closing(bind()) as bound:
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    with pytest.raises(UnreachableError):
        await SandboxOperator(url, TOKEN, Path("unused")).look(Site.RESPONSYS, ("Roles",))
    with pytest.raises(KeyringError, match="cannot be reached"):
        await asyncio.to_thread(SandboxKeyring(url, TOKEN).get_password, "a", "b")


async def test_input_mistakes_happen_once_each_and_add_up(stand: Stand) -> None:
    for mistake in (without_line("Functional roles", "A"), with_line("Functional roles", "Z"), not_pressing("Save")):
        moment = Moment("responsys", ("*",), ("Functional roles",))
        stand.mistakes.planned.append(Planned(moment=moment, alter=mistake))
    other = Moment("responsys", ("Download",))
    stand.mistakes.planned.append(Planned(moment=other, alter=entering("Functional roles", ["never"])))
    await stand.operator.look(Site.RESPONSYS, ("Roles",))
    await stand.operator.perform(roles_visit("A", "B"), {}, Safe())
    assert (stand.twin.roles, stand.twin.saved) == (["B", "Z"], False)
    await stand.operator.perform(roles_visit("A", "B"), {}, Safe())
    assert (stand.twin.roles, stand.twin.saved) == (["A", "B"], True)


async def request(stand: Stand, summary: str, description: str) -> str:
    form = FORM | {"Problem summary": summary, "Problem description": description}
    shown = await stand.operator.perform(
        Visit(Site.SUPPORT, ("Create service request",), form, ("Submit",)), {}, Safe()
    )
    return str(shown.values["SR number"])


async def wait_for(stand: Stand, number: str) -> Mapping[str, object]:
    visit = Visit(Site.CALENDAR, ("Until Oracle Support answers",), {"SR number": number})
    return (await stand.operator.perform(visit, {}, Safe())).values


async def test_support_enables_audience_designer_after_two_days(stand: Stand) -> None:
    number = await request(stand, "Please enable Audience Designer", "Account acmeretail")
    await stand.clock.advance(START + timedelta(days=1, hours=23))
    before = stand.twin.designer
    await wait_for(stand, number)
    assert (before, stand.twin.designer) == (False, True)
    assert timedelta(days=2) <= stand.clock.now() - START < timedelta(days=2, minutes=5)


async def test_support_adds_the_server_that_the_description_names(stand: Stand) -> None:
    description = "Please add this server.\nServer: 127.0.0.1:2222\nUser name: acmeretail_scp"
    number = await request(stand, "Add Responsys SFTP Server as External SFTP Server", description)
    await wait_for(stand, number)
    assert stand.twin.servers == ["127.0.0.1:2222"]


@pytest.mark.parametrize(
    ("summary", "description", "asks"),
    [
        ("Add an External SFTP Server", "as External SFTP Server:\nUser name: x", "Server: "),
        ("Add an External SFTP Server", "Server: 127.0.0.1:2222", "User name: "),
        ("Help", "It does not work", "name the feature"),
    ],
)
async def test_support_asks_for_what_is_missing(stand: Stand, summary: str, description: str, asks: str) -> None:
    with pytest.raises(VisitRefusedError, match=asks):
        await request(stand, summary, description)
    assert (stand.twin.servers, stand.twin.designer) == ([], False)


async def test_the_form_wants_every_field_and_an_overlooked_request_is_closed_undone(stand: Stand) -> None:
    with pytest.raises(VisitRefusedError, match="Problem description: this field is required"):
        await request(stand, "Please enable Audience Designer", " ")
    stand.portal.overlooks_designer = True
    await wait_for(stand, await request(stand, "Audience Designer", "acmeretail"))
    assert not stand.twin.designer


async def test_the_calendar_waits_for_keys_runs_and_moments(stand: Stand) -> None:
    async def wait(*path: str, **entries: str) -> datetime:
        labels = {label.replace("_", " "): text for label, text in entries.items()}
        shown = await stand.operator.perform(Visit(Site.CALENDAR, path, labels), {}, Safe())
        return datetime.fromisoformat(str(shown.values["Now"]))

    stand.twin.keys["CXAudience"] = START + timedelta(days=5)
    stand.twin.runs["Nightly"] = START + timedelta(days=6)
    assert await wait("Until Oracle has added the key", Tag_name_for_key="CXAudience") >= START + timedelta(days=5)
    assert await wait("Until the job has run", Product="Responsys", Job_name="Nightly") > START + timedelta(days=6)
    assert await wait("Wait until", Time="2026-12-01T08:00:00-05:00") >= datetime(2026, 12, 1, 13, tzinfo=UTC)
    before = stand.clock.now()
    assert await wait("Wait until", Time="2026-01-01T08:00:00-05:00") - before < timedelta(minutes=1)
    for path, entries, says in (
        (("Until Oracle has added the key",), {"Tag_name_for_key": "x"}, "nothing is known or scheduled under x"),
        (("Until the job has run",), {"Product": "Eloqua", "Job_name": "x"}, "choose one of Responsys, CX Audience"),
        (("Until the job has run",), {"Product": "Responsys", "Job_name": "x"}, "nothing is known or scheduled"),
        (("Until Oracle Support answers",), {"SR_number": "3-1"}, "nothing is known or scheduled under 3-1"),
    ):
        with pytest.raises(VisitRefusedError, match=says):
            await wait(*path, **entries)
