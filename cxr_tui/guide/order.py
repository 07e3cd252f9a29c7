"""The documented order of the steps; to add a screen, write its file and add its line here."""

from __future__ import annotations

from cxr_tui.guide import (
    account,
    add_user,
    audience_designer,
    cx_audience_settings,
    destination_connectivity,
    destination_specification,
    export_notification,
    export_schedule,
    exported_file,
    external_server,
    first_password,
    generate_key,
    go_live,
    import_key,
    import_notification,
    import_schedule,
    imported_profiles,
    integration_settings,
    organization_assignment,
    record_handling,
    role_assignment,
    select_object,
    source_connectivity,
    source_specification,
    ssh2_key,
    target_definition,
)
from cxr_tui.guide.step import Guide

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
