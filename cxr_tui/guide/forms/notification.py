"""The Notification screen, which is the same in both products' Connect wizards."""

from __future__ import annotations

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.guide.definition import Check, Choice, Field, Kind, Personal
from cxr_tui.guide.forms.connect_job import job_screen
from cxr_tui.guide.forms.validators import email_address

ALWAYS = "On success or failure"
ON_FAILURE = "On failure only"

_SOURCE = "Integrating with Responsys, import your profile list, Notification (documented)"


def _contact(known: Known) -> Value | None:
    return known.text("add-user.email") or None


def _when(_: Known) -> tuple[Choice, ...]:
    return (
        Choice(ALWAYS, ALWAYS, "As in the procedure: no message then means that the job did not run."),
        Choice(ON_FAILURE, ON_FAILURE, "You would not notice a job that no longer runs."),
    )


def notification_fields() -> tuple[Field, ...]:
    """Return the fields of a Notification screen."""
    return (
        Field(
            "email",
            "Send notification to",
            help="Who is notified about each run. Suggested: the point of contact of step 3.",
            source=_SOURCE,
            default=_contact,
            rule=email_address,
            personal=Personal.ANSWERS,
        ),
        Field(
            "when",
            "When",
            Kind.CHOICE,
            help="With a message after every run you notice both a failed run and a missing one.",
            source=_SOURCE,
            default=lambda _: ALWAYS,
            choices=_when,
            undocumented=True,
        ),
    )


def notification_visit(known: Known, step_id: str, site: Site, job_key: str) -> Visit:
    """Return the visit of the Notification screen of the job named under `job_key`."""
    return Visit(
        site,
        job_screen(known.text(job_key), "Notification"),
        {"Send notification to": known.text(f"{step_id}.email"), "When": known.text(f"{step_id}.when")},
        press=("Save",),
        undocumented=("When",),
    )


async def check_notification(c: Check, step_id: str) -> Outcome:
    """Judge the answers and learn the servers' time, from which the next step proposes a date."""
    c.report.learn("time", c.world.now().isoformat())
    email, when = c.known.text(f"{step_id}.email"), c.known.text(f"{step_id}.when")
    if when == ALWAYS:
        c.report.entered("notification", f"{email} gets a message after every run.")
    else:
        c.report.warn(
            "failures-only",
            f"{email} is told about failed runs only.",
            "A job that is no longer there, or no longer active, then falls silent without anybody noticing.",
            f"Select {ALWAYS} on the Notification screen.",
        )
    return c.report.confirmable()
