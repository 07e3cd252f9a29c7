"""Every fault of the way ends in a finding or an error that names it, and costs nothing that was verified before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cxr_tui.cli.commands.status import exit_of
from cxr_tui.cli.open_integration import open_sandboxed
from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.finding import Status
from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration.integration import Integration
from cxr_tui.jobs.status import look
from cxr_tui.journal.gate import State
from cxr_tui.preflight.import_options import ImportOptions
from cxr_tui.preflight.runner import preflight
from cxr_tui.sandbox.faults.registry import KINDS
from cxr_tui.sandbox.sftp_server import MOVED
from support.processes.preloaded_python import cxr_tui
from support.processes.short_timeouts import PAUSES, REST_LIMITS, SFTP_LIMITS, be_impatient
from support.sandboxes.fault_switch import switch_faults
from support.worlds.rotation_setting import Stage, set_up

UNREACHED = frozenset({"host-unreachable", "login-unanswered", "service-fault"})
BLIND = UNREACHED | {"answer-endless", "answer-type", "run-not-due"}
HARMLESS = frozenset[str]()
LOCKED = frozenset({"store-unusable"})

TOLD: dict[str, tuple[frozenset[str], bool | None]] = {
    "latency=20": (HARMLESS, True),
    "bandwidth=200000": (HARMLESS, True),
    "refused": (BLIND, False),
    "reset-at=0": (BLIND, False),
    "reset-at=150": (BLIND, False),
    "half-open": (BLIND, False),
    "storm=100": (BLIND, True),
    "truncated=20": (BLIND, True),
    "content-type=text/html": (BLIND, True),
    "content-type=image/png": (BLIND, True),
    "clock-skew=3600": (HARMLESS, True),
    "sftp-stall": (BLIND, False),
    "sftp-disconnect=0": (BLIND, False),
    "sftp-rename*1": (frozenset({"file-growing"}), None),
    "keyring-locked=0": (LOCKED, True),
    "keyring-locked=3": (LOCKED, True),
    "keyring-slow=10": (HARMLESS, True),
    "keyring-gone": (LOCKED, True),
}
"""By fault: the codes that a check of everything may say, and whether a file on the file server can be read whole.

