"""Step 23, Notification of the import job: who is told how a run ended."""

from __future__ import annotations

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.guide.definition import Check, Part, Product, Step
from cxr_tui.guide.forms.notification import check_notification, notification_fields, notification_visit

ID = "import-notification"


def _visits(known: Known) -> tuple[Visit, ...]:
    return (notification_visit(known, ID, Site.AUDIENCE, "source-connectivity.job_name"),)


async def _check(c: Check) -> Outcome:
    return await check_notification(c, ID)


STEP = Step(
    id=ID,
    title="Import job: Notification",
    part=Part.IMPORT,
    product=Product.AUDIENCE,
    purpose="Choose who gets a message after each run of the import job.",
    check=_check,
    fields=notification_fields(),
    visits=_visits,
    rests_on=("source-connectivity.job_name",),
)
