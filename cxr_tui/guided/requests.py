"""Asking others before a step's turn: what can be asked for now, and the note that it was."""

from __future__ import annotations

from cxr_tui.guide.definition import Step
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.events import request_entry
from cxr_tui.journal.gate import StepState
from cxr_tui.journal.state import JournalState

NUMBER = "sr_number"
"""The field in which a step has the number of its service request."""


def can_request(step: Step, state: StepState, journal: JournalState) -> bool:
    """Say whether a step is locked, and all that its request names is known."""
    if step.request is None or state.done or not state.blocked_by:
        return False
    return all(key in journal.values for key in step.request.needs)


def has_number(step: Step) -> bool:
    """Say whether the request of a step gets a number."""
    return any(one.name == NUMBER for one in step.fields)


def number_problem(integration: Integration, step_id: str, number: str) -> str | None:
    """Say what is wrong with the number of a request; None: nothing, or there is none yet."""
    if not number:
        return None
    if not has_number(integration.guide.step(step_id)):
        return "This request gets no number here."
    return integration.problem(step_id, NUMBER, number, {})


def note_request(integration: Integration, step_id: str, number: str = "") -> str:
    """Note in the journal that others were asked today; return the day."""
    day = integration.server_time().astimezone().date().isoformat()
    integration.note(
        [request_entry(step_id, day, number, integration.journal_state().known().text("account.account_name"))]
    )
    return day
