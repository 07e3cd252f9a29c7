"""The walk through the steps, asked of the full screen and of plain mode alike, over the real setup and journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxr_tui.domain.finding import Outcome
from cxr_tui.guide.definition import Check, Field, Guide, Part, Product, Step
from cxr_tui.journal.gate import State
from cxr_tui.sandbox.client import SandboxOptions
from cxr_tui.security.hardening import os_user
from screens.test_tui_walk import prove_all_but_the_last
from support.drivers.walker import FACES, FullScreenWalker, Walker, walking
from support.sandboxes.fresh_sandbox import fresh_sandbox
from support.worlds.demo_guide import DemoOperator, Dials, open_demo
from support.worlds.toy_guide import open_toy

pytestmark = [pytest.mark.parametrize("face", FACES), pytest.mark.sampled(1)]
"""One of the two faces a day for each test; both with `--whole`."""


def quiet(_: str) -> None:
    """Nobody listens to progress here."""


async def confirmable(c: Check) -> Outcome:
    return c.report.confirmable()


async def to_step_two(walker: Walker) -> None:
    await walker.fill("account_name", "acmeretail")
    await walker.act("check")
    await walker.act("next")


async def test_a_newcomer_walks_the_sandbox_with_enter(face: str, tmp_path: Path) -> None:
    integration = open_demo(tmp_path, operator=DemoOperator())
    async with walking(face, integration) as walker:
        await walker.fill("account_name", "acmeretail")
        for _ in range(20):
            if walker.step_id == "go-live":
                break
            await walker.enter()
        assert [state.state for state in integration.states().values()] == [
            State.VERIFIED,
            State.CONFIRMED,
            State.VERIFIED,
            State.VERIFIED,
            State.READY,
        ]
        assert integration.states()["add-user"].confirmed_by == "operator"
        assert integration.journal_state().known().text("add-user.login_name") == "CXAudienceacmeretail"


async def test_verified_and_confirmed_are_never_said_alike(face: str, tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with walking(face, integration) as walker:
        await to_step_two(walker)
        await walker.act("confirm")
        assert integration.states()["add-user"].confirmed_by == os_user()
        words = await walker.words()
        assert "confirmed" in words
        assert "This cannot be verified automatically." in words
        assert "verified by evidence" not in words
        assert "✓ verified" not in words
        await walker.act("back")
        words = await walker.words()
        assert "verified" in words
        assert "confirmed" not in words


async def test_what_was_typed_reaches_the_journal_only_when_confirmed(face: str, tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with walking(face, integration) as walker:
        await walker.fill("account_name", "acmeretail")
        assert not integration.journal_state().known().has("account.account_name")
        assert "not saved yet" in await walker.words()
        await walker.act("next")
        await walker.act("back")
        assert "acmeretail" in await walker.words(), "a draft stays while another step is looked at"
        await walker.act("check")
        assert integration.journal_state().known().text("account.account_name") == "acmeretail"
        assert integration.journal_state().known().text("account.login_host") == "interact5"


async def test_a_failing_finding_tells_evidence_cause_and_remedy(face: str, tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with walking(face, integration) as walker:
        await walker.fill("account_name", "acme")
        await walker.act("check")
        assert walker.state("account") is State.FAILED
        words = await walker.words()
        for part in (
            'The account name typed is "acme"; Responsys says "acmeretail".',
            "CX Audience compares the two exactly and would refuse the integration.",
            "Account name shows it. Use acmeretail.",
            'Use the exact name "acmeretail"',
            "account-name-mismatch",
        ):
            assert part in words


async def test_enter_puts_a_finding_right(face: str, tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with walking(face, integration) as walker:
        await walker.fill("account_name", "acme")
        await walker.act("check")
        assert 'Use the exact name "acmeretail"' in walker.offered
        await walker.enter()
        assert walker.state("account") is State.VERIFIED
        assert integration.journal_state().known().text("account.account_name") == "acmeretail"
        assert "Continue" in walker.offered


async def test_a_wrong_value_is_named_at_once_and_never_written(face: str, tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with walking(face, integration) as walker:
        await walker.fill("account_name", "acme retail")
        assert "A name holds no blanks" in await walker.words()
        await walker.act("check")
        assert not integration.journal_state().answer_sources


async def test_an_empty_field_is_named(face: str, tmp_path: Path) -> None:
    async with walking(face, open_demo(tmp_path)) as walker:
        await walker.act("check")
        assert "Enter the account name" in await walker.words()
        assert walker.state("account") is State.READY


async def test_a_field_appears_when_it_applies(face: str, tmp_path: Path) -> None:
    async with walking(face, open_demo(tmp_path)) as walker:
        assert "Login URL" not in await walker.words()
        await walker.choose("login_host", "other")
        assert "Login URL" in await walker.words()
        await walker.choose("login_host", "interact8")
        await walker.act("next")
        await walker.act("back")
        assert "Login URL" not in await walker.words()


async def test_a_locked_step_can_be_read_and_leads_to_what_locks_it(face: str, tmp_path: Path) -> None:
    async with walking(face, open_demo(tmp_path)) as walker:
        await walker.act("next")
        await walker.act("next")
        assert walker.step_id == "first-password"
        words = await walker.words()
        assert "locked" in words
        assert "Replace the temporary password" in words
        assert "Locked. Finish step 1, Your two accounts, first." in words
        assert "Go to step 1, Your two accounts" in walker.offered
        await walker.act("check")
        assert walker.state("first-password") is State.LOCKED
        await walker.enter()
        assert walker.step_id == "account"


async def test_a_stale_step_says_what_changed_in_words_of_the_screen(face: str, tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with walking(face, integration) as walker:
        await to_step_two(walker)
        await walker.act("confirm")
        await integration.save("account", {"account_name": "other"})
        await walker.act("back")
        await walker.act("next")
        assert walker.state("add-user") is State.STALE
        words = await walker.words()
        assert "check again" in words
        assert "Account name (step 1)" in words
        assert "account.account_name" not in words


async def test_a_persons_word_is_asked_for_where_nothing_can_be_seen(face: str, tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with walking(face, integration) as walker:
        await to_step_two(walker)
        await walker.act("check")
        assert walker.state("add-user") is State.DRAFT
        assert "I have done this" in walker.offered
        await walker.enter()
        assert integration.states()["add-user"].confirmed_by == os_user()


async def test_a_running_check_is_cancelled_and_nothing_is_written(face: str, tmp_path: Path) -> None:
    dials = Dials()
    dials.host.clear()
    integration = open_demo(tmp_path, dials=dials)
    async with walking(face, integration) as walker:
        await walker.fill("account_name", "acmeretail")
        await walker.begin_check()
        await walker.cancel()
        assert "Canceled" in await walker.words()
        assert integration.states()["account"].outcome is None
        dials.host.set()
        await walker.act("check")
        assert walker.state("account") is State.VERIFIED


async def test_do_it_for_me_confirms_operates_checks_and_lands_on_continue(face: str, tmp_path: Path) -> None:
    operator = DemoOperator()
    async with walking(face, open_demo(tmp_path, operator=operator)) as walker:
        await to_step_two(walker)
        assert "Do it for me" in walker.offered
        await walker.enter()
        assert [visit.path[-1] for visit in operator.visits] == ["Add user", "Role Assignment"]
        assert walker.state("add-user") is State.CONFIRMED
        assert "Continue" in walker.offered


async def test_a_screen_that_refuses_is_told_with_its_words(face: str, tmp_path: Path) -> None:
    operator = DemoOperator()
    operator.refuses = "The login name [/ is taken \x1b[31m"
    async with walking(face, open_demo(tmp_path, operator=operator)) as walker:
        await to_step_two(walker)
        await walker.act("operate")
        assert "The login name [/ is taken ␛[31m" in await walker.words()
        assert walker.state("add-user") is not State.CONFIRMED


async def test_the_operator_is_offered_in_a_sandbox_only(face: str, tmp_path: Path) -> None:
    async with walking(face, open_demo(tmp_path)) as walker:
        await to_step_two(walker)
        assert "Do it for me" not in await walker.words()
        await walker.act("operate")
        assert walker.state("add-user") is State.READY


async def test_a_waiting_step_says_for_whom_how_long_and_since_when(face: str, tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with walking(face, integration) as walker:
        await to_step_two(walker)
        await walker.act("confirm")
        await walker.act("next")
        await walker.fill("new_password", "geheimnis1")
        await walker.act("check")
        await walker.act("next")
        await walker.fill("status", "Processing")
        await walker.act("check")
        assert walker.state("ssh2-key") is State.WAITING
        words = await walker.words()
        assert "Waiting for Oracle (usually 2 to 10 working days)." in words
        assert "ince 20" in words
        assert " UTC, today." in words
        assert "geheimnis1" not in words


async def test_every_kind_of_field_takes_a_value(face: str, tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with walking(face, integration) as walker:
        await prove_all_but_the_last(integration)
        for _ in range(4):
            await walker.act("next")
        for name, text in (
            ("day", "2026-12-01"),
            ("time", "02:00"),
            ("every", "3"),
            ("file", "'/tmp/a b'"),
            ("sure", "I cannot undo this"),
        ):
            await walker.fill(name, text)
        await walker.act("check")
        known = integration.journal_state().known()
        assert known.text("go-live.day") == "2026-12-01"
        assert known.text("go-live.time") == "02:00"
        assert known.value("go-live.every") == 3
        assert known.text("go-live.file") == "/tmp/a b"
        assert known.pairs("go-live.mapping") == {"EMAIL": "EMAIL_ADDRESS_"}
        assert walker.state("go-live") is State.VERIFIED
        assert "Finish" in walker.offered


async def test_undo_takes_back_what_is_typed_and_then_what_was_confirmed(face: str, tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with walking(face, integration) as walker:
        await walker.fill("account_name", "acme")
        await walker.act("undo")
        assert "not saved yet" not in await walker.words()
        await walker.fill("account_name", "acme")
        await walker.act("check")
        await walker.enter()
        assert integration.journal_state().known().text("account.account_name") == "acmeretail"
        await walker.act("undo", sure=False)
        assert integration.journal_state().known().text("account.account_name") == "acmeretail"
        await walker.act("undo")
        assert "Undone: Account name" in await walker.words()
        assert integration.journal_state().known().text("account.account_name") == "acme"
        assert not integration.states()["account"].done


async def test_what_is_saved_at_a_locked_step_is_not_taken_back(face: str, tmp_path: Path) -> None:
    dials = Dials()
    integration = open_demo(tmp_path, dials=dials)
    async with walking(face, integration) as walker:
        await integration.save("account", {"account_name": "acmeretail", "login_host": "interact5"})
        await integration.check("account", quiet)
        await integration.save("add-user", {"login_name": "one"})
        dials.renamed = True
        await integration.check("account", quiet)
        await walker.act("undo")
        assert "Locked. Finish step 1, Your two accounts, first." in await walker.words()
        assert integration.journal_state().values["add-user.login_name"] == "one"


async def test_go_live_leads_to_an_earlier_step_that_fails_meanwhile(
    face: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXR_TUI_HOME", str(tmp_path / "home"))
    dials = Dials()
    integration = open_demo(tmp_path, operator=DemoOperator(), dials=dials)
    await prove_all_but_the_last(integration)
    async with walking(face, integration) as walker:
        assert walker.step_id == "go-live"
        await walker.fill("sure", "I cannot undo this")
        dials.renamed = True
        await walker.act("check")
        assert walker.step_id == "account"
        assert "Next: step 1." in await walker.words()
    assert integration.states()["account"].state is State.FAILED
    assert not list(tmp_path.rglob("crash-*.txt"))


@pytest.mark.parametrize("first", ["display", "login"])
async def test_a_typed_value_that_equals_a_proposal_is_kept_when_that_changes(
    face: str, tmp_path: Path, first: str
) -> None:
    login = Field("login", "Login", default=lambda _: "first")
    display = Field("display", "Display", default=lambda known: known.text("user.login"))
    user = Step("user", "User", Part.PREPARE, Product.NONE, "A toy.", confirmable, (login, display))
    typed = {"login": "second", "display": "first"}
    integration = open_toy(tmp_path, Guide((user,)))
    async with walking(face, integration) as walker:
        for name in sorted(typed, key=lambda name: name != first):
            await walker.fill(name, typed[name])
        await walker.act("check")
    assert integration.journal_state().values["user.display"] == "first"


async def test_checking_with_nothing_typed_overwrites_nothing(face: str, tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with walking(face, integration) as walker:
        await walker.fill("account_name", "acme")
        await walker.act("check")
        other = open_demo(tmp_path)
        await other.save("account", {"account_name": "acmeretail", "login_host": "interact8"})
        await other.close()
        await walker.act("check")
        known = integration.journal_state().known()
        assert known.text("account.account_name") == "acmeretail"
        assert known.text("account.login_host") == "interact8"
        assert walker.state("account") is State.VERIFIED


async def test_quitting_asks_where_something_would_be_lost(face: str, tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with walking(face, integration) as walker:
        await walker.fill("account_name", "x")
        await walker.leave()
        words = await walker.words()
        assert "1 entry not saved" in words
        assert not integration.journal_state().answer_sources


async def test_a_trap_is_caught_at_its_step_and_fixed(face: str) -> None:
    async with (
        fresh_sandbox(SandboxOptions(people=60, scenarios=("missing-list-role",), screens=True)) as integration,
        walking(face, integration) as walker,
    ):
        while walker.state("role-assignment") is not State.FAILED:
            assert walker.step_id != "cx-audience-settings"
            await walker.enter()
        assert walker.step_id == "role-assignment"
        words = await walker.words()
        assert "Step 6 is checked. Next: step 4." in words
        outcome = integration.states()["role-assignment"].outcome
        assert outcome is not None
        failed = next(finding for finding in outcome.findings if finding.code == "missing-list-role")
        for part in (failed.seen, failed.why, failed.remedy):
            assert part.split()[:6] == [word for word in part.split()[:6] if word in words]
        if isinstance(walker, FullScreenWalker):
            assert walker.drive.screen.pane.body.scroll_y == 0
        await walker.act("operate")
        assert walker.state("role-assignment").value in ("verified", "confirmed")
        while walker.step_id != "cx-audience-settings":
            await walker.enter()
        assert walker.state("role-assignment").value in ("verified", "confirmed")
