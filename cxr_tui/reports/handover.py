"""The handover: what was set up, by which evidence, what is only confirmed or overruled, what waits. Never a secret.

It goes to tickets and colleagues, so customers' own data is counted, not shown, and every text in it is safe to show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cxr_tui import __version__
from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.schedule import Frequency, Schedule, Slot, zone_of
from cxr_tui.domain.text import visible
from cxr_tui.guide.checks.openpgp_key import readable
from cxr_tui.guide.definition import Guide, Kind, Personal, Step
from cxr_tui.guide.forms.schedule import account_zone, read_schedule
from cxr_tui.guided.action_context import LONGEST_SENTENCE
from cxr_tui.guided.explain import LONGEST_NOTE
from cxr_tui.integration.form import FieldView
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.rotation_state import Rotation, fold
from cxr_tui.journal.gate import State, StepState
from cxr_tui.journal.state import Confirmation, JournalState
from cxr_tui.journal.store import Record, RecordKind
from cxr_tui.presentation.values import state_sentence
from cxr_tui.reports.review import WORDS, in_words, source_of

SHORTEST = 3
"""Characters; a shorter value of a person occurs in too many words to be replaced."""
_NAMED_PEOPLE = frozenset({"members-differ", "members-missing", "members-unknown", "rows-rejected"})
"""Findings of earlier versions that name people, without a form that names none."""
KNOWN_MEMBER = "(a known member)"
_FINGERPRINTS = (
    ("generate-key.fingerprint", "OpenPGP key of CX Audience, to which the export is encrypted"),
    ("ssh2-key.fingerprint", "SSH2 key of CX Audience, with which it fetches the file"),
    ("destination-connectivity.host_key", "Host key of the file server, as confirmed"),
)
_JOBS = (
    ("export", "export-schedule", "select-object.job_name"),
    ("import", "import-schedule", "source-connectivity.job_name"),
)


def handover(integration: Integration, *, notes: bool = False) -> dict[str, Any]:
    """Return the report as a JSON-able document; `notes` adds the unknown messages that were kept."""
    standing, journal, records = integration.states(), integration.journal_state(), integration.records()
    # a sandbox's clock that was not read yet is behind the times in its journal
    now = max([integration.world.now(), *(record.at for record in records[-1:])])
    hide = Discreet(integration.guide.personal(Personal.RECORDS), journal)
    steps = [_step(integration, step, standing[step.id], hide) for step in integration.guide.steps]
    held = [state for state in standing.values() if state.done]
    return {
        "integration": integration.name,
        "sandbox": integration.sandboxed,
        "at": _iso(now),
        "version": __version__,
        "credential_store": visible(integration.world.credentials.store),
        "account": visible(journal.known().text("account.account_name")) or None,
        "time_zone": visible(account_zone(journal.known())) or None,
        "summary": {
            "steps": len(steps),
            "done": len(held),
            "verified": sum(state.state is State.VERIFIED for state in held),
            "confirmed": sum(state.state is State.CONFIRMED for state in held),
            "overruled": sum(bool(state.overruled) for state in held),
            "findings": sum(one["status"] != Status.PASS for step in steps for one in step["evidence"]),
        },
        "next": _next(integration, standing),
        "waits": list(_waits(integration.guide, standing, now)),
        "confirmed_only": [
            {
                **_confirmed(integration.guide, step, journal.confirmed[step.id]),
                "evidence_at": integration.guide.step(step.verified_by).title if step.verified_by else None,
                "evidence_there": bool(step.verified_by) and standing[step.verified_by].done,
            }
            for step in integration.guide.steps
            if standing[step.id].state is State.CONFIRMED and not standing[step.id].overruled
        ],
        "overruled": [
            {
                **_confirmed(integration.guide, step, journal.confirmed[step.id]),
                "sentence": hide.text(visible(state.sentence, LONGEST_SENTENCE)),
                "findings": [
                    {"code": visible(one.code, 60), "seen": hide.seen(one)}
                    for one in (state.current.against if state.current else ())
                ],
            }
            for step in integration.guide.steps
            if (state := standing[step.id]).overruled
        ],
        "fingerprints": list(_fingerprints(integration.guide, journal)),
        "schedules": list(schedules(journal.known(), now)),
        "secrets": list(_secrets(integration.guide, journal)),
        "rotations": _rotations(records),
        "findings": [
            {"step": step["id"], "number": step["number"], "title": step["title"], **one}
            for step in steps
            for one in step["evidence"]
            if one["status"] != Status.PASS
        ],
        "steps": steps,
        "first_seen": [{**asdict(one), "seen": _iso(at)} for one, at in sorted(journal.first_seen.items())],
    } | ({"notes": list(_notes(integration.guide, journal))} if notes else {})


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _named(guide: Guide, step: Step) -> dict[str, Any]:
    return {"step": step.id, "number": guide.number(step.id), "title": step.title}


def _notes(guide: Guide, journal: JournalState) -> Iterator[dict[str, Any]]:
    for step in guide.steps:
        for note in journal.notes.get(step.id, ()):
            text = visible(" ".join(note.body["text"].split()), LONGEST_NOTE)
            yield {**_named(guide, step), "at": _iso(note.at), "text": text}


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
        """Return a text without values of sample records, with the home folder as `~`."""
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
        "checked": _iso(judged.at) if judged else None,
        "confirmed": {"by": visible(confirmed.by, 60), "at": _iso(confirmed.at)} if confirmed else None,
        "evidence": [
            {
                **one.document(),
                "code": visible(one.code, 60),
                "seen": hide.seen(one),
                "why": hide.text(visible(one.why, 2000)),
                "remedy": hide.text(visible(one.remedy, 2000)),
            }
            for one in (newest.findings if newest else ())
        ],
    }


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


def _next(integration: Integration, standing: Mapping[str, StepState]) -> dict[str, Any] | None:
    """Return the next step and where its part is done; None: every step is done."""
    step = integration.guide.step(integration.current())
    state = standing[step.id]
    if state.done:
        return None
    sites = list(dict.fromkeys(visit.site.value for visit in integration.visits(step.id)))
    return {**_named(integration.guide, step), "state": state.state.value, "next": state.next.value, "where": sites}


def _confirmed(guide: Guide, step: Step, confirmed: Confirmation) -> dict[str, Any]:
    return {**_named(guide, step), "by": visible(confirmed.by, 60), "at": _iso(confirmed.at)}


def _secrets(guide: Guide, journal: JournalState) -> Iterator[dict[str, Any]]:
    """Yield which secrets were set when; only the credential store has the secrets themselves."""
    for step in guide.steps:
        for one in step.fields:
            answered = journal.answer_sources.get(step.key(one.name))
            if one.kind is Kind.SECRET and answered is not None:
                yield {
                    "item": one.item,
                    "label": one.label,
                    "set": _iso(answered.at),
                    "source": WORDS[source_of(answered.source)],
                    "version": journal.known().number(step.key(one.name)),
                }


def _waits(guide: Guide, standing: Mapping[str, StepState], now: datetime) -> Iterator[dict[str, Any]]:
    """Yield who is waited for, since when, and which steps are locked until then."""
    for step in guide.steps:
        state = standing[step.id]
        waiting = state.waiting if state.state is State.WAITING else None
        if waiting is None:
            continue
        since = waiting.since
        yield {
            **_named(guide, step),
            "on": visible(waiting.on),
            "usual": visible(waiting.usual),
            "since": _iso(since) if since else None,
            "days": (now - since).days if since else None,
            "again_after": _iso(waiting.until) if waiting.until else None,
            "held_up": [
                guide.step(other).title for other, one in standing.items() if one.blocked_by == step.id and not one.done
            ],
        }


def _fingerprints(guide: Guide, journal: JournalState) -> Iterator[dict[str, Any]]:
    """Yield the fingerprints that were seen or confirmed, in the form in which people compare them."""
    for key, what in _FINGERPRINTS:
        text, step_id = journal.known().text(key), key.partition(".")[0]
        if text:
            hexadecimal = all(char in "0123456789ABCDEFabcdef" for char in text)
            value = visible(readable(text) if hexadecimal else text)
            yield {"what": what, "value": value, "step": step_id, "number": guide.number(step_id)}


def schedules(known: Known, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield when both jobs run, in the account's time zone and in UTC; a schedule that cannot be read says so."""
    for kind, step_id, job in _JOBS:
        if not known.has(f"{step_id}.date"):
            continue
        named = {"job": kind, "name": visible(known.text(job)), "step": step_id}
        try:
            schedule = read_schedule(known, step_id)
        except ValueError as error:
            yield {**named, "runs": str(error), "zone": None, "next": None, "expires": None}
            continue
        slot, expires = schedule.next_slot(now), schedule.expiration
        yield {
            **named,
            "runs": _in_words(schedule),
            "zone": visible(schedule.zone),
            "next": _both(schedule, slot) if slot else None,
            "expires": expires.isoformat() if expires else "never",
        }


