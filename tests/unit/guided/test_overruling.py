"""A confirmation against findings: its dialog, its sentence, its withdrawal, its lines in the report; hard stops."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cxr_tui.cli.commands import walk as walk_commands
from cxr_tui.cli.exit_codes import Exit
from cxr_tui.domain.finding import Fix, Report
from cxr_tui.domain.responsys_data import PublicKeyInfo
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.checks.openpgp_key import check_key
from cxr_tui.guide.definition import Guide
from cxr_tui.guided.walk import Plan, StepAnswers, walk
from cxr_tui.integration.integration import HardStopError
from cxr_tui.journal.events import confirmation_entry
from cxr_tui.journal.gate import State, basis
from cxr_tui.reports.handover import handover
from cxr_tui.reports.handover_formats import handover_html, handover_markdown
from cxr_tui.tui.dialogs.choose import OverruleScreen
from support.drivers.plain_driver import plain_driven
from support.drivers.wizard_driver import SMALL, driven
from support.processes.cli_process import Ended, cxr_tui
from support.worlds.toy_guide import open_toy, stop_step

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


async def test_a_person_overrules_a_failing_step_and_withdraws(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    await integration.save("one", {"word": "bad"})
    async with driven(integration, SMALL) as drive:
        await drive.press("f5")
        assert "Confirm anyway  F9" in drive.text
        await drive.press("f9")
        assert isinstance(drive.app.screen, OverruleScreen)
        assert "it says bad" in drive.words
        assert "toy-fault" in drive.words
        await drive.press("enter")
        assert "Say why in one sentence." in drive.words
        await drive.press("escape")
        assert (drive.state("one"), drive.overlaid) == (State.FAILED, False)
        await drive.press("f9")
        await drive.type("The product shows it \x1b[31mright")
        await drive.press("enter")
        await drive.settle()
        state = integration.states()["one"]
        assert (state.state, state.overruled) == (State.CONFIRMED, ("toy-fault",))
        assert "● confirmed Confirmed by " in drive.words
        assert "against toy-fault: The product shows it" in drive.words
        assert "● Overruled it says bad" in drive.words
        assert "verified" not in drive.words
        assert "\x1b" not in drive.text
        await drive.screen.carry_out("withdraw")
        await drive.settle()
        assert "Withdraw the confirmation of step 1?" in drive.words
        await drive.press("down", "enter")
        await drive.settle()
        assert drive.state("one") is State.FAILED
    await integration.close()


async def test_findings_of_a_newer_check_are_shown_before_they_are_overruled(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    await integration.save("one", {"word": "bad"})
    async with driven(integration, SMALL) as drive:
        await drive.press("f5", "f9")
        await integration.save("one", {"word": "dark"})  # as another process would
        await integration.check("one", lambda _: None)
        await drive.type("It is not bad")
        await drive.press("enter")
        await drive.settle()
        assert not integration.states()["one"].done
        assert isinstance(drive.app.screen, OverruleScreen)
        assert "toy-dark" in drive.words
    await integration.close()


async def test_a_hard_stop_says_why_it_has_no_confirmation(tmp_path: Path) -> None:
    integration = open_toy(tmp_path, Guide((stop_step("one"),)))
    async with driven(integration, SMALL) as drive:
        await drive.press("f5")
        assert drive.state("one") is State.FAILED
        assert "It cannot be confirmed: going on would do harm." in drive.words
        assert "F9" not in drive.text
        await drive.press("f9")
        assert (drive.overlaid, drive.state("one")) == (False, State.FAILED)
    with pytest.raises(HardStopError):
        await integration.confirm("one", sentence="The product shows it right")
    # Nor does a confirmation that an earlier version recorded, when the finding was no hard stop yet.
    outcome = integration.states()["one"].current
    assert outcome is not None
    now = basis(integration.guide.step("one"), integration.journal_state())
    integration.note([confirmation_entry("one", "ada", now, outcome.against, "The product shows it right")])
    assert integration.states()["one"].state is State.FAILED
    await integration.close()


async def test_plain_mode_overrules_and_withdraws(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    await integration.save("one", {"word": "bad"})
    async with plain_driven(integration) as drive:
        await drive.type("check")
        assert "Next: fix what the findings name, then check again." in drive.words
        await drive.type("confirm")
        assert "The check found this against a confirmation: Problem: it says bad (toy-fault)" in drive.words
        await drive.type("")
        assert "Not confirmed." in drive.words
        await drive.type("confirm", "x" * 501)
        assert "501 characters; at most 500" in drive.words
        await drive.type("The product shows it right")
        assert "State: confirmed. Confirmed by " in drive.words
        assert "against toy-fault: The product shows it right" in drive.words
        assert "Overruled: it says bad (toy-fault)" in drive.words
        await drive.type("withdraw", "no")
        assert drive.integration.states()["one"].done
        await drive.type("withdraw", "yes")
        assert drive.integration.states()["one"].state is State.FAILED
        await drive.type("withdraw")
        assert "This step is not confirmed." in drive.words
    await integration.close()


async def test_the_report_lists_what_was_overruled_by_whom_and_why(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    await integration.save("one", {"word": "bad"})
    await integration.check("one", lambda _: None)
    await integration.confirm("one", "ann", "The `product` shows <b>it</b> right")
    document = handover(integration)
    assert document["summary"] | {"done": 1, "verified": 0, "confirmed": 1, "overruled": 1} == document["summary"]
    assert document["confirmed_only"] == []
    (overruled,) = document["overruled"]
    assert (overruled["step"], overruled["by"]) == ("one", "ann")
    assert overruled["findings"] == [{"code": "toy-fault", "seen": "it says bad"}]
    assert (document["next"]["step"], document["next"]["next"]) == ("two", "enter")
    markdown, page = handover_markdown(document), handover_html(document)
    for form in (markdown, page):
        assert "1 confirmed, 1 of them against findings" in form
        assert "Confirmed against findings" in form
        assert "toy-fault" in form
        assert "<b>" not in form.replace("\\<b", "")
        assert "enter the values" in form
    await integration.close()


CLOSED = "http://127.0.0.1:9"


def put(path: Path, date: str, overrule: str = "") -> str:
    """Write an answers file: a login host that does not answer, and a service request whose date is still to come."""
    line = f'overrule = "{overrule}"\n' if overrule else ""
    path.write_text(
        f'[account]\naccount_name = "acme"\nlogin_host = "other"\nlogin_url = "{CLOSED}"\n{line}'
        f'[audience-designer]\nsr_number = "3-38114092650"\nsr_date = "{date}"\nacknowledged = true\n{line}'
    )
    return str(path)


def test_an_answers_file_overrules_until_an_entry_changes(tmp_path: Path) -> None:
    def run(*arguments: str) -> Ended:
        return cxr_tui("-i", "acme", *arguments, "--json", home=tmp_path)

    answers, until = tmp_path / "answers.toml", ("--until", "audience-designer")
    refused = run("apply", put(answers, "2099-01-01"), *until)
    assert (refused.code, refused.document["steps"][0]["next"]) == (3, "fix"), refused.out
    sentence = "Only the office network reaches the host"
    passed = run("apply", put(answers, "2099-01-01", sentence), *until)
    assert (passed.code, passed.document["ok"]) == (0, True), passed.out
    shown = [(one["state"], one["next"], one["overruled"]) for one in passed.document["steps"][:2]]
    assert shown == [("confirmed", "", ["host-unreachable"]), ("confirmed", "", ["date-in-future"])]
    checked = run("check", "account", "audience-designer")
    assert (checked.code, checked.document["ok"]) == (0, True), checked.out
    report = cxr_tui("-i", "acme", "report", "--format", "json", home=tmp_path).document
    assert [one["sentence"] for one in report["overruled"]] == [sentence] * 2
    lapsed = run("apply", put(answers, "2099-02-02"), *until)
    assert (lapsed.code, lapsed.document["steps"][1]["overruled"]) == (1, [])


async def test_a_check_that_still_cannot_look_is_in_order_where_a_person_has_overruled_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration = open_toy(tmp_path)
    for word in ("good", "dark"):
        await integration.save("one", {"word": word})
        await integration.check("one", lambda _: None)
    monkeypatch.setattr("cxr_tui.cli.open_integration.open_real", lambda *_, **__: integration)
    monkeypatch.setattr(walk_commands, "GUIDE", integration.guide)
    args = Namespace(steps=["one"], json=True, dry_run=False, at=None, sandbox=False, integration="toy")
    await integration.confirm("one", sentence="It is light")
    assert await walk_commands.check(args) is Exit.OK


def test_a_review_shows_what_a_file_overrules(tmp_path: Path) -> None:
    answers = put(tmp_path / "answers.toml", "2099-01-01", "Support opens it then")
    shown = cxr_tui("apply", answers, "--review", "--until", "audience-designer", home=tmp_path)
    assert "Overrules all findings: Support opens it then" in shown.out
    document = cxr_tui("apply", answers, "--review", "--json", home=tmp_path).document
    assert [one["overrule"] for one in document["review"][1:3]] == ["Support opens it then", None]


def test_a_dry_run_goes_on_behind_what_a_file_overrules(tmp_path: Path) -> None:
    def stops(overrule: str) -> str:
        answers = put(tmp_path / "answers.toml", "2099-01-01", overrule)
        until = ("--until", "audience-designer")
        (part,) = cxr_tui("apply", answers, *until, "--dry-run", "--json", home=tmp_path).document["parts"]
        return str(part["stops"])

    assert "It would stop at step 2" in stops("")
    assert "It would stop" not in stops("Support opens it then")


async def test_a_walk_ends_with_everything_done_and_the_last_step_respects_what_was_overruled(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    await integration.world.credentials.put("three-key", Secret("k"))
    answers = {step.id: StepAnswers({"word": "good"}) for step in integration.guide.steps}
    answers["one"] = StepAnswers({"word": "bad"}, overrule="It is good")
    answers["two"] = StepAnswers({"word": "dark"}, overrule="It is light")
    answers["four"] = StepAnswers({"word": "wait"}, overrule="It has come")
    reports = await walk(integration, Plan(answers, {}), lambda _: None)
    assert [one.overruled for one in reports] == [("toy-fault",), ("toy-dark",), (), ("waiting",), ()]
    assert all(state.done for state in integration.states().values())
    await integration.recheck(integration.guide.steps, lambda _: None)
    assert all(state.done for state in integration.states().values())
    await integration.close()


def test_a_key_that_expires_soon_is_the_same_finding_every_day_until_it_has_expired() -> None:
    def found(day: int) -> str:
        report = Report()
        expires = NOW + timedelta(days=5)
        key = PublicKeyInfo("AB" * 20, ("cx",), "RSA", 3072, NOW, expires, False, True, ("AB" * 8,), False)
        check_key(report, key, NOW + timedelta(days=day), Fix("new", {}))
        return report.verified().against[0].same_as

    assert found(0) == found(1)
    assert found(1) != found(6)
