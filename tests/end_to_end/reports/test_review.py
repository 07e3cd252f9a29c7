"""The review: every value with its source, secrets masked, hostile text visible; and from a value to its field."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from cxr_tui.domain.answers import Value
from cxr_tui.domain.finding import Fix
from cxr_tui.domain.secret import MASK, Secret
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided.drafts import Drafts
from cxr_tui.guided.operator_runner import accept_proposals
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import State
from cxr_tui.reports.review import MISSING, PROPOSED, ReviewRow, review, review_document
from cxr_tui.security.hardening import os_user
from cxr_tui.tui.screens.review import ReviewScreen
from support.drivers.wizard_driver import MEDIUM, SMALL, driven, focus_name
from support.worlds.demo_guide import DemoOperator, open_demo
from support.worlds.recorded_journals import open_recorded

PASSWORD = "Sentinel-9f3a-Passwort"
HOSTILE = "a\x1b[31m\u202e<b>[red]|`"


def by_key(
    integration: Integration, step_id: str = "", typed: Mapping[str, Value | Secret] | None = None
) -> dict[str, ReviewRow]:
    """Return the rows of a review, with what is typed at a step."""
    drafts = Drafts()
    for name, value in (typed or {}).items():
        if isinstance(value, Secret):
            drafts.secrets_of(step_id)[name] = value
        else:
            drafts.of(step_id)[name] = value
    return {row.key: row for step in review(integration, drafts) for row in step.values}


async def test_every_value_says_where_it_came_from(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    await integration.save("account", {"account_name": "acme", "login_host": "interact5"})
    await integration.apply_fix(Fix("Use it", {"account.account_name": "acmeretail"}))
    await integration.check("account", lambda _: None)
    await integration.save("add-user", {"email": "cx@acme.test"}, source="file")
    rows = by_key(integration, "add-user", {"login_name": "typed-just-now"})
    assert rows["account.account_name"].source == "fix"
    assert rows["account.login_host"].whence == "suggested, saved"
    assert rows["account.url"].source == "learned"
    assert rows["add-user.email"].whence == "answers file"
    assert rows["add-user.login_name"].whence == "typed, not saved"
    assert rows["add-user.status"].source == PROPOSED
    assert rows["first-password.login_name"].source == MISSING
    assert all(row.at is not None for row in rows.values() if row.source in ("fix", "file", "learned"))
    await integration.close()


async def test_facts_are_read_by_people(tmp_path: Path) -> None:
    whole = open_recorded(tmp_path, "whole")
    rows = [row for row in by_key(whole).values() if row.source == "learned"]
    assert {row.label for row in rows} <= {fact.label for step in GUIDE.steps for fact in step.facts}
    by_name = {row.key: row for row in rows}
    assert by_name["account.url"].label == "Login URL that answers"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", by_name["exported-file.modified"].shown)
    await whole.close()


async def test_what_is_wrong_is_told_at_the_step_whose_turn_it_is(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    rows = by_key(integration, "account", {"account_name": "two words"})
    assert rows["account.account_name"].problem.startswith("A name holds no blanks")
    assert by_key(integration)["account.account_name"].problem == "Enter the account name."
    assert not any(row.problem for key, row in by_key(integration).items() if not key.startswith("account."))
    await integration.close()


async def test_a_secret_is_a_mask_of_fixed_width_with_its_store(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    await integration.save("account", {"account_name": "acmeretail"})
    await accept_proposals(integration, "account")
    await integration.check("account", lambda _: None)
    await accept_proposals(integration, "add-user")
    await integration.confirm("add-user")
    await integration.check("add-user", lambda _: None)
    assert (
        by_key(integration, "first-password", {"new_password": Secret("other")})["first-password.new_password"].shown
        == MASK
    )
    await integration.keep_secret("first-password", "new_password", Secret(PASSWORD))
    row = by_key(integration)["first-password.new_password"]
    assert (row.shown, row.whence) == (MASK, "typed; in memory of the test")
    assert PASSWORD not in json.dumps(review_document(review(integration)))
    await integration.close()


async def test_hostile_values_steer_nothing(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    await integration.save("account", {"account_name": HOSTILE})
    shown = by_key(integration)["account.account_name"].shown
    assert shown == "a␛[31m\\u202e<b>[red]|`"
    async with driven(integration) as drive:
        await drive.press("ctrl+l")
        assert shown in drive.text
        assert "\x1b" not in drive.text
        assert drive.app.is_running


@pytest.mark.sampled(1)
@pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=["80x24", "100x30"])
async def test_from_a_value_to_the_field_that_changes_it(tmp_path: Path, size: tuple[int, int]) -> None:
    integration = open_demo(tmp_path)
    async with driven(integration, size) as drive:
        await drive.type("acmeretail")
        await drive.press("f5", "f4", "ctrl+l")
        assert isinstance(drive.app.screen, ReviewScreen)
        assert "Account name" not in drive.text, "this step only"
        await drive.press("a")
        assert "Account name" in drive.text
        assert all(len(line) <= size[0] for line in drive.lines)
        await drive.press("home", "enter")
        assert (drive.screen.step_id, focus_name(drive)) == ("account", "account_name")
        assert integration.journal_state().known().text("account.account_name") == "acmeretail", (
            "looking changes nothing"
        )


async def test_a_long_value_can_be_read_whole(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    name = "-".join(f"part{number}" for number in range(60))
    await integration.save("account", {"account_name": name})
    async with driven(integration) as drive:
        await drive.press("ctrl+l")
        seen = "".join(line.strip() for line in drive.lines)
        assert "Tab Read on" in drive.text
        await drive.press("tab")
        for _ in range(3):
            await drive.press("pagedown")
            seen += "".join(line.strip() for line in drive.lines)
        assert all(part in seen for part in name.split("-"))


async def test_checking_and_giving_ones_word_right_from_the_review(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with driven(integration) as drive:
        await drive.type("acmeretail")
        await drive.press("ctrl+l")
        assert "typed, not saved" in drive.text
        await drive.press("f5")
        assert drive.state("account") is State.VERIFIED
        await drive.press("f4", "ctrl+l")
        assert "suggested, not saved" in drive.text
        await drive.press("f9")
        assert drive.state("add-user") is State.CONFIRMED
        assert integration.journal_state().confirmed["add-user"].by == os_user()


async def test_a_locked_step_can_be_read_and_not_sent(tmp_path: Path) -> None:
    integration = open_demo(tmp_path, operator=DemoOperator())
    async with driven(integration) as drive:
        await drive.press("f4", "ctrl+l")
        assert "F5 Check" not in drive.text
        await drive.press("f5", "f9")
        assert isinstance(drive.app.screen, ReviewScreen)
        assert integration.journal_state().seq == 0