def _in_words(schedule: Schedule) -> str:
    """Return how often a job runs; the slot in UTC is that of its next run, since daylight saving moves it."""
    if schedule.frequency is Frequency.ONCE:
        return f"once, on {schedule.first} within the quarter hour from {schedule.at:%H:%M}"
    often = "every day" if schedule.every_days == 1 else f"every {schedule.every_days} days"
    until = f" until {schedule.end}" if schedule.end else ""
    return f"{often} from {schedule.first}{until}, within the quarter hour from {schedule.at:%H:%M}"


def _both(schedule: Schedule, slot: Slot) -> dict[str, str]:
    zone = zone_of(schedule.zone)
    return {
        name: f"{slot.start.astimezone(where):%Y-%m-%d %H:%M} to {slot.end.astimezone(where):%H:%M}"
        for name, where in (("local", zone), ("utc", UTC))
    }


def _rotations(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Return every rotation that was ever begun, oldest first, with its stages and login tries."""
    open_ones: dict[str, Rotation] = {}
    found: dict[tuple[str, datetime], Rotation] = {}
    for record in records:
        body = record.entry.body
        if record.entry.kind is not RecordKind.ROTATION:
            continue
        rotation = fold(open_ones.get(body["item"]), body, record.at)
        if rotation is not None:
            open_ones[body["item"]] = rotation
            found[rotation.item, rotation.begun] = rotation
    return [
        {
            "item": one.item,
            "number": one.number,
            "begun": _iso(one.begun),
            "stage": one.stage.value,
            "ended": _iso(one.since) if one.stage.closed else None,
            "audience": one.audience or None,
            "stages": [{"stage": stage.value, "at": _iso(at)} for stage, at in one.history],
            "tries": [{"at": _iso(one_try.at), "result": one_try.result.value} for one_try in one.tries],
        }
        for one in found.values()
    ]
