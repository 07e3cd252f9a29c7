"""Step 23, Notification of the import job: who is told how a run ended."""

from __future__ import annotations

from cxr_tui.domain.instruction import Site
from cxr_tui.guide.definition import Part
from cxr_tui.guide.forms.notification import notification_step

STEP = notification_step(
    "import-notification",
    "Import job: Notification",
    "Choose who gets a message after each run of the import job.",
    Part.IMPORT,
    Site.AUDIENCE,
    "source-connectivity.job_name",
)
