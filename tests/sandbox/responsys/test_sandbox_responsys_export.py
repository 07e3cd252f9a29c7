"""Export jobs of the Responsys twin: what runs leave on the file server, read back row by row."""

import asyncio
import contextlib
import csv
import io
import shutil
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import paramiko
import pytest

from cxr_tui.sandbox.shared.screens import PageError
from support.processes.resource_limits import bounded
from support.sandboxes.export_setting import (
    COMPLETED,
    DAILY,
    JOB,
    PLAIN,
    Gpg,
    exported,
    gpg_with_a_key_pair,
    import_key,
    make_job,
    pass_next_run,
    step,
)
from support.sandboxes.responsys_setting import START, Stage, responsys_stage


@pytest.fixture(scope="module")
def gpg() -> Iterator[Gpg]:
    yield from gpg_with_a_key_pair()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with responsys_stage(tmp_path) as made:
        yield made


async def test_an_encrypted_export_arrives_whole(stage: Stage, gpg: Gpg) -> None:
    await import_key(stage, gpg)
    shown = await make_job(stage)
    assert shown["Status"] == "Active"
    due = await pass_next_run(stage)
    local = due.astimezone(tz=None)
    assert local.utcoffset() is not None
    opening = datetime(2026, 11, 24, 7, 15, tzinfo=UTC)  # 02:15 in New York
    assert opening <= due < opening + timedelta(minutes=15)
    administrator = paramiko.RSAKey.from_private_key_file(str(stage.twin.administrator_key))
    with contextlib.closing(
        paramiko.Transport((stage.twin.file_server.host, stage.twin.file_server.port))
    ) as transport:
        await asyncio.to_thread(transport.connect, username="acmeretail_scp", pkey=administrator)
        sftp = paramiko.SFTPClient.from_transport(transport)
        assert sftp is not None
        files = {one.filename: one for one in await asyncio.to_thread(sftp.listdir_attr, "download")}
        with sftp.open("download/CUSTOMERS.csv.gpg") as file:
            sealed = await asyncio.to_thread(file.read)
    assert sorted(files) == ["CUSTOMERS.csv.gpg", "CUSTOMERS.csv.gpg.ready"]
    assert files["CUSTOMERS.csv.gpg"].st_mtime == int(due.timestamp())
    assert exported(stage, "CUSTOMERS.csv.gpg.ready") == b"60\n"
    assert b"CUSTOMER_ID_" not in sealed
    text = await asyncio.to_thread(gpg.run, "--decrypt", data=sealed)
    rows = list(csv.DictReader(io.StringIO(text.decode()), quoting=csv.QUOTE_NONE))
    assert rows == list(stage.twin.account.lists["CUSTOMERS"].rows())
    packets = await asyncio.to_thread(gpg.run, "--list-packets", data=sealed)
    assert b"compressed packet: algo=1" in packets
    assert packets.count(b":pubkey enc packet:") == 1
    shown = (await stage.visit(*COMPLETED)).values
    assert shown[JOB] == f"succeeded, 60 records, 2026-11-24 02:{due.minute}"


@pytest.mark.parametrize(
    ("changes", "name", "dialect"),
    [
        ({}, "CUSTOMERS.csv", {"delimiter": ",", "quoting": csv.QUOTE_NONE}),
        ({"Field delimiter": "Semicolon"}, "CUSTOMERS.csv", {"delimiter": ";", "quoting": csv.QUOTE_NONE}),
        (
            {"Field delimiter": "Tab", "Extension": "txt"},
            "CUSTOMERS.txt",
            {"delimiter": "\t", "quoting": csv.QUOTE_NONE},
        ),
        ({"Field delimiter": "Pipe", "Field enclosure": '"'}, "CUSTOMERS.csv", {"delimiter": "|", "strict": True}),
        ({"Character set": "Unicode (UTF-16)", "Extension": ""}, "CUSTOMERS", {"quoting": csv.QUOTE_NONE}),
    ],
)
async def test_plain_files_in_every_form(
    stage: Stage, changes: dict[str, Any], name: str, dialect: dict[str, Any]
) -> None:
    await make_job(stage, {**PLAIN, **changes})
    await pass_next_run(stage)
    text = exported(stage, name).decode("utf-16" if "Character set" in changes else "utf-8")
    assert list(csv.DictReader(io.StringIO(text), **dialect)) == list(stage.twin.account.lists["CUSTOMERS"].rows())


