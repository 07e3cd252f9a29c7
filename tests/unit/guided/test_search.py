"""Search and overview without a screen."""

from __future__ import annotations

from pathlib import Path

from cxr_tui.domain.secret import Secret
from cxr_tui.guided.overview import YOU, build_overview
from cxr_tui.guided.search import What, search
from support.worlds.demo_guide import open_demo


def quiet(_: str) -> None:
    return


async def test_every_word_has_to_stand_somewhere_and_names_come_first(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    await integration.save("account", {"account_name": "acme", "login_host": "interact5"})
    await integration.check("account", quiet)
    assert [(one.step_id, one.field) for one in search(integration, "login host")][:1] == [("account", "login_host")]
    assert search(integration, "ACCOUNT nowhere-to-be-found") == ()
    assert search(integration, " ") == ()
    values = [one for one in search(integration, "interact5") if one.what is What.VALUE]
    assert [one.field for one in values] == ["login_host"]
    findings = [one.label for one in search(integration, "exactly refuse")]
    assert findings == ["account-name-mismatch"]
    await integration.close()


async def test_a_secret_is_never_found(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    await integration.save("account", {"account_name": "acmeretail", "login_host": "interact5"})
    await integration.check("account", quiet)
    answers = {view.field.name: view.value for view in integration.form("add-user") if view.value is not None}
    await integration.save("add-user", answers)
    await integration.check("add-user", quiet)
    await integration.confirm("add-user")
    await integration.keep_secret("first-password", "new_password", Secret("geheimnis1"))
    assert search(integration, "geheimnis1") == ()
    assert search(integration, "new password")[0].field == "new_password"
    await integration.close()


async def test_a_glance_counts_and_names_who_waits_for_whom(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    fresh = build_overview(integration)
    assert [(wait.on, wait.step_id, wait.since) for wait in fresh.waits] == [(YOU, "account", None)]
    assert [stage.holding for stage in fresh.stages] == [0, 0, 0, 0]
    await integration.save("account", {"account_name": "acmeretail", "login_host": "interact5"})
    await integration.check("account", quiet)
    now = build_overview(integration)
    wait = now.waits[0]
    assert (wait.on, wait.step_id) == (YOU, "add-user")
    assert wait.since is not None, "since the step before came to hold"
    assert now.holding == 1
    assert now.stages[0].entrance.step.id == "account"
    await integration.save("account", {"account_name": "other"})
    stale = build_overview(integration)
    assert [(wait.step_id, bool(wait.reason)) for wait in stale.waits] == [("account", True)]
    assert "Account name (step 1)" in stale.waits[0].reason
    await integration.close()
