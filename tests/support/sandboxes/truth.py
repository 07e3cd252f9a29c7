"""What really happened in a sandbox, as JSON values; it holds no password and no token."""

from __future__ import annotations

from typing import Any

from cxr_tui.sandbox.audience.account import ACCOUNT_NAME, INSERT_NEW, MATCH_COLUMN, PROFILE_LIST, USER_NAME
from cxr_tui.sandbox.audience.product import AudienceTwin
from cxr_tui.sandbox.responsys.product import ResponsysTwin
from cxr_tui.sandbox.world import Sandbox


def truth(sandbox: Sandbox) -> dict[str, Any]:
    """Return the truth about everything."""
    return {
        "now": sandbox.clock.now().isoformat(),
        "failed_events": list(sandbox.clock.failures),
        "mails": [[mail.to, mail.subject] for mail in sandbox.mailbox.mails],
        "responsys": responsys_truth(sandbox.responsys),
        "audience": audience_truth(sandbox.audience),
    }


def responsys_truth(twin: ResponsysTwin) -> dict[str, Any]:
    """Return the truth about Responsys."""
    return {
        "integration_enabled": twin.account.integration_enabled,
        "audience_designer": twin.account.audience_designer,
        "users": {
            user.login_name: {
                "roles": sorted(user.roles),
                "organization": user.organization,
                "temporary": user.temporary,
                "refused": user.refused,
            }
            for user in twin.account.users.values()
        },
        "public_keys": dict(twin.keys.keys),
        "ssh2_keys": twin.ssh2_keys.statuses(),
        "audiences": [one.name for one in twin.account.filters if one.origin],
        "jobs": {
            job.name: {
                "id": job.id,
                "active": job.schedule is not None,
                "next_run": job.next_run.isoformat() if job.next_run else None,
                "runs": [
                    {
                        "id": run.id,
                        "started": run.started.isoformat(),
                        "status": run.status.value,
                        "records": run.processed,
                        "file": run.file_name,
                        "error": run.error,
                    }
                    for run in job.runs
                ],
            }
            for job in twin.jobs.by_name.values()
        },
    }


def audience_truth(twin: AudienceTwin) -> dict[str, Any]:
    """Return the truth about CX Audience."""
    settings = twin.account.settings
    return {
        "settings": None
        if settings is None
        else {
            "account_name": settings[ACCOUNT_NAME],
            "user_name": settings[USER_NAME],
            "profile_list": settings[PROFILE_LIST],
            "match_column": settings[MATCH_COLUMN],
            "insert_new": settings[INSERT_NEW],
        },
        "connection": {
            "problem": twin.account.problem,
            "refusals": twin.account.refusals,
        },
        "external_servers": list(twin.account.external_servers),
        "jobs": {
            job.name: {
                "type": job.type,
                "active": job.schedule is not None,
                "next_run": job.next_run.isoformat() if job.next_run else None,
            }
            for job in twin.jobs.by_name.values()
        },
        "runs": [
            {
                "job": run.job_name,
                "started": run.started.isoformat(),
                "status": str(run.status),
                "processed": run.processed,
                "added": run.added,
                "updated": run.updated,
                "loaded": len(run.loaded),
                "rejected": run.rejected,
                "rejected_rows": [{"line": line, "reason": reason} for line, reason in run.rejected_rows],
                "log": [f"{entry.level}: {entry.message}" for entry in run.log],
            }
            for run in twin.jobs.runs
        ],
        "members": {name: len(table) for name, table in twin.account.lists.items()},
        "audiences": {name: {"published": status != "Saved"} for name, status in twin.audiences.statuses.items()},
    }
