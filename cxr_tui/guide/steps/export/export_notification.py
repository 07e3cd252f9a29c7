"""Step 15, Notification of the export job: who is told how a run ended."""

from __future__ import annotations

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.guide.definition import Check, Part, Product, Step
from cxr_tui.guide.forms.notification import check_notification, notification_fields, notification_visit

ID = "export-notification"


def _visits(known: Known) -> tuple[Visit, ...]:
    return (notification_visit(known, ID, Site.RESPONSYS, "select-object.job_name"),)


async def _check(c: Check) -> Outcome:
    return await check_notification(c, ID)


STEP = Step(
    id=ID,
    title="Export job: Notification",
    part=Part.EXPORT,
    product=Product.RESPONSYS,
    purpose="Choose who is notified after each run of the export job.",
    check=_check,
    fields=notification_fields(),
    visits=_visits,
    rests_on=("select-object.job_name",),
)
