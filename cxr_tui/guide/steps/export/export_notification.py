"""Step 15, Notification of the export job: who is told how a run ended."""

from __future__ import annotations

from cxr_tui.domain.instruction import Site
from cxr_tui.guide.definition import Part
from cxr_tui.guide.forms.notification import notification_step

STEP = notification_step(
    "export-notification",
    "Export job: Notification",
    "Choose who is notified after each run of the export job.",
    Part.EXPORT,
    Site.RESPONSYS,
    "select-object.job_name",
)
