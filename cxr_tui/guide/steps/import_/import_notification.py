"""Step 23, Notification of the import job: who is notified after each run."""

from __future__ import annotations

from cxr_tui.guide.forms.connect_job import IMPORT_JOB
from cxr_tui.guide.forms.notification import notification_step

STEP = notification_step("import-notification", IMPORT_JOB)