async def test_values_with_delimiter_and_line_break_and_no_header(stage: Stage) -> None:
    table = stage.twin.account.lists["CUSTOMERS"]
    riid = next(iter(table.rows()))["RIID_"]
    table.update(riid, {"CITY_": "Portland, ME", "LAST_NAME": "O\r\nHara"}, stage.clock.now())
    off = {
        "Insert column header as first line": False,
        "Additional ready file at completion of download": "Create empty file",
    }
    await make_job(stage, {**PLAIN, **off})
    await pass_next_run(stage)
    lines = exported(stage, "CUSTOMERS.csv").decode().splitlines()
    assert len(lines) == 60
    assert lines[0].count(",") == lines[1].count(",") + 1, "the comma in the city is one field too many"
    assert "O Hara" in lines[0]
    assert exported(stage, "CUSTOMERS.csv.ready") == b""


async def test_compressed_only(stage: Stage) -> None:
    await make_job(stage, {**PLAIN, "Encryption/compression": "Compress file"})
    await pass_next_run(stage)
    with zipfile.ZipFile(io.BytesIO(exported(stage, "CUSTOMERS.csv.zip"))) as archive:
        assert archive.namelist() == ["CUSTOMERS.csv"]
        assert archive.read("CUSTOMERS.csv").count(b"\n") == 61


async def test_encrypted_without_compression(stage: Stage, gpg: Gpg) -> None:
    await import_key(stage, gpg)
    await make_job(stage, {"Encryption/compression": "Encrypt file with PGP/GPG key"})
    await pass_next_run(stage)
    packets = gpg.run("--list-packets", data=exported(stage, "CUSTOMERS.csv.gpg"))
    assert b"compressed packet" not in packets


async def test_a_key_that_cannot_encrypt_fails_the_run_in_gpg_s_words(stage: Stage, gpg: Gpg) -> None:
    await stage.twin.keys.import_key("cx-audience", gpg.sign_only)
    await make_job(stage)
    await pass_next_run(stage)
    job = stage.twin.jobs.by_name.get(JOB)
    assert job is not None
    assert job.runs[0].status == "failed"
    assert "Unusable public key" in job.runs[0].error
    assert list(stage.twin.file_server.path("download").iterdir()) == []


async def test_a_key_that_expires_between_two_runs_ends_the_exports(stage: Stage, gpg: Gpg) -> None:
    await import_key(stage, gpg)
    await make_job(stage, None, **{"Every _ days": "400"})
    await pass_next_run(stage)
    await pass_next_run(stage)
    job = stage.twin.jobs.by_name.get(JOB)
    assert job is not None
    assert job.runs[0].status == "succeeded"
    assert job.runs[-1].status == "failed"
    assert "faked" not in job.runs[-1].error


async def test_dates_in_names_are_local_and_make_a_new_file_a_day(stage: Stage) -> None:
    await make_job(stage, {**PLAIN, "Prefix": "YYYYMMDD", "Suffix": "YYYYMMDD_HH24MISS"})
    first = await pass_next_run(stage)
    await pass_next_run(stage)
    names = sorted(path.name for path in stage.twin.file_server.path("download").glob("*.csv"))
    assert len(names) == 2
    stamp = f"20261124_02{first.minute:02}{first.second:02}"
    assert names[0] == f"20261124_CUSTOMERS_{stamp}.csv"
    assert names[1].startswith("20261125_CUSTOMERS_20261125_02")


