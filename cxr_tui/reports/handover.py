"""The handover: what was set up, by which evidence, what is only confirmed or overruled, what waits. Never a secret.

It goes to tickets and colleagues, so customers' own data is counted, not shown, and every text in it is safe to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cxr_tui import __version__
from cxr_tui.domain.finding import Finding, Outcome, Status
from cxr_tui.domain.text import visible
from cxr_tui.guide.definition import Guide, Kind, Personal, Step
from cxr_tui.guided.action_context import LONGEST_SENTENCE
from cxr_tui.guided.explain import LONGEST_NOTE
from cxr_tui.integration.form import FieldView
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import State, StepState
from cxr_tui.journal.state import JournalState
from cxr_tui.presentation.values import state_sentence
from cxr_tui.reports.handover_sections import fingerprints, rotations, schedules, waits
from cxr_tui.reports.review import WORDS, in_words, source_of

SHORTEST = 3
"""Characters; a shorter value of a person occurs in too many words to be replaced."""
_NAMED_PEOPLE = frozenset({"members-differ", "members-missing", "members-unknown", "rows-rejected"})
"""Findings of earlier versions that name people, without a form that names none."""
KNOWN_MEMBER = "(a known member)"


def handover(integration: Integration, *, notes: bool = False) -> dict[str, Any]:
    """Return the report as a JSON-able document; `notes` adds the unknown messages that were kept."""
    standing, journal, records = integration.states(), integration.journal_state(), integration.records()
    # a sandbox's clock that was not read yet is behind the times in its journal
    now = max([integration.server_time(), *(record.at for record in records[-1:])])
    hide = Discreet(integration.guide.personal(Personal.RECORDS), journal)
    steps = [_step(integration, step, standing[step.id], hide) for step in integration.guide.steps]
    held = [state for state in standing.values() if state.done]
    return {
        "integration": integration.name,
        "sandbox": integration.sandboxed,
        "at": now.isoformat(timespec="seconds"),
        "version": __version__,
        "credential_store": visible(integration.world.credentials.store),
        "account": visible(journal.known().text("account.account_name")) or None,
        "time_zone": visible(integration.time_zone()) or None,
        "summary": {
            "steps": len(steps),
            "done": len(held),
            "verified": sum(state.state is State.VERIFIED for state in held),
            "confirmed": sum(state.state is State.CONFIRMED for state in held),
            "overruled": sum(bool(state.overruled) for state in held),
            "findings": sum(one["status"] != Status.PASS for step in steps for one in step["evidence"]),
        },
        "next": _next(integration, standing),
        "waits": waits(integration.guide, standing, now),
        "confirmed_only": [
            _confirmed(integration, step, journal)
            for step in integration.guide.steps
            if standing[step.id].state is State.CONFIRMED and not standing[step.id].overruled
        ],
        "overruled": [
            _overruled(integration, step, standing[step.id], journal, hide)
            for step in integration.guide.steps
            if standing[step.id].overruled
        ],
        "fingerprints": fingerprints(integration.guide, journal),
        "schedules": schedules(journal.known(), now),
        "secrets": _secrets(integration, journal),
        "rotations": rotations(records),
        "findings": [
            {"step": step["id"], "number": step["number"], "title": step["title"], **one}
            for step in steps
            for one in step["evidence"]
            if one["status"] != Status.PASS
        ],
        "steps": steps,
        "first_seen": [
            {**asdict(one), "seen": at.isoformat(timespec="seconds")} for one, at in sorted(journal.first_seen.items())
        ],
        **({"notes": _notes(integration.guide, journal)} if notes else {}),
    }


def _notes(guide: Guide, journal: JournalState) -> list[dict[str, Any]]:
    return [
        {
            "step": step.id,
            "number": guide.number(step.id),
            "title": step.title,
            "at": note.at.isoformat(timespec="seconds"),
            "text": visible(" ".join(note.body["text"].split()), LONGEST_NOTE),
        }
        for step in guide.steps
        for note in journal.notes.get(step.id, ())
    ]


class Discreet:
    """Removes customers' own data from texts."""

    def __init__(self, keys: frozenset[str], journal: JournalState) -> None:
        """`keys` are those of the fields that hold such data."""
        self.keys = keys
        entered = (value for key in keys for _, value in journal.answer_history.get(key, []))
        people = {part.strip() for value in entered if isinstance(value, list) for part in value}
        # the longest first: one may be part of another
        self._people = sorted((one for one in people if len(one) >= SHORTEST), key=len, reverse=True)
        self._home = str(Path.home())

    def text(self, text: str) -> str:
        """Return a text without values of known members, with the home folder as `~`."""
        for one in self._people:
            for form in {one, visible(one)}:
                text = text.replace(form, KNOWN_MEMBER)
        return text.replace(self._home, "~") if len(self._home) > 1 else text

    def seen(self, finding: Finding) -> str:
        """Return what a finding saw, without anything about single people."""
        if finding.code in _NAMED_PEOPLE and not finding.unnamed:
            return "An earlier version recorded this, and it may name people. Check the step again to see it here."
        return self.text(visible(finding.unnamed or finding.seen, 2000))


