"""`--dry-run` of `apply`, `check` and `rotate`, and `apply --review`: list what would happen; touch nothing."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.open_integration import SANDBOX_STORE
from cxr_tui.cli.output import print_data, print_json
from cxr_tui.domain.text import counted, visible
from cxr_tui.dry_run.plan import Plan, Planner, plan_document, plan_lines, summary, verified_steps
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.guide.definition import Kind, Step
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided import walk
from cxr_tui.integration.form import EMPTY
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.paths import data_home, journal_path
from cxr_tui.integration.rotation_state import Stage
from cxr_tui.journal.events import answer_entry, secret_entry
from cxr_tui.journal.store import Journal, read_records
from cxr_tui.plain.step_text import review_lines
from cxr_tui.reports.review import review, review_document
from cxr_tui.rotation.managed_secrets import managed_secret

HEAD = "Dry run: nothing was sent, written, or read from the keyring."
SCHEMA = 2


@asynccontextmanager
async def copied(args: Namespace) -> AsyncIterator[Integration]:
    """Open the named integration with a copy of its journal in memory; its keyring is never opened.

    Raises JournalError, IntegrationNameError, and SandboxStartError if no sandbox runs in the directory.
    """
    name, home, store = args.integration, data_home(), "this computer's keyring"
    if args.at:
        from cxr_tui.sandbox.client import attach_sandbox

        home, store = attach_sandbox(Path(args.at)).directory, SANDBOX_STORE
    path = journal_path(home, name)
    journal, credentials = Journal.in_memory(path, read_records(path)), KeyringCredentials(name, store_name=store)
    integration = Integration(GUIDE, journal, credentials, None, name)
    try:
        yield integration
    finally:
        await integration.close()


def apply(args: Namespace, integration: Integration, answers: walk.Plan) -> Exit:
    """List what `apply` would use with these answers."""
    _take(integration, answers)
    operated = bool(args.at)
    standing, planner, plan = integration.states(), Planner(integration, operated=operated), Plan()
    for step in GUIDE.steps:
        if not standing[step.id].done:
            plan.stops = _stop(integration, step, answers, operated=operated)
            if plan.stops:
                break
            plan.accesses += planner.step(step, answers.secrets.keys())
        if step.id == answers.until:
            break
    return _print(args, integration, "apply", [plan])


def _stop(integration: Integration, step: Step, answers: walk.Plan, *, operated: bool) -> str:
    """Return why the walk would stop at a step; empty: its answers are complete."""
    told = _of(answers, step.id)
    missing = [
        view.field.label
        for view in integration.form(step.id)
        if view.value in EMPTY
        and not (view.field.optional or view.field.origin or view.field.kind is Kind.SECRET)
        and not (operated and view.field.brought)
    ]
    wrong = [text for name, value in told.values.items() if (text := integration.problem(step.id, name, value, {}))]
    why = ""
    if missing:
        why = f"{', '.join(missing)} missing"
    elif wrong:
        why = wrong[0]
    elif not (operated or told.confirmed or told.overrule or step.id in verified_steps()):
        why = "not confirmed in the answers file"
    return visible(f"It would stop at step {GUIDE.number(step.id)}, {step.title}: {why}", 1000) if why else ""


def check(args: Namespace, integration: Integration, due: Sequence[Step]) -> Exit:
    """List what `check` would use for these steps."""
    planner = Planner(integration)
    return _print(args, integration, "check", [Plan([one for step in due for one in planner.check(step)])])


def rotate(args: Namespace, integration: Integration) -> Exit:
    """List what a rotation would use, part by part."""
    secret = managed_secret(args.item)
    rotation = integration.journal_state().rotations.get(secret.item)
    changed = Stage.IN_RESPONSYS if secret.shared_with_audience else Stage.CHANGED
    order: list[tuple[str, str]] = [
        ("begin", "Now"),
        (Stage.PREPARED.value, "After the new password is set in Responsys: --resume"),
        (changed.value, "After it is entered in CX Audience: --resume"),
        (Stage.PROMOTED.value, "After a job has run: --resume"),
    ]
    if not secret.shared_with_audience:
        del order[1]
        order[1] = (changed.value, "After the new password is set: --resume")
    names = [name for name, _ in order]
    if rotation is not None and rotation.open and rotation.stage.value in names:
        order = order[names.index(rotation.stage.value) :]
    if args.abort:
        order = [("abort", "Now")]
    planner = Planner(integration)
    plans = [Plan(planner.rotation(part, secret.item), when=when) for part, when in order]
    return _print(args, integration, "rotate", plans)


def _print(args: Namespace, integration: Integration, would: str, plans: Sequence[Plan]) -> Exit:
    if args.json:
        parts = [plan_document(plan) for plan in plans]
        print_json({"schema": SCHEMA, "integration": integration.name, "dry_run": True, "would": would, "parts": parts})
    else:
        print_data(f"{HEAD}\n`{would}` would use: {summary(plans)}")
        for plan in plans:
            lines = [line.whole for line in plan_lines(GUIDE, plan)]
            print_data("\n".join(["", *([plan.when] if plan.when else []), *(lines or ["Nothing."])]))
    return Exit.PROBLEM if any(plan.stops for plan in plans) else Exit.OK


def review_answers(args: Namespace, integration: Integration, answers: walk.Plan) -> Exit:
    """Print every value as it would be with these answers, its source, and its problem."""
    _take(integration, answers)
    steps = review(integration, everything=True)
    steps = steps[: GUIDE.number(answers.until)] if answers.until else steps
    wrong = sum(step.problems for step in steps)
    if args.json:
        document = review_document(steps)
        for entry in document:
            entry["overrule"] = _of(answers, entry["id"]).overrule or None
        print_json({"integration": integration.name, "review": document, "ok": not wrong})
    else:
        for step in steps:
            print_data("\n".join(review_lines(step)))
            if overrule := _of(answers, step.id).overrule:
                print_data(f"  Overrules all findings: {visible(overrule)}")
        print_data(f"\n{counted(wrong, 'value')} to fix." if wrong else "\nEvery value is in order.")
    return Exit.PROBLEM if wrong else Exit.OK


def _of(answers: walk.Plan, step_id: str) -> walk.StepAnswers:
    return answers.answers.get(step_id, walk.StepAnswers())


def _take(integration: Integration, answers: walk.Plan) -> None:
    """Put the answers into the journal in memory, valid or not: the review reports their problems."""
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
