"""The sandbox as a process: start, attach, operator, throwaway keyring, planted faults, all ways to end."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.sandbox.client import (
    RunningSandbox,
    SandboxOptions,
    SandboxStartError,
    attach_sandbox,
    describe_sandbox,
    encode,
    launch_sandbox,
    read_info,
)
from cxr_tui.sandbox.scenarios import known_scenarios
from support.processes.cli_process import environment, wait_until_gone
from support.sandboxes.control_api_setting import EMAIL, PASSWORD, USER, Safe, ask, log_in, sign_up

PEOPLE = 120
COMMAND = (sys.executable, "-m", "cxr_tui.sandbox")


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """One sandbox for the tests that leave its state alone or add to it under names of their own."""
    directory = tmp_path_factory.mktemp("sandbox")
    options = encode(SandboxOptions(directory=directory, people=PEOPLE))
    process = subprocess.Popen((*COMMAND, options), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    with process, process.stdout:
        assert process.stdout.readline()
        yield attach_sandbox(directory)
        process.stdin.close()
        assert process.wait(15) == 0


async def test_a_sandbox_says_where_it_is_and_leaves_nothing_behind() -> None:
    async with launch_sandbox(SandboxOptions(people=PEOPLE)) as sandbox:
        info = sandbox.info
        file = info.directory / "sandbox.json"
        assert file.stat().st_mode & 0o777 == 0o600
        assert read_info(file.read_bytes()) == info
        assert alive(info.pid)
        assert (await log_in(info.responsys_login, "nobody")).json()["errorCode"] == "INVALID_USER_NAME_PASSWORD"
    assert not alive(info.pid)
    assert not info.directory.exists()


def test_the_description_tells_a_person_everything(running: RunningSandbox) -> None:
    text = describe_sandbox(running)
    info = running.info
    passwords = [account.password for account in info.accounts]
    assert len(set(passwords)) == 2
    assert all(
        part in text
        for part in (
            info.responsys_login,
            info.audience_api,
            info.file_server,
            str(info.file_server_key),
            "acmeretail",
            "audience.api",
            "connect.api",
            *passwords,
        )
    )
    assert info.control_token not in text


async def test_the_integration_user_is_signed_up_by_visits_and_logs_in_over_rest(running: RunningSandbox) -> None:
    operator = running.operator()
    await sign_up(operator, USER)
    answer = await log_in(running.info.responsys_login, USER)
    assert answer.status_code == 200, answer.text
    token, endpoint = answer.json()["authToken"], answer.json()["endPoint"]
    assert endpoint == running.info.responsys_api
    info = (await ask(endpoint, token, "/user/info")).json()
    assert (info["accountName"], info["userEmail"], info["userName"]) == ("acmeretail", EMAIL, USER)
    assert info["accountTimeZone"] == "America/New_York"
    names = {one["name"] for one in (await ask(endpoint, token, "/lists")).json()}
    assert names == {"CUSTOMERS", "LOYALTY"}
    assert (await ask(endpoint, token, "/lists/CUSTOMERS/members/count")).json()["count"] == PEOPLE
    assert (await ask(endpoint, token, "/suppData")).status_code == 200
    assert (await ask(endpoint, token, "/campaigns")).json()["errorCode"] == "INSUFFICIENT_ACCESS"
    elsewhere = await log_in(running.info.responsys_other_pod, USER)
    assert elsewhere.json()["errorCode"] == "INVALID_USER_NAME_PASSWORD"


async def test_the_colleague_knows_the_users_keys_and_addresses(running: RunningSandbox) -> None:
    operator = running.operator()

    async def ask_for(what: str) -> tuple[dict[str, object], dict[str, str], dict[str, Path]]:
        shown = await operator.perform(Visit(Site.COLLEAGUE, (what,)), {}, Safe())
        return dict(shown.values), {label: one.reveal() for label, one in shown.secrets.items()}, dict(shown.files)

    for account in running.info.accounts:
        values, secrets, _ = await ask_for(account.who)
        assert (values["User name"], secrets["Password"]) == (account.user_name, account.password)
    shown = await operator.perform(Visit(Site.COMPUTER, ("Your own SSH key",)), {}, Safe())
    files = shown.files
    key = files["Private key file"]
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.read_bytes() == running.info.file_server_key.read_bytes()
    assert "Passphrase" not in shown.secrets
    values, _, _ = await ask_for("File server host key")
    assert str(values["Fingerprint"]).startswith("SHA256:")
    values, _, _ = await ask_for("Email address of the point of contact")
    assert values == {"Email address": EMAIL}


async def test_both_apis_let_the_users_of_the_start_in(running: RunningSandbox) -> None:
    audience, connect = running.info.accounts
    answer = await log_in(running.info.audience_api, audience.user_name, audience.password)
    assert answer.status_code == 200, answer.text
    lists = (await ask(running.info.audience_api, answer.json()["authToken"], "/lists")).json()
    assert [one["name"] for one in lists] == ["CUSTOMER_PROFILES"]
    answer = await log_in(running.info.responsys_login, connect.user_name, connect.password)
    assert answer.status_code == 200, answer.text
    jobs = await ask(answer.json()["endPoint"], answer.json()["authToken"], "/connectJobs")
    assert jobs.status_code == 200


async def test_time_passes_for_every_host_at_once(running: RunningSandbox) -> None:
    info = running.info
    operator = running.operator()
    now = (await operator.look(Site.CALENDAR, ("Wait until",)))["Now"]
    later = datetime.fromisoformat(str(now)) + timedelta(days=3)
    await operator.perform(Visit(Site.CALENDAR, ("Wait until",), {"Time": later.isoformat()}), {}, Safe())
    async with httpx.AsyncClient() as client:
        for host in (info.responsys_login, info.responsys_api, info.responsys_other_pod, info.audience_api):
            dates = (await client.get(f"{host}/rest/api/v1.3/lists")).headers.get_list("date")
            assert len(dates) == 1
            assert abs(parsedate_to_datetime(dates[0]) - later) < timedelta(minutes=2)


async def test_the_throwaway_keyring_lives_in_the_sandbox(running: RunningSandbox) -> None:
    ring, other = running.keyring(), attach_sandbox(running.directory).keyring()
    await asyncio.to_thread(ring.set_password, "cxr-tui/acme/responsys-password", "cxr-tui", PASSWORD)
    assert await asyncio.to_thread(other.get_password, "cxr-tui/acme/responsys-password", "cxr-tui") == PASSWORD
    for path in running.directory.rglob("*"):
        if path.is_file():
            assert PASSWORD.encode() not in path.read_bytes(), path


async def test_an_attached_sandbox_stays_up_when_it_is_left(running: RunningSandbox, tmp_path: Path) -> None:
    assert alive(running.info.pid)
    with pytest.raises(SandboxStartError, match="no sandbox runs in"):
        attach_sandbox(tmp_path)
    (tmp_path / "sandbox.json").write_text('{"ready": true}')
    with pytest.raises(SandboxStartError, match="not what it should be"):
        attach_sandbox(tmp_path)


async def test_an_unknown_scenario_is_named_with_those_there_are() -> None:
    with pytest.raises(SandboxStartError) as said:
        async with launch_sandbox(SandboxOptions(people=1, scenarios=("no-such-fault",))):
            pass
    assert "no scenario no-such-fault" in str(said.value)
    assert all(code in str(said.value) for code in known_scenarios())


@pytest.mark.parametrize("how", ["stdin", "SIGTERM", "SIGINT"])
def test_a_sandbox_ends_cleanly_and_removes_its_own_directory(how: str) -> None:
    words = (*COMMAND, encode(SandboxOptions(people=5)))
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        directory = Path(json.loads(process.stdout.readline())["dir"])
        assert directory.is_dir()
        if how == "stdin":
            process.stdin.close()
        else:
            process.send_signal(signal.Signals[how])
        assert process.wait(15) == 0
        assert process.stderr.read() == b""
    assert not directory.exists()


def test_a_given_directory_is_kept_but_for_the_connection_info(tmp_path: Path) -> None:
    directory = tmp_path / "kept"
    words = (*COMMAND, encode(SandboxOptions(people=5, directory=directory)))
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=True)
    assert json.loads(done.stdout)["dir"] == str(directory)
    assert directory.is_dir()
    assert not (directory / "sandbox.json").exists()


def test_a_sandbox_ends_with_the_program_that_started_it_even_when_that_is_killed() -> None:
    program = (
        "import asyncio, sys\n"
        "from cxr_tui.sandbox.client import SandboxOptions, launch_sandbox\n"
        "async def main():\n"
        "    async with launch_sandbox(SandboxOptions(people=5)) as running:\n"
        "        print(running.info.pid, running.directory, flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen((sys.executable, "-c", program), stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid, directory = parent.stdout.readline().split()
        assert alive(int(pid))
        parent.kill()
    assert wait_until_gone(int(pid))
    assert not Path(directory).exists()


@pytest.mark.sampled(1)
@pytest.mark.parametrize("planted", ["argparse.py", "secrets.py", "cxr_tui.py"])
def test_nothing_in_the_working_directory_is_run(tmp_path: Path, planted: str) -> None:
    (tmp_path / planted).write_text("import pathlib; pathlib.Path('planted-was-run').touch(); raise SystemExit(1)\n")
    command: list[str | Path] = [
        Path(sys.executable).with_name("cxr-tui"),
        "rehearse",
        "--people",
        "5",
        "--until",
        "account",
    ]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=60, check=False
    )
    assert not (tmp_path / "planted-was-run").exists()
    assert done.returncode == 0, done.stderr


def test_the_products_side_imports_nothing_heavy() -> None:
    program = (
        "import sys, cxr_tui.sandbox.client\n"
        "print([name for name in ('httpx', 'keyring', 'starlette', 'uvicorn', 'paramiko', 'cryptography')"
        " if name in sys.modules])\n"
    )
    done = subprocess.run((sys.executable, "-c", program), capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "[]"


async def test_no_secret_of_a_sandbox_stands_in_the_process_list(running: RunningSandbox) -> None:
    secrets = [running.info.control_token, *(account.password for account in running.info.accounts)]
    for place in ("cmdline", "environ"):
        told = Path(f"/proc/{running.info.pid}/{place}").read_bytes()
        assert told
        assert not any(secret.encode() in told for secret in secrets)
    assert os.getpid() != running.info.pid
