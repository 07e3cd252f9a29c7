"""`rehearse`, `apply` and `check`: the guide's steps without a screen."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace
from typing import Any

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.expected_errors import exit_of
from cxr_tui.cli.open_integration import open_integration, rehearsed_sandbox, sandbox_options
from cxr_tui.cli.output import print_diagnostic, print_result
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.login_endings import one_command
from cxr_tui.domain.responsys_data import FirstSeen
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.definition import Guide, Step
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided import rehearsal
from cxr_tui.guided.answers_file import AnswersFileError, read_answers
from cxr_tui.guided.walk import Plan, StepAnswers, StepReport, report, walk
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import StepState
from cxr_tui.presentation.badges import STATES
from cxr_tui.presentation.findings import finding_lines
from cxr_tui.presentation.values import NEXT_WORDS
from cxr_tui.security.private_files import expanded
from cxr_tui.system.threads import run_in_thread

ANSWERS_SECONDS = 3600.0
"""How long another program may take to write the answers if the file is its pipe."""
STEPS_SCHEMA = 2
"""Version of the documents of `rehearse`, `apply` and `check`."""


async def rehearse(args: Namespace) -> Exit:
    """Walk all steps on a new sandbox; its operator does the browser part."""
    async with rehearsed_sandbox(sandbox_options(args)) as (integration, preset):
        plan = Plan(with_preset(await _answers(args), preset), {}, args.until or "")
        reports = await rehearsal.rehearse(integration, plan, print_diagnostic)
        return _close(args, integration, reports, whole=True, stopping=frozenset({Status.FAIL, Status.UNKNOWN}))


async def apply(args: Namespace) -> Exit:
    """Walk the steps with the answers of a file; a person, or in a sandbox its operator, does the browser part."""
    answers = await _answers(args)
    secrets = _secrets_from_stdin() if args.secrets_stdin else {}
    plan = Plan(answers, secrets, args.until or "")
    if args.dry_run or args.review:
        from cxr_tui.cli.commands import dry_run

        async with dry_run.copied(args) as integration:
            return (dry_run.apply if args.dry_run else dry_run.review_answers)(args, integration, plan)
    async with open_integration(args) as integration:
        with nullcontext() if args.at else one_command():
            return _close(args, integration, await walk(integration, plan, print_diagnostic), whole=False)


async def check(args: Namespace) -> Exit:
    """Run the checks of steps again, side by side, and report what changed."""
    if args.dry_run:
        from cxr_tui.cli.commands import dry_run

        async with dry_run.copied(args) as integration:
            due = _due(args, integration)
            return dry_run.check(args, integration, due) if due else Exit.PROBLEM
    async with open_integration(args) as integration:
        due = _due(args, integration)
        if not due:
            return Exit.PROBLEM
        await integration.recheck(due, print_diagnostic)
        reports = [one for one in report(integration) if not args.steps or one.id in args.steps]
        return _close(args, integration, reports, whole=True)


def _due(args: Namespace, integration: Integration) -> list[Step]:
    """Return the steps that the command line names, all by default, as far as they were checked before."""
    states, name = integration.states(), integration.name
    wanted = [GUIDE.step(step_id) for step_id in args.steps] or list(GUIDE.steps)
    due = [step for step in wanted if states[step.id].outcome is not None]
    if not due:
        print_diagnostic(f"No step of “{name}” was checked before. Start with: cxr-tui -i {name}")
    return due


def _close(
    args: Namespace,
    integration: Integration,
    reports: Sequence[StepReport],
    *,
    whole: bool,
    stopping: frozenset[Status] = frozenset({Status.FAIL}),
) -> Exit:
    """Print the reports and return the exit code.

    With `whole`, a check that could not run just now is a problem too, and the exit code gives its reason. A finding
    with a status of `stopping` is a problem; in a rehearsal that includes findings that a later check no longer had.
    """
    states = integration.states()
    until = getattr(args, "until", None)
    due = list(reports)[: GUIDE.number(until)] if until else list(reports)
    stopped = any(
        finding.status in stopping and finding.code not in one.overruled and not _confirmed(states[one.id], finding)
        for one in due
        for finding in one.findings
    )
    done = all(states[one.id].done for one in due)
    unknown = [finding for one in due for finding in _inconclusive(states[one.id])] if whole else []
    ok = done and not unknown and not stopped
    document = steps_document(integration.name, reports, integration.journal_state().first_seen, ok=ok)
    print_result(args, document, steps_table(GUIDE, reports))
    if ok:
        return Exit.OK
    if not done:
        return exit_of([finding for one in due if not states[one.id].done for finding in one.findings])
    return exit_of(unknown) if unknown and not stopped else Exit.PROBLEM


def _confirmed(state: StepState, finding: Finding) -> bool:
    """Return whether a finding only says that something could not be checked, at a step that is done without it."""
    outcome = state.outcome
    return state.done and finding.status is Status.UNKNOWN and outcome is not None and finding in outcome.findings


def _inconclusive(state: StepState) -> Sequence[Finding]:
    """Return what the latest check of a completed step could not examine, without what a person has overruled."""
    found = state.inconclusive.findings if state.inconclusive else ()
    return [one for one in found if one.status is Status.UNKNOWN and one.code not in state.overruled]


async def _answers(args: Namespace) -> Mapping[str, StepAnswers]:
    if not args.answers:
        return {}
    answers = await run_in_thread(lambda: read_answers(expanded(args.answers), GUIDE), ANSWERS_SECONDS, "answers")
    if any(one.outdated for one in answers.values()):
        print_diagnostic(f'{args.answers}: "attested" is now called "confirmed" and counts as that.')
    return answers


def with_preset(answers: Mapping[str, StepAnswers], preset: Mapping[str, str]) -> dict[str, StepAnswers]:
    """Return the answers, completed by the entries that scenarios preset, by `step.field`."""
    result = dict(answers)
    for key, text in preset.items():
        step_id, _, name = key.partition(".")
        own = result.get(step_id, StepAnswers())
        result[step_id] = replace(own, values={name: text, **own.values})
    return result


def _secrets_from_stdin() -> dict[str, Secret]:
    """Read `ITEM=SECRET` lines; AnswersFileError if standard input is a terminal or a line has no item."""
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


def steps_document(
    integration: str, reports: Sequence[StepReport], first_seen: Iterable[FirstSeen], *, ok: bool
) -> dict[str, Any]:
    """Return the document of `rehearse`, `apply` and `check`."""
    return {
        "schema": STEPS_SCHEMA,
        "integration": integration,
        "steps": [
            {
                "id": report.id,
                "state": report.state.value,
                "next": report.next.value,
                "overruled": list(report.overruled),
                "findings": [finding.document() for finding in report.findings],
            }
            for report in reports
        ],
        "first_seen": [asdict(word) for word in sorted(first_seen)],
        "ok": ok,
    }


def steps_table(guide: Guide, reports: Sequence[StepReport]) -> str:
    """Return the steps as lines for people: number, glyph and state, title, and findings that did not pass."""
    lines = []
    for one in reports:
        step = guide.step(one.id)
        lines.append(f"{guide.number(one.id):>2}  {STATES[one.state].glyph} {STATES[one.state].word:<12} {step.title}")
        if one.overruled:
            lines.append(f"      overruled: {', '.join(one.overruled)}")
        open_ones = [
            found for found in one.findings if found.status is not Status.PASS and found.code not in one.overruled
        ]
        lines += finding_lines(open_ones, indent="      ")
    upcoming = next((one for one in reports if one.next), None)
    if upcoming is not None:
        lines.append(f"\nNext, at step {guide.number(upcoming.id)}: {NEXT_WORDS[upcoming.next]}.")
    return "\n".join(lines)