def _step(integration: Integration, step: Step, state: StepState, hide: Discreet) -> dict[str, Any]:
    journal = integration.journal_state()
    views = [view for view in integration.form(step.id) if view.source in ("answered", "carried") or view.stored]
    judged, confirmed = journal.checks.get(step.id), journal.confirmed.get(step.id)
    newest = state.inconclusive or state.outcome
    return {
        "number": integration.guide.number(step.id),
        "id": step.id,
        "title": step.title,
        "stage": step.part.stage.value,
        "product": step.product.value or None,
        "state": state.state.value,
        "reason": hide.text(visible(state_sentence(integration.guide, state))),
        "values": {visible(view.field.label): _shown(step, view, hide) for view in views},
        "sources": {visible(view.field.label): _whence(journal, step, view) for view in views},
        "checked": judged.at.isoformat(timespec="seconds") if judged else None,
        "confirmed": {"by": visible(confirmed.by, 60), "at": confirmed.at.isoformat(timespec="seconds")}
        if confirmed
        else None,
        "evidence": _evidence(newest, hide),
    }


def _evidence(outcome: Outcome | None, hide: Discreet) -> list[dict[str, Any]]:
    found: Sequence[Finding] = outcome.findings if outcome else ()
    return [
        {
            "code": visible(one.code, 60),
            "status": one.status.value,
            "basis": one.basis.value,
            "source": one.source,
            "seen": hide.seen(one),
            "why": hide.text(visible(one.why, 2000)),
            "remedy": hide.text(visible(one.remedy, 2000)),
        }
        for one in found
    ]


def _shown(step: Step, view: FieldView, hide: Discreet) -> str:
    if view.field.kind is Kind.SECRET:
        return "in the credential store"
    if step.key(view.field.name) in hide.keys or view.field.origin in hide.keys:
        count = len(view.value) if isinstance(view.value, list) else 1
        return f"{count} value{'' if count == 1 else 's'}, not shown"
    return hide.text(in_words(view.value))


def _whence(journal: JournalState, step: Step, view: FieldView) -> str:
    if view.field.origin:
        return visible(f"from {view.came_from}")
    answered = journal.answer_sources.get(step.key(view.field.name))
    whence = WORDS[source_of(answered.source)] if answered else ""
    label = "label not documented by Oracle" if view.field.undocumented else ""
    return "; ".join(part for part in (whence, label) if part)


def _next(integration: Integration, standing: dict[str, StepState]) -> dict[str, Any] | None:
    """Return the next step and where its part is done; None: every step is done."""
    for step in integration.guide.steps:
        if not standing[step.id].done:
            sites = list(dict.fromkeys(visit.site.value for visit in integration.visits(step.id)))
            return {
                "step": step.id,
                "number": integration.guide.number(step.id),
                "title": step.title,
                "state": standing[step.id].state.value,
                "next": standing[step.id].next.value,
                "where": sites,
            }
    return None


def _confirmed(integration: Integration, step: Step, journal: JournalState) -> dict[str, Any]:
    confirmed = journal.confirmed[step.id]
    return {
        "step": step.id,
        "number": integration.guide.number(step.id),
        "title": step.title,
        "by": visible(confirmed.by, 60),
        "at": confirmed.at.isoformat(timespec="seconds"),
        "evidence_at": integration.guide.step(step.verified_by).title if step.verified_by else None,
        "evidence_there": bool(step.verified_by) and integration.states()[step.verified_by].done,
    }


def _overruled(
    integration: Integration, step: Step, state: StepState, journal: JournalState, hide: Discreet
) -> dict[str, Any]:
    """Return what a person overruled at a step, and why."""
    confirmed = journal.confirmed[step.id]
    found = state.current.against if state.current else ()
    return {
        "step": step.id,
        "number": integration.guide.number(step.id),
        "title": step.title,
        "by": visible(confirmed.by, 60),
        "at": confirmed.at.isoformat(timespec="seconds"),
        "sentence": hide.text(visible(state.sentence, LONGEST_SENTENCE)),
        "findings": [{"code": visible(one.code, 60), "seen": hide.seen(one)} for one in found],
    }


def _secrets(integration: Integration, journal: JournalState) -> list[dict[str, Any]]:
    """Return which secrets were set when; only the credential store has the secrets themselves."""
    found = []
    for step in integration.guide.steps:
        for one in step.fields:
            answered = journal.answer_sources.get(step.key(one.name))
            if one.kind is Kind.SECRET and answered is not None:
                found.append(
                    {
                        "item": one.item,
                        "label": one.label,
                        "set": answered.at.isoformat(timespec="seconds"),
                        "source": WORDS[source_of(answered.source)],
                        "version": journal.known().number(step.key(one.name)),
                    }
                )
    return found
