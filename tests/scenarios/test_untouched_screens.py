"""Valid entries are not evidence: a step whose own screen nobody has touched is never verified."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from cxr_tui.cli.open_integration import open_sandboxed
from cxr_tui.domain.answers import Value
from cxr_tui.domain.finding import Verdict
from cxr_tui.domain.instruction import Site
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.checks.common import AUDIENCE_API_PASSWORD, CONNECT_API_PASSWORD
from cxr_tui.guide.definition import Kind
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided.operator_runner import accept_proposals, operate
from cxr_tui.guided.walk import Plan, walk
from cxr_tui.integration.integration import Integration
from cxr_tui.sandbox.client import ConnectionInfo, SandboxOptions, launch_sandbox
from support.gpg_keys import gpg_bench

ALLOWED = {
    "account": "It has no screen to fill in: its evidence is that the hosts answer.",
    "destination-connectivity": "With an own key the login and the folder are the evidence, and both are there before.",
}
"""Steps that are verified all the same, each with the reason."""
PASSWORD = Secret("Untouched-7qmZ-kite")


def quiet(_: str) -> None: ...


def entries(info: ConnectionInfo, folder: Path) -> dict[str, dict[str, Value]]:
    """Return what a person may type who has done nothing: it is in order, and true of nothing."""
    with gpg_bench() as bench:
        bench.make("Own", "rsa3072")
        (folder / "own.asc").write_bytes(bench.public("Own"))
    command = ["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", str(folder / "own")]
    subprocess.run(command, check=True)
    audience = info.accounts[0]
    request: dict[str, Value] = {"sr_number": "3-12345678901", "sr_date": "2026-01-05"}
    return {
        "account": {
            "account_name": info.account_name,
            "login_url": info.responsys_login,
            "audience_token": info.audience_api,
            "audience_api_user": audience.user_name,
        },
        "audience-designer": request,
        "add-user": {"email": info.point_of_contact},
        "generate-key": {"key_name": "never made", "public_key_file": str(folder / "own.asc")},
        "destination-connectivity": {
            "server": info.file_server,
            "user_name": info.file_server_user,
            "key_file": str(info.file_server_key),
        },
        "exported-file": {"status": "succeeded, 60 records"},
        "external-server": {**request, "added": True},
        "ssh2-key": {"key_file": str(folder / "own.pub"), "status": "Completed"},
        "imported-profiles": {"status": "succeeded", "processed": "60", "rejected": "0"},
    }


async def enter(integration: Integration, step_id: str, values: Mapping[str, Value], info: ConnectionInfo) -> None:
    """Enter values at a step, with what it proposes and the secrets it needs."""
    step = GUIDE.step(step_id)
    assert await integration.save(step_id, values) == {}
    await accept_proposals(integration, step_id)
    audience, connect = info.accounts
    secrets = {AUDIENCE_API_PASSWORD: audience.password}
    if "connect_api_user" in values:
        secrets[CONNECT_API_PASSWORD] = connect.password
    for one in step.fields:
        if one.kind is Kind.SECRET and (one.item in secrets or not one.optional):
            secret = Secret(secrets[one.item]) if one.item in secrets else PASSWORD
            assert await integration.keep_secret(step_id, one.name, secret) is None


async def test_a_step_with_valid_entries_and_an_untouched_screen_is_not_verified(tmp_path: Path) -> None:
    async with launch_sandbox(SandboxOptions(people=60, bare=True)) as running:
        integration = open_sandboxed(running)
        typed = entries(running.info, tmp_path)
        assert integration.world.operator is not None
        host_key = await integration.world.operator.look(Site.COLLEAGUE, ("File server host key",))
        typed["destination-connectivity"]["host_key"] = host_key["Fingerprint"]
        verified = set()
        for step in GUIDE.steps:
            if step.id == "select-object":  # from here on a second user can see the job
                later = {**typed["account"], "connect_api_user": running.info.accounts[1].user_name}
                await enter(integration, "account", later, running.info)
                await integration.check("account", quiet)
            await enter(integration, step.id, typed.get(step.id, {}), running.info)
            outcome = await integration.check(step.id, quiet)
            assert "not-filled-in" not in {one.code for one in outcome.findings}, step.id
            if outcome.verdict is Verdict.VERIFIED:
                verified.add(step.id)
            own = {"key_name": "responsys-acmeretail"} if step.id == "generate-key" else {}
            await integration.save(step.id, own)
            integration.world.reset_gateways()
            await operate(
                integration, step.id, quiet
            )  # now the screen is filled in, so that the next step finds it done
            await integration.check(step.id, quiet)
            await walk(integration, Plan({}, {}, step.id), quiet)
            standing = integration.states()[step.id]
            assert standing.done, (step.id, standing.next, standing.outcome)
        await integration.close()
    assert verified == set(ALLOWED)
