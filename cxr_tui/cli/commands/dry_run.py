"""`--dry-run` of `apply`, `check` and `rotate`, and `apply --review`: what would be done, with nothing touched."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.open_integration import SANDBOX_STORE
from cxr_tui.cli.step_output import say, say_json, tell
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.dry_run.exploring import Plan
from cxr_tui.dry_run.paper import PaperIntegration
from cxr_tui.dry_run.rotating import plan_rotation
from cxr_tui.dry_run.walking import plan_checks, plan_walk
from cxr_tui.dry_run.words import plan_document, plan_lines, summary
from cxr_tui.guide.definition import Kind
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided import walk
from cxr_tui.integration.paths import data_home, journal_path
from cxr_tui.integration.rotation_state import rules_entry
from cxr_tui.journal.events import answer_entry, secret_entry
from cxr_tui.journal.store import read_records
from cxr_tui.presentation.values import STATE_WORDS
from cxr_tui.reports.review import ReviewedStep, review, review_document
from cxr_tui.rotation.managed_secrets import managed_secret

HEAD = "Dry run: nothing was sent, written, or read from the keyring."


def on_paper(args: Namespace, assumed: Sequence[str] = ()) -> PaperIntegration:
    """Return the integration that is named, on paper; `assumed` are keyring items that are taken to lie there.

    Raises JournalError, IntegrationNameError, and SandboxStartError where no sandbox runs in the directory.
    """
    home, store, screens = data_home(), "this system's keyring", False
    if args.at:
        from cxr_tui.sandbox_launcher import attach_sandbox

        running = attach_sandbox(Path(args.at))
        home, store, screens = running.directory, SANDBOX_STORE, running.info.screens
    path = journal_path(home, args.integration)
    return PaperIntegration(
        GUIDE,
        args.integration,
        path,
        read_records(path),
        store=store,
        sandboxed=bool(args.at),
        exists=path.exists(),
        assumed=assumed,
        screens=screens,
    )


async def apply(args: Namespace, answers: walk.Plan) -> Exit:
    """List what `apply` would touch with these answers."""
    needed = {
        one.item for step in GUIDE.steps for one in step.fields if one.item and not one.optional and not one.brought
    }
    # Secrets lie in the keyring already or are handed in; whether they do cannot be known without looking.
    integration = on_paper(args, () if args.at else sorted(needed - set(answers.secrets)))
    return await _close(args, integration, "apply", [("", await plan_walk(integration, answers))])


async def check(args: Namespace) -> Exit:
    """List what `check` would touch."""
    integration = on_paper(args)
    wanted = [GUIDE.step(step_id) for step_id in args.steps] or list(GUIDE.steps)
    standing = integration.states()
    due = [step for step in wanted if standing[step.id].outcome is not None]
    if not due:
        tell(f"Nothing to check: no step of {integration.name!r} was checked before.")
        await integration.close()
        return Exit.PROBLEM
    return await _close(args, integration, "check", [("", await plan_checks(integration, due))])


async def rotate(args: Namespace, own: Secret | None, rules: Mapping[str, int] | None) -> Exit:
    """List what a rotation would touch, one part after the other."""
    integration = on_paper(args)
    if rules is not None:
        integration.note([rules_entry(rules)])
    parts = await plan_rotation(integration, managed_secret(args.item), own, back=args.abort)
    return await _close(args, integration, "rotate", parts)


async def _close(args: Namespace, integration: PaperIntegration, would: str, parts: Sequence[tuple[str, Plan]]) -> Exit:
    plans = [plan for _, plan in parts]
    if args.json:
        documents = [{"when": when or None, **plan_document(plan)} for when, plan in parts]
        say_json({"integration": integration.name, "dry_run": True, "would": would, "parts": documents})
    else:
        say(f"{HEAD}\n`{would}` would touch: {summary(plans)}")
        for when, plan in parts:
            lines = [line.whole for line in plan_lines(GUIDE, plan)]
            say("\n".join(["", *([when] if when else []), *(lines or ["Nothing."])]))
    await integration.close()
    return Exit.PROBLEM if any(plan.stops for plan in plans) else Exit.OK


async def review_answers(args: Namespace, answers: walk.Plan) -> Exit:
    """Print every value as it would be with these answers, where each came from, and what is wrong with it."""
    integration = on_paper(args)
    _take(integration, answers)
    steps = review(integration, everything=True)
    end = GUIDE.number(answers.until) if answers.until else len(steps)
    steps = steps[:end]
    wrong = sum(step.problems for step in steps)
    if args.json:
        document = review_document(steps)
        for step in document:
            step["overrule"] = _of(answers, step["id"]).overrule or None
        say_json({"integration": integration.name, "review": document, "ok": not wrong})
    else:
        say("\n".join(line for step in steps for line in _step_lines(step, _of(answers, step.id).overrule)))
        say(f"\n{wrong} value{'' if wrong == 1 else 's'} to put right." if wrong else "\nEvery value is in order.")
    await integration.close()
    return Exit.PROBLEM if wrong else Exit.OK


def _of(answers: walk.Plan, step_id: str) -> walk.StepAnswers:
    return answers.answers.get(step_id, walk.StepAnswers())


def _take(integration: PaperIntegration, answers: walk.Plan) -> None:
    """Put the answers into the journal on paper, right or wrong: it is the review that says what is wrong."""
    for step in GUIDE.steps:
        told = _of(answers, step.id).values
        known = integration.journal_state().known()
        entries = [
            answer_entry(step.id, name, value, "file")
            for name, value in told.items()
            if known.value(step.key(name)) != value
        ]
        for one in step.fields:
            secret = answers.secrets.get(one.item) if one.kind is Kind.SECRET else None
            if secret is not None:
                version = known.number(step.key(one.name)) + 1
                entries.append(secret_entry(step.id, one.name, one.item, version, "stdin"))
        if entries:
            integration.note(entries)


def _step_lines(step: ReviewedStep, overrule: str) -> list[str]:
    lines = ["", f"{step.number:>2}  {step.title}  ({STATE_WORDS[step.state.state]})"]
    width = min(max((len(row.label) for row in step.values), default=0), 40)
    for row in step.values:
        mark = "✗" if row.problem else " "
        lines.append(f"  {mark} {row.label:<{width}}  {row.shown or '–'}  [{row.whence}]")
        if row.problem:
            lines.append(f"      {row.problem}")
    return lines + ([f"  ! overrules whatever its check finds: {visible(overrule)}"] if overrule else [])
