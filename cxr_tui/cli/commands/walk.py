"""`rehearse`, `apply` and `check`: the guide's steps without a screen."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.open_integration import attached_sandbox, open_real, rehearsed_sandbox
from cxr_tui.cli.step_output import say, say_json, steps_document, steps_table, tell
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.login_endings import one_command
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.catalog.anomalies import UNREACHABLE
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided import rehearsal
from cxr_tui.guided.answers_file import AnswersFileError, read_answers
from cxr_tui.guided.walk import Browser, Plan, StepAnswers, StepReport, report, walk
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import StepState
from cxr_tui.security.private_files import expanded
from cxr_tui.system.threads import run_in_thread

ANSWERS_SECONDS = 3600.0
"""How long another program may take to write the answers, where the file is its pipe."""
STORE = frozenset({"store-unusable"})


async def rehearse(args: Namespace) -> Exit:
    """Walk all steps on a fresh sandbox; its operator does the browser part."""
    async with rehearsed_sandbox(
        args.people, tuple(args.scenario), faults=tuple(args.fault), bare=args.bare, screens=args.screens
    ) as (integration, typed):
        plan = Plan(with_typed(await _answers(args), typed), {}, Browser.OPERATOR, args.until or "")
        reports = await rehearsal.rehearse(integration, plan, tell)
        return _close(args, integration, reports, whole=True, stopping=frozenset({Status.FAIL, Status.UNKNOWN}))


async def apply(args: Namespace) -> Exit:
    """Walk the steps with the answers of a file; a person, or in a sandbox its operator, does the browser part."""
    answers = await _answers(args)
    secrets = _secrets_from_stdin() if args.secrets_stdin else {}
    if args.dry_run or args.review:
        from cxr_tui.cli.commands import dry_run  # loaded only where it is wanted

        browser = Browser.OPERATOR if args.at else Browser.DONE_BEFORE
        plan = Plan(answers, secrets, browser, args.until or "")
        return await (dry_run.apply if args.dry_run else dry_run.review_answers)(args, plan)
    if args.at:
        plan = Plan(answers, secrets, Browser.OPERATOR, args.until or "")
        async with attached_sandbox(Path(args.at), args.integration) as integration:
            return _close(args, integration, await walk(integration, plan, tell), whole=False)
    integration = open_real(args.integration)
    try:
        plan = Plan(answers, secrets, Browser.DONE_BEFORE, args.until or "")
        with one_command():
            return _close(args, integration, await walk(integration, plan, tell), whole=False)
    finally:
        await integration.close()


async def check(args: Namespace) -> Exit:
    """Run the checks of steps again, side by side, and say what has changed."""
    if args.dry_run:
        from cxr_tui.cli.commands import dry_run  # loaded only where it is wanted

        return await dry_run.check(args)
    if args.at:
        async with attached_sandbox(Path(args.at), args.integration) as integration:
            return await _check(args, integration)
    integration = open_real(args.integration)
    try:
        return await _check(args, integration)
    finally:
        await integration.close()


async def _check(args: Namespace, integration: Integration) -> Exit:
    wanted = [GUIDE.step(step_id) for step_id in args.steps] or list(GUIDE.steps)
    standing = integration.states()
    due = [step for step in wanted if standing[step.id].outcome is not None]
    if not due:
        name = integration.name
        tell(f"Nothing to check: no step of {name!r} was checked before. Start with: cxr-tui -i {name}")
        return Exit.PROBLEM
    await integration.recheck(due, tell)
    ids = {step.id for step in wanted}
    return _close(args, integration, [one for one in report(integration) if one.id in ids], whole=True)


def _close(
    args: Namespace,
    integration: Integration,
    reports: Sequence[StepReport],
    *,
    whole: bool,
    stopping: frozenset[Status] = frozenset({Status.FAIL}),
) -> Exit:
    """Print the reports and return the exit code.

    `whole` asks that every reported step is done, `stopping` are the findings with which it is not in order. A
    rehearsal reports, and ends with, what it met on the way too: there, having had to look twice is a fault.
    Where everything is done and a check could not look just now, the exit code says why.
    """
    standing = integration.states()
    end = len(reports)
    if getattr(args, "until", None):
        end = GUIDE.number(args.until)
    due = list(reports)[:end] if (whole or getattr(args, "until", None)) else list(reports)
    findings = [
        finding
        for one in due
        for finding in one.findings
        if finding.code not in one.overruled and not _passed(standing[one.id], finding)
    ]
    holds = all(standing[one.id].done for one in due)
    blind = [one for report in due for one in _unseen(standing[report.id])] if whole else []
    ok = holds and not blind and not any(one.status in stopping for one in findings)
    if args.json:
        say_json(steps_document(integration.name, reports, integration.journal_state().first_seen, ok=ok))
    else:
        say(steps_table(GUIDE, reports))
    if ok:
        return Exit.OK
    if not holds:
        return _cause([one for report in due if not standing[report.id].done for one in report.findings])
    return _cause(blind) if blind and not any(one.status in stopping for one in findings) else Exit.PROBLEM


def _passed(standing: StepState, finding: Finding) -> bool:
    """Say whether a finding is only that something could not be seen, at a step that a person's word has passed."""
    outcome = standing.outcome
    return standing.done and finding.status is Status.UNKNOWN and outcome is not None and finding in outcome.findings


def _unseen(standing: StepState) -> Sequence[Finding]:
    """Return what the newest check of a step that is done could not look at, but for what a person has overruled."""
    found = standing.inconclusive.findings if standing.inconclusive else ()
    return [one for one in found if one.status is Status.UNKNOWN and one.code not in standing.overruled]


def _cause(findings: Sequence[Finding]) -> Exit:
    codes = {finding.code for finding in findings if finding.status in (Status.FAIL, Status.UNKNOWN)}
    if codes & STORE:
        return Exit.STORE
    return Exit.UNREACHABLE if codes and codes <= UNREACHABLE else Exit.PROBLEM


async def _answers(args: Namespace) -> Mapping[str, StepAnswers]:
    if not args.answers:
        return {}
    answers = await run_in_thread(lambda: read_answers(expanded(args.answers), GUIDE), ANSWERS_SECONDS, "answers")
    if any(one.outdated for one in answers.values()):
        tell(f'{args.answers}: "attested" is now called "confirmed"; it is taken as that.')
    return answers


def with_typed(answers: Mapping[str, StepAnswers], typed: Mapping[str, str]) -> dict[str, StepAnswers]:
    """Return the answers with what the person of a planted fault types where no answer was given."""
    result = dict(answers)
    for key, text in typed.items():
        step_id, _, name = key.partition(".")
        told = result.get(step_id, StepAnswers())
        result[step_id] = replace(told, values={name: text, **told.values})
    return result


def _secrets_from_stdin() -> dict[str, Secret]:
    """Read `ITEM=SECRET` lines; AnswersFileError where standard input is a terminal or a line has no item."""
    if sys.stdin.isatty():
        raise AnswersFileError("--secrets-stdin reads ITEM=SECRET lines from a pipe, not from a terminal")
    items = sorted({one.item for step in GUIDE.steps for one in step.fields if one.item})
    secrets: dict[str, Secret] = {}
    for number, line in enumerate(sys.stdin.read().splitlines(), 1):
        item, equals, text = line.partition("=")
        if not equals or item not in items:
            raise AnswersFileError(
                f"standard input, line {number}: expected ITEM=SECRET with an item of {', '.join(items)}"
            )
        secrets[item] = Secret(text)
    return secrets
