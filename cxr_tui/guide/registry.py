"""The steps in their documented order; to add a screen, write its file and add its line here."""

from __future__ import annotations

from cxr_tui.guide.definition import Guide
from cxr_tui.guide.steps.audience import integration_settings, record_handling
from cxr_tui.guide.steps.export import (
    destination_connectivity,
    destination_specification,
    export_notification,
    export_schedule,
    exported_file,
    select_object,
)
from cxr_tui.guide.steps.import_ import (
    import_notification,
    import_schedule,
    imported_profiles,
    source_connectivity,
    source_specification,
    target_definition,
)
from cxr_tui.guide.steps.keys import generate_key, import_key
from cxr_tui.guide.steps.live import go_live
from cxr_tui.guide.steps.prepare import account, audience_designer
from cxr_tui.guide.steps.responsys import (
    add_user,
    cx_audience_settings,
    first_password,
    organization_assignment,
    role_assignment,
)
from cxr_tui.guide.steps.transfer import external_server, ssh2_key

GUIDE = Guide(
    (
        account.STEP,
        audience_designer.STEP,
        add_user.STEP,
        role_assignment.STEP,
        organization_assignment.STEP,
        first_password.STEP,
        cx_audience_settings.STEP,
        integration_settings.STEP,
        record_handling.STEP,
        generate_key.STEP,
        import_key.STEP,
        select_object.STEP,
        destination_connectivity.STEP,
        destination_specification.STEP,
        export_notification.STEP,
        export_schedule.STEP,
        exported_file.STEP,
        external_server.STEP,
        ssh2_key.STEP,
        source_connectivity.STEP,
        source_specification.STEP,
        target_definition.STEP,
        import_notification.STEP,
        import_schedule.STEP,
        imported_profiles.STEP,
        go_live.STEP,
    )
)
