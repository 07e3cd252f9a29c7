"""The exported file on the file server: there, fresh, whole, encrypted to the right key, or what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.errors import SftpLoginError
from cxr_tui.domain.finding import Outcome, Status, Verdict
from cxr_tui.domain.responsys_data import ConnectJob, ConnectRun, RunStatus
from cxr_tui.guide.checks.export import completeness
from cxr_tui.guide.checks.export.file_name import exported_name, ready_names
from cxr_tui.guide.steps.export.exported_file import STEP
from support.worlds.scripted_world import (
    ScriptedFileServer,
    ScriptedResponsys,
    ScriptedWorld,
    checked,
    codes,
    finding,
)

OURS = "47105EEF256C5F54"
SLOT = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)  # 04:00 in New York, on the day of NOW
WRITTEN = SLOT + timedelta(minutes=9)
PLAIN = "Do not encrypt or compress file"

BASE: dict[str, Value] = {
    "first-password.time_zone": "America/New_York",
    "select-object.job_name": "Export",
    "select-object.list": "CUSTOMERS",
    "destination-connectivity.server": "files.example",
    "destination-connectivity.path": "download",
    "destination-specification.file_name": "CUSTOMERS",
    "destination-specification.extension": ".csv",
    "destination-specification.prefix": "No prefix",
    "destination-specification.suffix": "No suffix",
    "destination-specification.encryption": "Compress and encrypt file with PGP/GPG key",
    "destination-specification.ready_file": "Create file with record count",
    "destination-specification.ready_extension": "ready",
    "export-schedule.schedule": "daily",
    "export-schedule.date": "2026-06-09",
    "export-schedule.time": "04:00",
    "export-schedule.every_days": 1,
    "export-schedule.expiration": "never",
    "generate-key.encryption_key_ids": [OURS],
}


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completeness, "_MOMENT", 0.0)


def server(
    content: bytes = b"to:" + OURS.encode(),
    path: str = "download/CUSTOMERS.csv.gpg",
    modified: datetime | None = WRITTEN,
    ready: str | None = "5000",
    size: int | None = 600_000,
) -> ScriptedFileServer:
    made = ScriptedFileServer({"download": (), "archive": (), "upload": (), ".": ()})
    made.put(path, content, modified, size)
    if ready is not None:
        made.put(f"{path}.ready", ready.encode(), modified)
    return made


async def look(files: ScriptedFileServer | None, values: dict[str, Value] | None = None, **more: object) -> Outcome:
    world = ScriptedWorld(server=files, responsys_user=ScriptedResponsys(counts={"CUSTOMERS": 5000}))
    for name, value in more.items():
        setattr(world, name, value)
    return await checked(STEP, {**BASE, **(values or {})}, world)


async def test_a_good_file_is_proven_and_learned() -> None:
    outcome = await look(server())
    assert outcome.verdict is Verdict.VERIFIED
    assert {one.status for one in outcome.findings} == {Status.PASS}
    assert outcome.facts == {
        "name": "CUSTOMERS.csv.gpg",
        "path": "download/CUSTOMERS.csv.gpg",
        "modified": WRITTEN.isoformat(),
    }


async def test_before_the_first_slot_it_waits_without_looking() -> None:
    outcome = await look(ScriptedFileServer(), {"export-schedule.date": "2026-06-11"})
    assert outcome.verdict is Verdict.WAITING
    assert outcome.waiting is not None
    assert outcome.waiting.until == SLOT + timedelta(days=1, minutes=45)


@pytest.mark.parametrize("minutes", [5, 20, 44])
async def test_during_the_first_run_a_missing_or_older_file_means_nothing(minutes: int) -> None:
    first: dict[str, Value] = {"export-schedule.date": "2026-06-10"}
    during = SLOT + timedelta(minutes=minutes)
    empty = ScriptedFileServer({"download": (), "archive": ()})
    assert (await look(empty, first, time=during)).verdict is Verdict.WAITING
    older = server(modified=SLOT - timedelta(days=3))
    assert (await look(older, first, time=during)).verdict is Verdict.WAITING
    assert (await look(server(modified=during), first, time=during)).verdict is Verdict.VERIFIED


async def test_during_a_later_run_the_file_before_it_still_counts() -> None:
    yesterday = server(modified=WRITTEN - timedelta(days=1))
    assert (await look(yesterday, time=SLOT + timedelta(minutes=20))).verdict is Verdict.VERIFIED
    stale = await look(yesterday, time=SLOT + timedelta(minutes=46))
    assert codes(stale, Status.FAIL) == {"file-stale"}
    assert "23 hours 51 minutes" in finding(stale, "file-stale").seen


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("upload/CUSTOMERS.csv.gpg", "is in upload."),
        ("download/CUSTOMER.csv.gpg", "download contains CUSTOMER.csv.gpg"),
        ("./CUSTOMERS.csv.gpg", "is in the home folder."),
        ("other/CUSTOMERS.csv.gpg", "has no files"),
    ],
)
async def test_a_missing_file_is_told_with_what_is_there_instead(path: str, told: str) -> None:
    outcome = await look(server(path=path, ready=None))
    assert codes(outcome, Status.FAIL) == {"file-missing"}
    assert told in finding(outcome, "file-missing").seen


@pytest.mark.parametrize("name", ["CUSTOMERS_20260610", "CUSTOMERS20260610_040712", "20260610_CUSTOMERS"])
async def test_a_date_in_the_name_is_named_and_the_file_is_judged_all_the_same(name: str) -> None:
    outcome = await look(server(path=f"download/{name}.csv.gpg", ready=None))
    date = finding(outcome, "date-suffix")
    assert f"{name}.csv.gpg" in date.seen
    assert date.at == "destination-specification"
    assert "file-missing" not in {one.code for one in outcome.findings}
    assert "file-there" in codes(outcome, Status.PASS)


@pytest.mark.parametrize(
    ("path", "step"),
    [
        ("upload/CUSTOMERS.csv.gpg", "destination-connectivity"),
        ("download/CUSTOMERS, not here but instead.txt", "destination-specification"),
        ("other/CUSTOMERS.csv.gpg", "destination-specification"),
    ],
)
async def test_the_step_to_go_back_to_does_not_hang_on_names_of_files(path: str, step: str) -> None:
    outcome = await look(server(path=path, ready=None))
    assert finding(outcome, "file-missing").at == step


async def test_a_growing_file_is_waited_for() -> None:
    growing = server()
    growing.growth = 512
    outcome = await look(growing)
    assert outcome.verdict is Verdict.WAITING
    assert codes(outcome, Status.UNKNOWN) == {"file-growing"}
    assert "grew from 601,024 bytes to 602,048 bytes" in finding(outcome, "file-growing").seen


async def test_a_run_that_has_not_ended_is_waited_for_and_may_be_stuck() -> None:
    known: dict[str, Value] = {"export-schedule.job_id": 41}
    for files in (None, ScriptedFileServer({"download": (), "archive": ()}), server()):
        for hours in (1, 30):
            running = ran(RunStatus.RUNNING)
            outcome = await look(files, known, connect_user=running, time=WRITTEN + timedelta(hours=hours))
            assert outcome.verdict is Verdict.WAITING
            assert finding(outcome, "file-growing").seen.startswith("Run 7 has not ended after ")
            assert "may be stuck" in finding(outcome, "file-growing").remedy


async def test_a_missing_ready_file_means_that_it_is_not_complete() -> None:
    outcome = await look(server(ready=None), time=WRITTEN + timedelta(hours=4))
    assert (outcome.verdict, codes(outcome, Status.UNKNOWN)) == (Verdict.WAITING, {"file-growing"})
    assert "may be stuck" in finding(outcome, "file-growing").remedy
    assert "CUSTOMERS.csv.gpg.ready" in finding(outcome, "file-growing").seen
    without: dict[str, Value] = {"destination-specification.ready_file": "Do not create"}
    assert (await look(server(ready=None), without)).verdict is Verdict.VERIFIED


@pytest.mark.parametrize(
    ("size", "ready"),
    [(0, "5000"), (600_000, "0"), (800, "5000")],
)
async def test_an_empty_file_is_named(size: int, ready: str) -> None:
    outcome = await look(server(size=size, ready=ready))
    assert "file-empty" in codes(outcome, Status.FAIL)


async def test_a_count_that_is_far_off_is_a_warning() -> None:
    assert codes(await look(server(ready="4990")), Status.WARN) == set()
    assert codes(await look(server(ready="2500")), Status.WARN) == {"record-count-differs"}


async def test_plain_text_is_named_with_its_path() -> None:
    outcome = await look(server(content=b"RIID_,CUSTOMER_ID_\n1,2\n"))
    assert codes(outcome, Status.FAIL) == {"file-not-encrypted"}
    assert "Delete download/CUSTOMERS.csv.gpg" in finding(outcome, "file-not-encrypted").remedy


async def test_plain_text_beside_an_encrypted_file_is_named_too() -> None:
    files = server()
    files.put("download/CUSTOMERS.csv", b"RIID_,CUSTOMER_ID_\n1,2\n", WRITTEN - timedelta(days=4))
    outcome = await look(files)
    assert codes(outcome, Status.FAIL) == {"file-not-encrypted"}
    assert "Delete download/CUSTOMERS.csv " in finding(outcome, "file-not-encrypted").remedy


@pytest.mark.parametrize(
    ("recipients", "status"), [("AAAA000011112222", Status.FAIL), (f"{OURS},AAAA000011112222", Status.WARN)]
)
async def test_another_recipient_is_named(recipients: str, status: Status) -> None:
    outcome = await look(server(content=f"to:{recipients}".encode()))
    assert codes(outcome, Status.FAIL, Status.WARN) == codes(outcome, status) == {"file-wrong-recipient"}
    assert "AAAA000011112222" in finding(outcome, "file-wrong-recipient").seen


async def test_a_hidden_recipient_and_an_unread_key_are_not_passed() -> None:
    hidden = await look(server(content=b"to:0000000000000000"))
    assert (hidden.verdict, codes(hidden, Status.UNKNOWN)) == (Verdict.UNKNOWN, {"recipients-hidden"})
    unread = await look(server(), {"generate-key.encryption_key_ids": []})
    assert codes(unread, Status.UNKNOWN) == {"recipients-not-compared"}


async def test_a_file_that_the_import_has_fetched_counts_where_it_is_fresh() -> None:
    outcome = await look(server(path="archive/CUSTOMERS.csv.gpg"))
    assert outcome.verdict is Verdict.VERIFIED
    assert "file-archived" in codes(outcome, Status.PASS)
    old = await look(server(path="archive/CUSTOMERS.csv.gpg", modified=WRITTEN - timedelta(days=1)))
    assert codes(old, Status.FAIL) == {"file-stale"}


def ran(status: RunStatus, started: datetime = WRITTEN) -> ScriptedResponsys:
    job = ConnectJob(41, "Export", True, status is RunStatus.RUNNING, None, started)
    return ScriptedResponsys(jobs=(job,), runs=(ConnectRun(7, status, started, 30, 5000),))


async def test_a_job_that_is_gone_is_the_cause_and_not_the_old_file() -> None:
    gone = ScriptedResponsys(jobs=())
    old = server(modified=WRITTEN - timedelta(days=3))
    outcome = await look(old, {"export-schedule.job_id": 41}, connect_user=gone)
    assert codes(outcome, Status.FAIL) == {"job-gone"}


async def test_a_file_that_is_gone_counts_only_where_it_was_seen_and_a_newer_run_succeeded() -> None:
    seen: dict[str, Value] = {"export-schedule.job_id": 41, "exported-file.name": "CUSTOMERS.csv.gpg"}
    empty = ScriptedFileServer({"download": (), "archive": ()})
    outcome = await look(empty, seen, connect_user=ran(RunStatus.SUCCEEDED))
    assert (outcome.verdict, "file-fetched" in codes(outcome, Status.PASS)) == (Verdict.VERIFIED, True)
    for values, run in (
        ({"export-schedule.job_id": 41}, ran(RunStatus.SUCCEEDED)),
        (seen, ran(RunStatus.SUCCEEDED, WRITTEN - timedelta(days=1))),
        (seen, None),
    ):
        outcome = await look(empty, dict(values), connect_user=run)
        assert codes(outcome, Status.FAIL) == {"file-missing"}


async def test_a_failed_run_is_named_with_its_log_and_a_running_one_waited_for() -> None:
    known: dict[str, Value] = {"export-schedule.job_id": 41}
    failed = await look(server(), known, connect_user=ran(RunStatus.FAILED))
    assert codes(failed, Status.FAIL) == {"export-run-failed"}
    assert "the key has gone" in finding(failed, "export-run-failed").seen
    during = WRITTEN + timedelta(minutes=20)
    assert (await look(server(), known, connect_user=ran(RunStatus.RUNNING), time=during)).verdict is Verdict.WAITING


async def test_without_a_key_the_status_as_shown_decides() -> None:
    good = await look(None, {"exported-file.status": "succeeded, 5000 records, 2026-06-10 04:09"})
    assert good.verdict is Verdict.CONFIRMABLE
    bad = await look(None, {"exported-file.status": "Failed"})
    assert codes(bad, Status.FAIL) == {"export-run-failed"}
    other = await look(None, {"exported-file.status": "Completed with errors"})
    assert (other.verdict, codes(other, Status.WARN)) == (Verdict.CONFIRMABLE, {"run-status-not-known"})


async def test_a_refused_login_is_named() -> None:
    files = server()
    files.error = SftpLoginError("refused")
    assert codes(await look(files), Status.FAIL) == {"sftp-auth"}


def test_names_fit_whatever_encryption_appends_and_nothing_else() -> None:
    name = exported_name(Known(BASE))
    assert (name.plain, name.likely) == ("CUSTOMERS.csv", "CUSTOMERS.csv.gpg")
    for ending in ("", ".gpg", ".zip.gpg", ".pgp", ".zip"):
        assert name.fits(f"CUSTOMERS.csv{ending}")
    for other in ("CUSTOMERS.csv.ready", "CUSTOMERS.csv.gpg.ready", "xCUSTOMERS.csv", "CUSTOMERSxcsv", "customers.csv"):
        assert not name.fits(other)
    dated = exported_name(
        Known(
            {
                **BASE,
                "destination-specification.suffix": "YYYYMMDD_HH24MISS",
                "destination-specification.encryption": PLAIN,
            }
        )
    )
    assert dated.likely == "CUSTOMERS_YYYYMMDD_HH24MISS.csv"
    assert dated.fits("CUSTOMERS_20260610_040917.csv")
    assert not dated.fits("CUSTOMERS.csv")


def test_both_ways_of_naming_a_ready_file_are_known() -> None:
    assert ready_names(Known(BASE), "CUSTOMERS.csv.gpg") == (
        "CUSTOMERS.csv.gpg.ready",
        "CUSTOMERS.csv.ready",
        "CUSTOMERS.ready",
    )


async def test_without_a_known_zone_a_persons_word_decides_of_the_file() -> None:
    outcome = await look(server(), {"first-password.time_zone": "(GMT-08:00) Pacific Time"})
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert codes(outcome, Status.UNKNOWN) == {"time-zone-unknown"}


@pytest.mark.parametrize(
    ("told", "modified"),
    [
        ("reports no time", None),
        ("2046-07-24 07:57 (America/New_York), a time in the future", datetime(2046, 7, 24, 11, 57, tzinfo=UTC)),
    ],
)
async def test_a_file_of_unknown_age_is_left_to_a_person(told: str, modified: datetime | None) -> None:
    outcome = await look(server(modified=modified))
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert codes(outcome, Status.FAIL) == set()
    assert codes(outcome, Status.UNKNOWN) == {"file-time-unknown"}
    assert told in finding(outcome, "file-time-unknown").seen


async def test_a_file_of_unknown_age_whose_ready_file_is_missing_is_under_way() -> None:
    outcome = await look(server(modified=None, ready=None))
    assert outcome.verdict is Verdict.WAITING


async def test_a_file_of_unknown_size_is_not_empty() -> None:
    files = server()
    files.folders["download"] = tuple(replace(one, size=None) for one in files.folders["download"])
    outcome = await look(files)
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert codes(outcome, Status.FAIL) == set()
    assert codes(outcome, Status.UNKNOWN) == {"file-size-unknown"}
    assert "recipient" in codes(outcome, Status.PASS)
    assert "file-complete" not in codes(outcome, Status.PASS)