async def test_each_day_s_run_overwrites_the_one_file_and_picks_another_minute(stage: Stage) -> None:
    await make_job(stage, PLAIN)
    table = stage.twin.account.lists["CUSTOMERS"]
    minutes = []
    for day in range(6):
        due = await pass_next_run(stage)
        assert due.date() == (START + timedelta(days=day + 1)).date()
        minutes.append(due.minute)
        table.insert({"CUSTOMER_ID_": f"X{day}"}, due)
    assert all(15 <= minute < 30 for minute in minutes)
    assert len(set(minutes)) > 1
    assert exported(stage, "CUSTOMERS.csv").count(b"\n") == 66
    job = stage.twin.jobs.by_name.get(JOB)
    assert job is not None
    assert [run.processed for run in job.runs] == [60, 61, 62, 63, 64, 65]


async def test_daylight_saving_keeps_the_local_time(tmp_path: Path) -> None:
    async with responsys_stage(tmp_path, people=3, start=datetime(2027, 3, 12, 12, tzinfo=UTC)) as stage:
        await make_job(stage, PLAIN, Date="2027-03-13")
        before = await pass_next_run(stage)
        skipped = await pass_next_run(stage)
        after = await pass_next_run(stage)
    assert (before.hour, skipped.hour, after.hour) == (7, 7, 6)


async def test_a_saved_job_that_is_not_activated_never_runs(stage: Stage) -> None:
    await make_job(stage, PLAIN)
    job = stage.twin.jobs.by_name.get(JOB)
    assert job is not None
    stage.twin.jobs.deactivate(job)
    shown = await step(stage, "Schedule", DAILY, ("Save & Close",))
    assert shown["Status"] == "Inactive"
    await stage.clock.advance(START + timedelta(days=5))
    assert job.runs == []


async def test_run_once_runs_once(stage: Stage) -> None:
    await make_job(stage, PLAIN, Schedule="Run once")
    await pass_next_run(stage)
    assert stage.twin.jobs.next_run(JOB) is None
    await stage.clock.advance(stage.clock.now() + timedelta(days=3))
    job = stage.twin.jobs.by_name.get(JOB)
    assert job is not None
    assert len(job.runs) == 1


async def test_an_expired_job_is_gone_for_good(stage: Stage) -> None:
    await make_job(stage, PLAIN, Expiration="2026-11-25")
    await stage.clock.advance(START + timedelta(days=6))
    assert stage.twin.jobs.by_name.get(JOB) is None
    assert {run.started.day for run in stage.twin.jobs.runs} == {24, 25}
    with pytest.raises(PageError, match="no Connect job"):
        await stage.visit("Data", "Connect", "Manage Connect", JOB, "Schedule")
    assert (await stage.get("/connectJobs", await stage.connect_token())).json() == []


async def test_every_few_days_until_an_end_date(stage: Stage) -> None:
    await make_job(stage, PLAIN, **{"Every _ days": "3", "End date": "2026-11-28"})
    await stage.clock.advance(START + timedelta(days=20))
    job = stage.twin.jobs.by_name.get(JOB)
    assert job is not None
    assert [run.started.day for run in job.runs] == [24, 27]


async def test_a_run_that_cannot_write_fails_and_says_so(stage: Stage) -> None:
    await make_job(stage, PLAIN, **{"Every _ days": "1"})
    await pass_next_run(stage)
    shutil.rmtree(stage.twin.file_server.path("download"))
    await pass_next_run(stage)
    assert (await stage.visit(*COMPLETED)).values[JOB].startswith("failed, 0 records, 2026-11-25 02:")
    job = stage.twin.jobs.by_name.get(JOB)
    assert job is not None
    assert "does not exist" in job.runs[-1].error
    assert list((stage.twin.administrator_key.parent / "scratch").iterdir()) == [], "nothing unfinished stays behind"


async def test_five_thousand_people_are_exported_quickly(tmp_path: Path) -> None:
    async with responsys_stage(tmp_path, people=5000) as stage:
        await make_job(stage, PLAIN)
        with bounded(seconds=5, megabytes=200):
            await pass_next_run(stage)
        assert exported(stage, "CUSTOMERS.csv").count(b"\n") == 5001