None: what is seen, if anything, depends on which file was moved away: a ready file, an exported one, or another.
"""


@pytest.fixture(scope="module")
async def stage() -> AsyncIterator[Stage]:
    async with set_up("go-live") as made:
        yield made


@asynccontextmanager
async def opened(stage: Stage) -> AsyncIterator[Integration]:
    """Open the integration as a process does, and bring the sandbox into order afterwards."""
    integration = open_sandboxed(stage.running)
    try:
        yield integration
    finally:
        await switch_faults(stage.running.info, [])
        for moved in stage.running.directory.rglob(f"*{MOVED}"):
            moved.rename(str(moved).removesuffix(MOVED))
        await integration.close()


@pytest.fixture
async def integration(stage: Stage) -> AsyncIterator[Integration]:
    async with opened(stage) as integration:
        yield integration


def quiet(_: object) -> None:
    """Nobody listens."""


@pytest.mark.sampled(1)
@pytest.mark.parametrize("fault", TOLD)
async def test_a_fault_is_named_and_takes_nothing_away(
    stage: Stage, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, readable = TOLD[fault]
    if expected == BLIND:
        be_impatient(monkeypatch.setattr, PAUSES + REST_LIMITS + (() if readable else SFTP_LIMITS))
    async with opened(stage) as integration:
        before = {step_id: standing.state for step_id, standing in integration.states().items()}
        assert set(before.values()) == {State.VERIFIED, State.CONFIRMED}
        await switch_faults(stage.running.info, [fault])
        outcomes = await integration.recheck(GUIDE.steps, quiet)
        assert set(outcomes) == set(before)
        seen = [one for outcome in outcomes.values() for one in outcome.findings if one.status is not Status.PASS]
        assert {one.code for one in seen} <= expected
        assert readable is None or bool(seen) == bool(expected)
        assert all(one.seen and one.why for one in seen)
        assert {one.status for one in seen} <= {Status.UNKNOWN, Status.WARN}, "a warning: of what is optional"
        assert {step_id: standing.state for step_id, standing in integration.states().items()} == before
        if readable is not None:
            await preflight_says_it(integration, readable=readable)
        status = await look(integration)
        assert len(status.jobs) == 2
        # what is known of the last runs was seen before; a fault can only make it unknown
        assert exit_of([status]).name in ("OK", "UNREACHABLE", "STORE")
        assert (await switch_faults(stage.running.info, [])).triggered[fault.partition("=")[0].partition("*")[0]]
    monkeypatch.undo()
    async with opened(stage) as calm:
        await calm.recheck(GUIDE.steps, quiet)
        assert {step_id: standing.state for step_id, standing in calm.states().items()} == before
        assert all(standing.inconclusive is None for standing in calm.states().values())


async def preflight_says_it(integration: Integration, *, readable: bool) -> None:
    """Read the exported file where it was archived: to its end, or told why not."""
    path = f"archive/{integration.journal_state().known().text('exported-file.name')}"
    server = integration.world.file_server()
    if readable:
        answer = await preflight(f"sftp:{path}", ImportOptions(), server, quiet)
        assert {one.code for one in answer.findings} == {"not-readable-here"}  # its key is CX Audience's alone
        return
    with pytest.raises(OutsideError) as told:
        await preflight(f"sftp:{path}", ImportOptions(), server, quiet)
    assert str(told.value)


async def test_a_file_that_ends_early_is_told_as_what_it_is(stage: Stage, integration: Integration) -> None:
    await switch_faults(stage.running.info, ["sftp-ends-at=100"])
    outcome = (await integration.recheck([GUIDE.step("exported-file")], quiet))["exported-file"]
    codes = {one.code for one in outcome.findings if one.status is not Status.PASS}
    assert "file-cut-off" in codes
    # nothing was seen of how its data is protected, so nothing is said of that
    assert not codes & {"message-unprotected", "message-aead"}
    await preflight_says_it(integration, readable=False)


@pytest.mark.sampled(0)
async def test_a_file_that_is_fetched_while_it_is_looked_at_is_nothing_wrong() -> None:
    async with set_up("exported-file") as stage:
        name = stage.integration.journal_state().known().text("exported-file.name")
        (path,) = stage.running.directory.rglob(f"download/{name}")

        def fetch(doing: str) -> None:
            if doing == "Reading the head of the file" and path.is_file():
                for one in path.parent.glob(f"{name}*"):
                    one.rename(path.parent.parent / "archive" / one.name)

        outcome = await stage.integration.check("exported-file", fetch)
        assert not path.exists()
        assert [one for one in outcome.findings if one.status is not Status.PASS] == []
        codes = [one.code for one in outcome.findings]
        assert "file-archived" in codes
        assert "file-there" not in codes


async def test_job_status_finds_a_file_that_is_fetched_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    async with set_up("exported-file") as stage:
        name = stage.integration.journal_state().known().text("exported-file.name")
        (path,) = stage.running.directory.rglob(f"download/{name}")
        server = stage.integration.world.file_server()
        assert server is not None
        read = server.read

        async def fetched_first(wanted: str, limit: int) -> bytes:
            for one in path.parent.glob(f"{name}*"):
                one.rename(path.parent.parent / "archive" / one.name)
            return await read(wanted, limit)

        monkeypatch.setattr(server, "read", fetched_first)
        status = await look(stage.integration)
        assert not path.exists()
        files = next(one for one in status.evidence if one.name == "exported file")
        assert files.seen, files.said
        assert "archive" in files.said


async def test_a_keyring_that_forgets_is_told_and_all_holds_again_at_once_when_it_remembers(
    stage: Stage, integration: Integration
) -> None:
    await switch_faults(stage.running.info, ["keyring-forgets"])
    outcomes = await integration.recheck(GUIDE.steps, quiet)
    codes = {one.code for outcome in outcomes.values() for one in outcome.findings if one.status is Status.FAIL}
    assert codes == {"secret-missing"}
    open_steps = {step for step, standing in integration.states().items() if not standing.done}
    assert "first-password" in open_steps
    assert "integration-settings" not in open_steps, "what could not be looked at takes no word back"
    await switch_faults(stage.running.info, [])
    await integration.recheck(GUIDE.steps, quiet)
    assert all(standing.done for standing in integration.states().values())


def test_every_kind_of_fault_is_told_by_a_test_here() -> None:
    text = Path(__file__).read_text()
    assert [name for name in KINDS if f'"{name}' not in text] == []


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("fault", "command", "code"),
    [
        ("refused", ("check", "first-password"), 3),
        ("storm=100", ("check", "first-password"), 3),
        ("keyring-locked", ("check", "first-password"), 4),
        ("keyring-gone", ("rotate",), 4),
        ("refused", ("preflight", "sftp:archive/CUSTOMERS.csv.gpg"), 3),
        ("latency=50", ("check", "first-password"), 0),
    ],
)
async def test_scripts_are_told_by_the_exit_code(
    stage: Stage, integration: Integration, tmp_path: Path, fault: str, command: tuple[str, ...], code: int
) -> None:
    await switch_faults(stage.running.info, [fault])
    ended = cxr_tui("--at", str(stage.running.directory), "-i", integration.name, *command, home=tmp_path)
    assert ended.code == code, ended.out + ended.err
    assert "Traceback" not in ended.err
    assert ended.out + ended.err
