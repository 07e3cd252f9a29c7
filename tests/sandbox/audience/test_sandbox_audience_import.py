"""Import jobs from draft to loaded records: real gpg, planted defects, exact counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cxr_tui.sandbox.shared.connect_jobs import Run
from cxr_tui.sandbox.shared.screens import PageError
from support.processes.resource_limits import bounded
from support.sandboxes.audience_setting import FILE_SERVER, START, Stage, encrypt, stage
from support.sandboxes.truth import audience_truth

JOB = "Profiles from Responsys"
NAMES = ("CUSTOMER_ID_", "EMAIL_ADDRESS_", "MOBILE_NUMBER_", "MOBILE_COUNTRY_", "FIRST_NAME", "LIFETIME_VALUE")
HEADER = ",".join((*NAMES, "AGE_RANGE"))
GOOD = "C{0},p{0}@acme.example,1212555{0:04d},US,Ann,1.5,30-39"


@dataclass
class Hall:
    """A stage with a key pair and a file server that knows the SSH key, and how the file on it is written."""

    on: Stage

    def put(self, lines: Sequence[str], name: str = "CUSTOMERS.csv.gpg", key: str = "cx") -> None:
        content = ("\n".join(lines) + "\n").encode()
        if key:
            content = encrypt(content, self.on.twin.keys.pairs[key].armour, self.on.directory / "sender")
        self.put_raw(content, name)

    def put_raw(self, content: bytes, name: str = "CUSTOMERS.csv.gpg") -> None:
        self.path(f"download/{name}").write_bytes(content)

    def path(self, relative: str) -> Path:
        return self.on.responsys.files.home / relative

    async def page(self, page: str, entries: Mapping[str, object] | None = None, press: str = "Save") -> None:
        await self.on.visit(f"Data > Connect > Manage Connect > {JOB} > {page}", press=press, **(entries or {}))

    async def draft(self) -> None:
        """Fill the five pages as the procedure says."""
        kind = {"Type of job": "Import Profile Data", "Job name": JOB, "Description": ""}
        await self.on.visit("Data > Connect > Manage Connect > Create job", press="Create", **kind)
        await self.page(
            "Source Connectivity",
            {
                "File location": "External Server by SFTP",
                "Hostname": FILE_SERVER,
                "Directory path": "download",
                "Username": "acmeretail_scp",
                "Authentication": "Key",
            },
        )
        await self.page(
            "Source Specification",
            {
                "File name": "CUSTOMERS.csv.gpg",
                "Field enclosure": "None",
                "First line contains column names": True,
                "File is encrypted with PGP/GPG key": True,
                "Key": "cx",
            },
        )
        await self.page(
            "Target Definition",
            {
                "Target Tables": "CUSTOMER_PROFILES",
                "Match column": "CUSTOMER_ID_",
                "Column mapping": {name: name for name in NAMES},
            },
        )
        await self.page("Notification", {"Send notification to": "poc@acme.example", "When": "On success or failure"})

    async def activate(self, **other: object) -> None:
        entries = {
            "Schedule": "Recurring",
            "Recurring": "Daily",
            "Date": "2026-11-24",
            "Time": "03:00",
            "Every _ days": "1",
            "End date": "No end date",
            "Expiration": "Never expire",
        }
        await self.page("Schedule", {**entries, **other}, "Activate, Save & Close")

    async def run(self) -> Run:
        """Let the job run once, beside its schedule."""
        job = self.on.twin.jobs.by_name.get(JOB)
        assert job is not None
        await self.on.twin.jobs.finish(job, self.on.twin.jobs.begin(job))
        return job.runs[-1]


@asynccontextmanager
async def hall() -> AsyncIterator[Hall]:
    async with stage() as on:
        await on.twin.keys.generate("cx", "poc@acme.example")
        on.twin.account.external_servers.append(FILE_SERVER)
        on.responsys.authorized.append(on.twin.ssh_key.blob)
        built = Hall(on)
        await built.draft()
        yield built


async def test_a_daily_job_loads_inserts_and_updates_and_archives() -> None:
    async with hall() as at:
        known = at.on.profiles.insert({"CUSTOMER_ID_": "C1", "FIRST_NAME": "Old", "CITY_": "Reno"}, START)
        at.put([HEADER, *(GOOD.format(number) for number in range(3))])
        await at.activate()
        planned = at.on.twin.jobs.next_run(JOB)
        assert planned is not None
        slot = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
        assert slot <= planned < slot + timedelta(minutes=15)
        await at.on.clock.advance(slot + timedelta(minutes=15))
        shown = (await at.on.visit("Data > Connect > Manage Connect > Completed Jobs")).values
        local = (planned - timedelta(hours=5)).strftime("%Y-%m-%d %H:%M")
        assert shown[JOB] == f"succeeded, 3 records, {local}"
        assert {label: value for label, value in shown.items() if label.startswith(f"{JOB}: R")} == {
            f"{JOB}: Records processed": "3",
            f"{JOB}: Records added": "2",
            f"{JOB}: Records updated": "1",
            f"{JOB}: Records rejected": "0",
        }
        row = at.on.profiles.find("RIID_", known)[0]
        assert (row["FIRST_NAME"], row["CITY_"]) == ("Ann", "Reno")
        assert not at.path("download/CUSTOMERS.csv.gpg").exists()
        assert at.path("archive/CUSTOMERS.csv.gpg").exists()
        following = at.on.twin.jobs.next_run(JOB)
        assert following is not None
        assert slot + timedelta(days=1) <= following
        await at.on.clock.advance(slot + timedelta(days=1, minutes=15))
        shown = (await at.on.visit("Data > Connect > Manage Connect > Completed Jobs")).values
        assert shown[f"{JOB}: Status"] == "failed"
        assert any("CUSTOMERS.csv.gpg was not found in download" in line for line in shown[f"{JOB}: Log"])
        assert at.on.clock.failures == []


async def test_the_archive_keeps_the_newest_file() -> None:
    async with hall() as at:
        for _ in range(2):
            at.put([HEADER, GOOD.format(1)])
            assert (await at.run()).log[-1].message == "The file was moved to archive/CUSTOMERS.csv.gpg"
        assert [path.name for path in at.path("archive").iterdir()] == ["CUSTOMERS.csv.gpg"]


async def test_planted_defects_are_rejected_with_their_reasons_and_nothing_else() -> None:
    async with hall() as at:
        lines = [HEADER, *(GOOD.format(number) for number in range(20))]
        lines[2] = ",,,,Nobody,1,"  # no identity
        lines[4] = ",lost@acme.example,,,No id,1,"
        lines[5] = "C4,p4@acme.example,12-12,US,Ann,1.5,x"
        lines[7] = "C6,p6@acme.example,12125550006,USA,Ann,1.5,x"
        lines[9] = "C8,p8@acme.example,12125550008,US,Ann, Jr.,1.5,x"  # the delimiter within a value
        lines[12] = "C11,p11@acme.example,12125550011,US,Ann,many,x"
        lines[15] = "C0,again@acme.example,12125550000,US,Twice,2,x"  # the same person once more
        at.put(lines)
        run = await at.run()
        assert str(run.status) == "succeeded"
        assert (run.processed, run.added, run.updated, run.rejected) == (20, 13, 1, 6)
        assert list(run.rejected_rows) == [
            (3, "MUST HAVE VALID CUSTOMER ID OR EMAIL ADDRESS OR MOBILE NUMBER"),
            (5, "match field cannot be empty"),
            (6, "INVALID FORMAT FOR MOBILE NUMBER"),
            (8, "INVALID FORMAT FOR MOBILE COUNTRY"),
            (10, "INVALID DATA FORMAT"),
            (13, "INVALID DATA FORMAT"),
        ]
        assert at.on.profiles.find("CUSTOMER_ID_", "C0")[0]["FIRST_NAME"] == "Twice"
        assert len(at.on.profiles) == len(run.loaded) == 13


async def _fails(at: Hall, says: str) -> None:
    before = len(at.on.profiles)
    run = await at.run()
    assert str(run.status) == "failed"
    assert any(entry.level == "ERROR" and says in entry.message for entry in run.log), run.log
    assert len(at.on.profiles) == before
    assert list(at.path("archive").iterdir()) == []


async def test_the_key_must_be_active_on_the_server() -> None:
    async with hall() as at:
        at.put([HEADER, GOOD.format(1)])
        saved = at.on.responsys.authorized.pop()
        await _fails(at, "does not accept the SSH2 key of CX Audience for acmeretail_scp")
        with pytest.raises(PageError, match="Authentication failed"):
            await at.page("Source Connectivity", press="Test connection")
        at.on.responsys.authorized.append(saved)
        await at.page("Source Connectivity", press="Test connection")
        assert str((await at.run()).status) == "succeeded"


async def test_the_file_must_be_encrypted_to_the_key_of_the_job() -> None:
    async with hall() as at:
        await at.on.twin.keys.generate("second", "poc@acme.example")
        at.put([HEADER, GOOD.format(1)], key="second")
        await _fails(at, "encrypted with another key")
        at.put([HEADER, GOOD.format(1)], key="")
        await _fails(at, "not encrypted with a PGP/GPG key")
        at.put([HEADER, GOOD.format(1)])
        await at.page("Source Specification", {"File is encrypted with PGP/GPG key": False})
        await _fails(at, "The file is encrypted, and the job does not expect that")


async def test_the_header_line_must_be_where_the_job_says() -> None:
    async with hall() as at:
        at.put([GOOD.format(1), GOOD.format(2)])
        await _fails(at, "The file has no column CUSTOMER_ID_")
        await at.page("Source Specification", {"First line contains column names": False})
        at.put([HEADER.replace(",AGE_RANGE", ""), GOOD.format(1).removesuffix(",30-39")])
        run = await at.run()
        assert [reason for _, reason in run.rejected_rows] == ["INVALID DATA FORMAT"]  # the names, read as a record
        assert run.added == 1


async def test_the_delimiter_must_be_that_of_the_file() -> None:
    async with hall() as at:
        at.put([HEADER.replace(",", ";"), GOOD.format(1).replace(",", ";")])
        await _fails(at, "The file has no column")
        await at.page("Source Specification", {"Field delimiter": "Semicolon"})
        assert (await at.run()).added == 1


async def test_a_server_that_is_away_fails_the_run() -> None:
    async with hall() as at:
        at.on.twin.account.external_servers.append("127.0.0.1:8023")
        await at.page("Source Connectivity", {"Hostname": "127.0.0.1:8023"})
        await _fails(at, "127.0.0.1:8023 could not be reached")


async def test_files_without_records_or_with_bad_ones_only_fail_and_stay() -> None:
    async with hall() as at:
        at.put([HEADER])
        await _fails(at, "The file holds no records")
        at.put([HEADER, ",,,,Nobody,1,"])
        await _fails(at, "No record could be loaded")
        assert at.path("download/CUSTOMERS.csv.gpg").exists()


async def test_activation_lists_every_error() -> None:
    async with stage() as on:
        kind = {"Type of job": "Import Profile Data", "Job name": JOB, "Description": ""}
        await on.visit("Data > Connect > Manage Connect > Create job", press="Create", **kind)
        with pytest.raises(PageError) as refused:
            await on.visit(f"Data > Connect > Manage Connect > {JOB} > Schedule", press="Activate")
        for part in ("Source Connectivity", "Source Specification", "Target Definition", "Notification", "Schedule"):
            assert part in str(refused.value)
        assert on.twin.jobs.next_run(JOB) is None


REFUSED: tuple[tuple[str, dict[str, object], str], ...] = (
    ("Schedule", {"Expiration": ""}, "Expiration"),
    ("Schedule", {"Schedule": "Run once", "Date": "2026-11-23", "Time": "09:45"}, "in the past"),
    ("Schedule", {"Expiration": "2026-11-22"}, "in the past"),
    ("Target Definition", {"Column mapping": {"RIID_": "RIID_", "A": "CUSTOMER_ID_"}}, "RIID_ cannot be mapped"),
    ("Target Definition", {"Column mapping": {"A": "CUSTOMER_ID_", "B": "NOT_THERE"}}, "does not have"),
    ("Target Definition", {"Column mapping": {"A": "CUSTOMER_ID_", "B": "CUSTOMER_ID_"}}, "several incoming"),
    ("Target Definition", {"Column mapping": {"A": "CITY_"}}, "no incoming column is mapped to CUSTOMER_ID_"),
    ("Source Connectivity", {"Directory path": ""}, "Directory path is missing"),
    ("Source Connectivity", {"Authentication": "Password"}, "with the SSH2 key only"),
    ("Source Connectivity", {"File location": "CX Audience file server"}, "from an External Server by SFTP"),
    ("Source Specification", {"File name": ""}, "File name is missing"),
)


async def test_activation_is_refused_while_one_page_has_an_error() -> None:
    async with hall() as at:
        for page, entries, says in REFUSED:
            await at.draft()
            schedule = entries if page == "Schedule" else {}
            if not schedule:
                await at.page(page, entries)
            with pytest.raises(PageError, match=says):
                await at.activate(**schedule)
            assert at.on.twin.jobs.next_run(JOB) is None
        await at.draft()
        await at.activate()
        assert at.on.twin.jobs.next_run(JOB) is not None


async def test_drop_downs_offer_what_there_is_and_nothing_else() -> None:
    async with hall() as at:
        for page, label, value in (
            ("Source Connectivity", "Hostname", "files.responsys.net"),
            ("Source Specification", "Key", "another"),
            ("Source Specification", "Character set", "Klingon"),
            ("Target Definition", "Target Tables", "customer_profiles"),
            ("Target Definition", "Match column", "RIID_"),
            ("Notification", "When", "Never"),
        ):
            with pytest.raises(PageError, match=f"{label}: .* is not offered"):
                await at.page(page, {label: value})


@pytest.mark.parametrize("name", ["", "a/b", "x" * 101, "ü", "a.b"])
async def test_job_names_follow_the_rule(name: str) -> None:
    async with stage() as on:
        kind = {"Type of job": "Import Profile Data", "Job name": name, "Description": ""}
        with pytest.raises(PageError, match="Job name"):
            await on.visit("Data > Connect > Manage Connect > Create job", press="Create", **kind)


async def test_an_expired_job_is_gone_for_good() -> None:
    async with hall() as at:
        at.put([HEADER, GOOD.format(1)])
        await at.activate(Expiration="2026-11-25")
        await at.on.clock.advance(datetime(2026, 11, 26, 4, 59, tzinfo=UTC))
        assert at.on.twin.jobs.next_run(JOB) is not None
        await at.on.clock.advance(datetime(2026, 11, 26, 5, 1, tzinfo=UTC))
        assert at.on.twin.jobs.next_run(JOB) is None
        with pytest.raises(PageError, match="there is no Connect job"):
            await at.page("Schedule", press="")
        assert len(audience_truth(at.on.twin)["runs"]) == 2


async def test_paths_outside_the_home_are_not_found() -> None:
    async with hall() as at:
        at.put_raw(b"x", "people.csv")
        (at.on.responsys.files.home.parent / "secret.csv").write_text("outside")
        await at.page("Source Specification", {"File name": "../../secret.csv"})
        await _fails(at, "not found")
        await at.page("Source Connectivity", {"Directory path": "../.."})
        await _fails(at, "not found")


async def test_five_thousand_people_load_in_about_a_second_and_others_get_their_turn() -> None:
    async with hall() as at:
        at.put([HEADER, *(GOOD.format(number) for number in range(5000))])
        turns, stop = 0, asyncio.Event()

        async def watch() -> None:
            nonlocal turns
            while not stop.is_set():
                turns += 1
                await asyncio.sleep(0)

        watching = asyncio.create_task(watch())
        with bounded(seconds=10, megabytes=200):
            run = await at.run()
        stop.set()
        await watching
        assert (run.processed, run.added) == (5000, 5000)
        assert turns > 20
