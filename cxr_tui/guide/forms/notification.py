"""The Notification screen, which is the same in both products' Connect wizards."""

from __future__ import annotations

from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.guide.definition import Check, Choice, Fact, Field, Kind, Part, Personal, Product, Step
from cxr_tui.guide.forms.connect_job import job_screen
from cxr_tui.guide.forms.validators import email_address

ALWAYS = "On success or failure"
ON_FAILURE = "On failure only"

_TIME = Fact("time", "Time of the servers")

_FIELDS = (
    Field(
        "email",
        "Send notification to",
        help="Who is notified about each run. Suggested: the point of contact of step 3.",
        default=lambda known: known.text("add-user.email"),
        noun="email address",
        rule=email_address,
        personal=Personal.ANSWERS,
    ),
    Field(
        "when",
        "When",
        Kind.CHOICE,
        help="With a message after every run you notice both a failed run and a missing one.",
        default=ALWAYS,
        choices=(
            Choice(ALWAYS, ALWAYS, "As in the procedure: no message then means that the job did not run."),
            Choice(ON_FAILURE, ON_FAILURE, "You would not notice a job that no longer runs."),
        ),
        undocumented=True,
    ),
)


def notification_step(step_id: str, title: str, purpose: str, part: Part, site: Site, job_key: str) -> Step:
    """Return the step of the Notification screen of the job named under `job_key`; its check learns the servers' time.

    From that time the next step proposes a date.
    """

    async def check(c: Check) -> Outcome:
        c.report.learn(_TIME.name, c.world.now().isoformat())
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

    return Step(
        id=step_id,
        title=title,
        short_title="Notification",
        part=part,
        product=Product.RESPONSYS if site is Site.RESPONSYS else Product.AUDIENCE,
        purpose=purpose,
        check=check,
        source="Integrating with Responsys, import your profile list, Notification (documented)",
        fields=_FIELDS,
        visits=lambda known: (
            Visit(
                site,
                job_screen(known.text(job_key), "Notification"),
                {"Send notification to": known.text(f"{step_id}.email"), "When": known.text(f"{step_id}.when")},
                press=("Save",),
                undocumented=("When",),
            ),
        ),
        facts=(_TIME,),
        rests_on=(job_key,),
    )
