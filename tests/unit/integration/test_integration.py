"""The guided setup over a toy guide: gates, answers, staleness, resume."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxr_tui.domain.errors import LoginBudgetSpentError
from cxr_tui.domain.finding import Fix, Outcome, Status, Verdict
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.checks.common import CONNECT_API_PASSWORD
from cxr_tui.guide.definition import Check, Fact, Guide, Part, Product, Step
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided.operator_runner import operate
from cxr_tui.guided.step_controller import Ending, StepController
from cxr_tui.guided.walk import Plan, report, walk
from cxr_tui.integration import integration as opened
from cxr_tui.integration.integration import Integration, StepLockedError
from cxr_tui.integration.services import JournalLoginLimit
from cxr_tui.journal.events import refusal_entry
from cxr_tui.journal.gate import State
from cxr_tui.journal.rotation_lock import rotation_lock
from cxr_tui.journal.store import Journal
from support.sampling import amount
from support.worlds.toy_guide import TOY, WORDS, MemoryCredentials, open_toy, world_step

STEPS = tuple(step.id for step in TOY.steps)


def quiet(_: str) -> None:
    """Nobody listens to progress here."""


async def prove(integration: Integration, upto: int = len(STEPS), word: str = "good") -> None:
    for step in STEPS[:upto]:
        if step == "three":
            await integration.keep_secret("three", "key", Secret("k"))
        await integration.save(step, {"word": word})
        if word == "word":
            await integration.confirm(step)
        await integration.check(step, quiet)


def states(integration: Integration) -> list[str]:
    return [standing.state.value for standing in integration.states().values()]


async def test_steps_open_one_after_the_other(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    for done in range(len(STEPS) + 1):
        assert states(integration)[:done] == ["verified"] * done
        assert states(integration)[done + 1 :] == ["locked"] * (len(STEPS) - done - 1)
        if done < len(STEPS):
            if STEPS[done] == "three":
                await integration.keep_secret("three", "key", Secret("k"))
            await integration.save(STEPS[done], {"word": "good"})
            await integration.check(STEPS[done], quiet)
    assert integration.current() == STEPS[-1]
    await integration.close()


@pytest.mark.parametrize("step", STEPS[1:])
async def test_a_locked_step_refuses_every_way_in(tmp_path: Path, step: str) -> None:
    integration = open_toy(tmp_path)
    for attempt in (
        integration.save(step, {"word": "good"}),
        integration.confirm(step),
        integration.check(step, quiet),
        operate(integration, step, quiet),
        integration.apply_fix(Fix("put right", {f"{step}.word": "good"})),
    ):
        with pytest.raises(StepLockedError) as refusal:
            await attempt
        assert refusal.value.blocked_by == "one"
    with pytest.raises(StepLockedError):
        await integration.keep_secret("three", "key", Secret("k"))
    assert integration.journal_state().seq == 0
    await integration.close()


async def test_a_refused_answer_writes_none_of_its_form(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    problems = await integration.save("one", {"word": "xylophone", "more": "fine"})
    assert problems == {"word": "x is not allowed; write y"}
    assert integration.journal_state().seq == 0
    await integration.close()


async def test_the_same_answer_is_not_written_twice(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    for _ in range(3):
        await integration.save("one", {"word": "good", "more": ""})
    assert integration.journal_state().seq == 1
    await integration.close()


async def test_an_empty_field_is_named_and_nothing_is_recorded(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    outcome = await integration.check("one", quiet)
    assert outcome.verdict is Verdict.UNKNOWN
    assert "Word" in outcome.findings[0].seen
    assert integration.journal_state().seq == 0
    await integration.close()


async def test_evidence_that_comes_later_proves_the_earlier_step(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    await integration.save("one", {"word": "good"})
    await integration.check("one", quiet)
    await integration.save("two", {"word": "word"})
    await integration.confirm("two")
    await integration.check("two", quiet)
    assert integration.states()["two"].state is State.CONFIRMED
    await integration.keep_secret("three", "key", Secret("k"))
    for step in ("three", "four"):
        await integration.save(step, {"word": "good"})
        await integration.check(step, quiet)
    judged = integration.journal_state().checks
    assert judged["two"].at >= judged["four"].at, "two was looked at again once four had brought its evidence"
    await integration.close()


async def test_the_last_step_has_all_earlier_ones_checked_again(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    await prove(integration, upto=4)
    before = integration.journal_state().checks["four"].at
    await integration.save("five", {"word": "good"})
    await integration.check("five", quiet)
    assert all(integration.journal_state().checks[step].at > before for step in STEPS)
    await integration.close()


@pytest.mark.parametrize("word", ["bad", "wait"])
async def test_the_last_step_leaves_what_fails_meanwhile_to_the_earlier_step(tmp_path: Path, word: str) -> None:
    words = {"one": "good"}
    integration = open_toy(tmp_path, Guide((world_step("one", words), *TOY.steps[1:])))
    await prove(integration, upto=4)
    await integration.save("five", {"word": "good"})
    words["one"] = word
    controller = StepController(integration)
    controller.step_id = "five"
    ended = await controller.confirm(quiet)
    assert (ended.needs, ended.problems, ended.trouble) == ("one", {}, ())
    assert integration.states()["five"].blocked_by == "one"
    assert "five" not in integration.journal_state().checks
    reports = await walk(integration, Plan({}, {}), quiet)
    assert [one.id for one in reports if any(found.status is Status.FAIL for found in one.findings)] == (
        ["one"] if word == "bad" else []
    )
    await integration.close()


async def test_a_secret_never_reaches_the_journal(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    await prove(integration, upto=2)
    assert await integration.keep_secret("three", "key", Secret("canary-8c1f")) is None
    assert await integration.keep_secret("three", "key", Secret("x")) == "x is not allowed; write y"
    assert integration.form("three")[2].stored
    assert integration.form("three")[2].value is None
    await integration.close()
    for path in tmp_path.iterdir():
        assert b"canary-8c1f" not in path.read_bytes()


async def test_a_new_secret_turns_stale_what_rests_on_it(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    await prove(integration)
    await integration.keep_secret("three", "key", Secret("another"))
    assert states(integration) == ["verified", "verified", "stale", "stale", "stale"]
    await integration.close()


async def test_the_same_password_entered_again_is_tried_again_only_if_the_login_goes_elsewhere_now(
    tmp_path: Path,
) -> None:
    integration = open_toy(tmp_path, GUIDE)

    async def refusals_after_entering(source: str) -> dict[str, int]:
        await integration.keep_secret("account", "connect_api_password", Secret("Right-0ne"), source=source)
        return dict(integration.journal_state().refusals)

    await integration.save("account", {"connect_api_user": "conect.api"})
    await refusals_after_entering("typed")
    integration.note([refusal_entry("", CONNECT_API_PASSWORD)] * 2)
    spent = {CONNECT_API_PASSWORD: 2}
    assert await refusals_after_entering("typed") == spent, "the same login would be refused again"
    await integration.save("account", {"connect_api_user": "connect.api"})
    await integration.save("account", {"connect_api_user": "conect.api"})
    assert await refusals_after_entering("typed") == spent, "changed and changed back"
    await integration.save("account", {"connect_api_user": "connect.api"})
    assert await refusals_after_entering("stdin") == spent, "standard input gives it to every run"
    assert await refusals_after_entering("typed") == {}
    world, journal = integration.world, integration.journal_state
    limit = JournalLoginLimit(CONNECT_API_PASSWORD, journal, world.own_time, lambda *_: None)
    limit.require_left()
    integration.note([refusal_entry("", CONNECT_API_PASSWORD)])
    with pytest.raises(LoginBudgetSpentError, match="3 logins were refused"):
        limit.require_left()
    await integration.save("account", {"connect_api_user": "conect.api"})
    assert await refusals_after_entering("typed") == {CONNECT_API_PASSWORD: 1}, "refused under this name before"
    await integration.save("account", {"login_host": "interact5"})
    assert await refusals_after_entering("typed") == {}
    with pytest.raises(LoginBudgetSpentError, match="3 logins were refused"):
        limit.require_left()
    await integration.keep_secret("account", "connect_api_password", Secret("An0ther-one"))
    limit.require_left()
    await integration.close()


class DiesAfterPut(MemoryCredentials):
    """The process is killed once the keyring has taken a secret and before the journal hears of it."""

    async def put(self, item: str, secret: Secret) -> None:
        await super().put(item, secret)
        raise KeyboardInterrupt


async def test_a_kill_between_keyring_and_journal_is_not_taken_for_what_was_proven_before(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    await prove(integration)
    integration.note([refusal_entry("", "three-key"), refusal_entry("", "three-key")])
    await integration.close()
    dying = DiesAfterPut()
    dying.kept["three-key"] = Secret("k")
    integration = open_toy(tmp_path, credentials=dying)
    with pytest.raises(KeyboardInterrupt):
        await integration.keep_secret("three", "key", Secret("another"))
    await integration.close()
    after = MemoryCredentials()
    after.kept = dying.kept
    integration = open_toy(tmp_path, credentials=after)
    # which of the two lies in the keyring is not known, so nothing that rests on it holds
    assert states(integration) == ["verified", "verified", "stale", "stale", "stale"]
    assert integration.journal_state().refusals == {"three-key": 2}
    # the same one entered again is the new one, although it lies there already
    await integration.keep_secret("three", "key", Secret("another"))
    assert integration.journal_state().refusals == {}
    assert integration.journal_state().pending_secrets == set()
    version = integration.journal_state().values["three.key"]
    await integration.keep_secret("three", "key", Secret("another"))
    assert integration.journal_state().values["three.key"] == version
    await integration.close()


async def test_a_secret_waits_for_another_process_that_exchanges_one_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration = open_toy(tmp_path)
    await prove(integration)
    before = integration.journal_state().seq
    with rotation_lock(integration.place):
        monkeypatch.setattr(opened, "LOCK_SECONDS", 0.2)
        said = await integration.keep_secret("three", "key", Secret("another"))
        assert said is not None
        assert "Another cxr-tui" in said
        assert integration.journal_state().seq == before
        monkeypatch.setattr(opened, "LOCK_SECONDS", 5.0)
        waiting = asyncio.create_task(integration.keep_secret("three", "key", Secret("another")))
        await asyncio.sleep(0.2)
        assert not waiting.done()
    assert await waiting is None
    await integration.close()


class SlowStore(MemoryCredentials):
    """A store that takes a moment, and is asked whether it really has what it was given, as the OS's own is."""

    async def put(self, item: str, secret: Secret) -> None:
        await super().put(item, secret)
        await asyncio.sleep(0.1)
        assert self.kept[item] == secret, "something else came back"


