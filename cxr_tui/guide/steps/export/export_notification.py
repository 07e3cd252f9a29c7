"""Step 15, Notification of the export job: who is notified after each run."""

from __future__ import annotations

from cxr_tui.guide.forms.connect_job import EXPORT_JOB
from cxr_tui.guide.forms.notification import notification_step

STEP = notification_step("export-notification", EXPORT_JOB)
