"""The Notification screen, the same in both products' Connect wizards."""

from __future__ import annotations

from cxr_tui.domain.finding import Outcome
from cxr_tui.guide.definition import Check, Choice, Fact, Field, Kind, Personal, Step
from cxr_tui.guide.forms.connect_job import JobWizard
from cxr_tui.guide.forms.validators import email_address

ALWAYS = "On success or failure"
ON_FAILURE = "On failure only"

_TIME = Fact("time", "Time of the servers")

_FIELDS = (
    Field(
        "email",
        "Send notification to",
        help="Who is notified about each run. Suggested: the point of contact from step 3.",
        default=lambda known: known.text("add-user.email"),
        noun="email address",
        rule=email_address,
        personal=Personal.ANSWERS,
    ),
    Field(
        "when",
        "When",
        Kind.CHOICE,
        help="A message after every run also tells you when a run did not happen.",
        default=ALWAYS,
        choices=(
            Choice(ALWAYS, ALWAYS, "As in the procedure: no message then means that the job did not run."),
            Choice(ON_FAILURE, ON_FAILURE, "You would not notice a job that no longer runs."),
        ),
        undocumented=True,
    ),
)


def notification_step(step_id: str, job: JobWizard) -> Step:
    """Return the step of a job's Notification screen.

    Its check learns the servers' time, from which the next step suggests a date.
    """

    async def check(c: Check) -> Outcome:
        c.report.learn(_TIME.name, c.world.now().isoformat())
        email, when = c.known.text(f"{step_id}.email"), c.known.text(f"{step_id}.when")
        if when == ALWAYS:
            c.report.entered("notification", f"{email} is notified after every run.")
        else:
            c.report.warn(
                "failures-only",
                f"{email} is notified about failed runs only.",
                "You would not notice if the job is deleted or deactivated.",
                f"Select {ALWAYS} on the Notification screen.",
            )
        return c.report.confirmable()

    return Step(
        id=step_id,
        title=f"{job.title}: Notification",
        part=job.part,
        product=job.product,
        purpose=f"Choose who is notified after each run of the {job.title.lower()}.",
        check=check,
        source="Integrating with Responsys, import your profile list, Notification (documented)",
        fields=_FIELDS,
        visits=lambda known: (
            job.screen(
                known,
                "Notification",
                {"Send notification to": known.text(f"{step_id}.email"), "When": known.text(f"{step_id}.when")},
                undocumented=("When",),
            ),
        ),
        facts=(_TIME,),
        rests_on=(job.name_key,),
    )