async def test_two_that_keep_the_first_secret_at_once_do_it_one_after_the_other(tmp_path: Path) -> None:
    store = SlowStore()
    both = [open_toy(tmp_path, credentials=store) for _ in range(2)]
    for step in ("one", "two"):
        await both[0].save(step, {"word": "good"})
        await both[0].check(step, quiet)
    said = await asyncio.gather(
        *(one.keep_secret("three", "key", Secret(word)) for one, word in zip(both, ("mine", "yours"), strict=True))
    )
    assert said == [None, None]
    assert both[0].journal_state().pending_secrets == set()
    for one in both:
        await one.close()


async def test_a_fix_is_taken_over_whole_or_not_at_all(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    await prove(integration)
    before = integration.journal_state().seq
    fix = Fix("put right", {"one.word": "bad", "two.word": "xylophone"})
    assert await integration.apply_fix(fix) == {"two.word": "x is not allowed; write y"}
    assert integration.journal_state().seq == before
    assert await integration.apply_fix(Fix("put right", {"one.word": "bad", "two.word": "bad"})) == {}
    first, second = integration.records()[-2:]
    assert first.at == second.at
    await integration.close()


async def test_another_process_sees_what_the_first_one_wrote(tmp_path: Path) -> None:
    first, second = open_toy(tmp_path), open_toy(tmp_path)
    await prove(first, upto=2)
    assert second.current() == "three"
    await first.close()
    await second.close()


async def test_what_nobody_has_filled_in_is_not_checked_with_the_others(tmp_path: Path) -> None:
    """A check rests on its fields being filled in; those of the real guide are asked with nothing at all."""
    integration = open_toy(tmp_path)
    assert await integration.recheck(integration.guide.steps, lambda _: None) == {}
    assert integration.journal_state().seq == 0
    real = Integration(GUIDE, Journal(tmp_path / "real.db"), MemoryCredentials(), None, "real")
    assert await real.recheck(GUIDE.steps, lambda _: None) == {}
    await real.close()
    await integration.close()


async def test_a_cancelled_check_writes_nothing(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    await integration.save("one", {"word": "good"})
    before = integration.journal_state().seq
    task = asyncio.create_task(integration.check("one", quiet))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert integration.journal_state().seq == before
    await integration.close()


MOVES = st.one_of(
    st.tuples(st.just("answer"), st.sampled_from(STEPS), st.sampled_from(WORDS)),
    st.tuples(st.just("confirm"), st.sampled_from(STEPS), st.just("")),
    st.tuples(st.just("check"), st.sampled_from(STEPS), st.just("")),
    st.tuples(st.just("fix"), st.sampled_from(STEPS), st.sampled_from(WORDS)),
    st.tuples(st.just("secret"), st.just("three"), st.sampled_from(["a", "b"])),
    st.tuples(st.just("recheck"), st.just("one"), st.just("")),
    st.tuples(st.just("reopen"), st.just("one"), st.just("")),
    st.tuples(st.just("advance"), st.just("one"), st.sampled_from(["good", "word"])),
)


async def advance(integration: Integration, word: str) -> None:
    """Do what an honest person does at the current step, so that random walks get beyond the first steps."""
    step = integration.current()
    if step == "three" and not integration.form("three")[2].stored:
        await integration.keep_secret("three", "key", Secret("k"))
    await integration.save(step, {"word": word})
    if word == "word":
        await integration.confirm(step)
    await integration.check(step, quiet)


async def play(integration: Integration, move: tuple[str, str, str]) -> None:
    kind, step, word = move
    match kind:
        case "answer":
            await integration.save(step, {"word": word})
        case "confirm":
            await integration.confirm(step)
        case "check":
            await integration.check(step, quiet)
        case "fix":
            await integration.apply_fix(Fix("put right", {f"{step}.word": word}))
        case "secret":
            await integration.keep_secret(step, "key", Secret(word))
        case "recheck":
            await integration.recheck(TOY.steps, quiet)
        case "advance":
            await advance(integration, word)


@settings(
    max_examples=amount(daily=30, whole=120),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(moves=st.lists(MOVES, max_size=25))
def test_no_sequence_of_moves_opens_or_validates_a_step_before_those_before_it(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[str, str, str]]
) -> None:
    asyncio.run(walk_randomly(tmp_path_factory.mktemp("walk"), moves))


async def refused_by(integration: Integration, move: tuple[str, str, str]) -> str:
    try:
        await play(integration, move)
    except StepLockedError as refusal:
        return refusal.blocked_by
    return ""


async def walk_randomly(home: Path, moves: list[tuple[str, str, str]]) -> None:
    integration = open_toy(home)
    for move in moves:
        before = integration.states()
        if move[0] == "reopen":
            await integration.close()
            integration = open_toy(home)
            assert integration.states() == before, "a new process sees exactly what the old one saw"
            continue
        blocked_by = await refused_by(integration, move)
        assert not blocked_by or not before[blocked_by].done
        after = integration.states()
        for at, step in enumerate(STEPS):
            earlier_hold = all(after[one].done for one in STEPS[:at])
            if after[step].done and not before[step].done:
                # Evidence for an confirmed step may only come while everything before it holds.
                answers = ("answer", "fix", "recheck", "advance")
                assert earlier_hold or move[0] in answers, (move, step, before, after)
                if not earlier_hold:
                    assert before[step].state is State.STALE, "only an answer put back may revive a step out of order"
            if not earlier_hold and not after[step].done:
                assert after[step].blocked_by
                assert after[step].state in (State.LOCKED, State.STALE)
    await integration.close()


async def test_what_rests_on_a_fact_that_changed_is_looked_at_again_in_the_same_command(tmp_path: Path) -> None:
    number = ["41"]

    async def job(c: Check) -> Outcome:
        c.report.learn("number", number[0])
        c.report.passed("job-there", number[0])
        return c.report.verified()

    async def runs(c: Check) -> Outcome:
        if c.known.text("job.number") == number[0]:
            c.report.passed("run-there", "")
        else:
            c.report.fail("run-missing", c.known.text("job.number"), "", "")
        return c.report.verified()

    async def word(c: Check) -> Outcome:
        return c.report.confirmable()

    keys = ("job.number",)
    parts = (("job", job, ()), ("runs", runs, keys), ("word", word, keys), ("last", runs, keys))
    guide = Guide(
        tuple(
            Step(name, name, Part.PREPARE, Product.NONE, "", check, facts=(Fact("number", "Number"),), rests_on=on)
            for name, check, on in parts
        )
    )
    integration = open_toy(tmp_path, guide)
    for name in ("job", "runs", "word", "last"):
        await integration.check(name, quiet)
        if name == "word":
            await integration.confirm(name)
    assert {one.state for one in integration.states().values()} == {State.VERIFIED, State.CONFIRMED}
    number[0] = "52"
    found = await integration.recheck(guide.steps, quiet)
    assert found["runs"].verdict is Verdict.VERIFIED
    assert [one.state for one in integration.states().values()][:3] == [State.VERIFIED, State.VERIFIED, State.DRAFT]
    assert [one.code for one in report(integration)[2].findings] == ["check-again"], "nothing ends in silence"
    await integration.close()


@pytest.mark.parametrize("sentence", ["", "Seen on the screen"])
async def test_a_finding_is_overruled_with_a_sentence_only_and_the_word_can_be_withdrawn(
    tmp_path: Path, sentence: str
) -> None:
    integration = open_toy(tmp_path)
    await integration.save("one", {"word": "bad"})
    await integration.check("one", quiet)
    await integration.confirm("one", sentence=sentence)
    state = integration.states()["one"]
    assert state.done is bool(sentence)
    assert (state.overruled, state.sentence) == ((("toy-fault",), sentence) if sentence else ((), ""))
    await integration.check("one", quiet)
    assert integration.states()["one"].done is bool(sentence), "a later check respects it"
    await integration.withdraw("one")
    assert states(integration)[:2] == ["failed", "locked"]
    await integration.close()


async def test_confirming_asks_for_a_sentence_where_something_is_against_it(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    controller = StepController(integration)

    async def confirmed(word: str) -> Ending:
        controller.drafts.take(integration, "one", "word", word)
        return await controller.confirm(quiet)

    for word, codes in (("bad", ["toy-fault"]), ("dark", ["toy-dark"]), ("wait", ["waiting"]), ("word", [])):
        ended = await confirmed(word)
        assert [one.code for one in ended.overrulable] == codes
        assert integration.states()["one"].done is (word == "word")
    ended = await confirmed("wait")
    await controller.overrule(ended.overrulable, "It was done yesterday", quiet)
    assert states(integration)[:2] == ["confirmed", "ready"]
    await integration.close()
