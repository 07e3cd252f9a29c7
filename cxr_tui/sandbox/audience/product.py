"""Assembly of the CX Audience twin."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.audience.auth import Gatekeeper
from cxr_tui.sandbox.audience.feed import ResponsysFeed
from cxr_tui.sandbox.audience.import_jobs import Jobs
from cxr_tui.sandbox.audience.key_pairs import KeyPairs
from cxr_tui.sandbox.audience.rest import Rest
from cxr_tui.sandbox.audience.screens_audiences import Audiences
from cxr_tui.sandbox.audience.screens_connect import ConnectPages
from cxr_tui.sandbox.audience.screens_jobs import JobPages
from cxr_tui.sandbox.audience.screens_lists import ListPages
from cxr_tui.sandbox.audience.screens_settings import IntegrationPage
from cxr_tui.sandbox.audience.ssh_key import Ssh2Key
from cxr_tui.sandbox.audience.state import Account, ApiUser
from cxr_tui.sandbox.audience.synchronisation import Synchronisation
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.services.mailbox import Mailbox
from cxr_tui.sandbox.shared.screens import Pages


class AudienceTwin:
    """CX Audience as the rest of the sandbox sees it."""

    def __init__(
        self,
        account: Account,
        gatekeeper: Gatekeeper,
        pages: Pages,
        api_app: Starlette,
        keys: KeyPairs,
        jobs: Jobs,
        audiences: Audiences,
        synchronisation: Synchronisation,
        api_user: ApiUser,
    ) -> None:
        self.account = account
        """The state; scenarios change it the way an administrator or Support would."""
        self.gatekeeper = gatekeeper
        """Its `limits` are calls a minute by API function; `forget_tokens` makes every token invalid."""
        self.pages = pages
        self.api_app = api_app
        self.keys = keys
        self.jobs = jobs
        self.audiences = audiences
        self.synchronisation = synchronisation
        self.api_user_name = api_user.name
        self.api_password = api_user.password

    def permit_external_server(self, host: str) -> None:
        """Offer `host` (`host:port`, or the host alone for port 22) as external server, as Support does on request."""
        if host not in self.account.external_servers:
            self.account.external_servers.append(host)

    def next_run(self, job_name: str) -> datetime | None:
        """Return when a job runs next (aware, UTC); None: unknown job, or nothing scheduled."""
        return self.jobs.next_run(job_name)

    def truth(self) -> dict[str, Any]:
        """Return what really happened, as JSON values, for tests only."""
        settings = self.account.settings
        return {
            "settings": None
            if settings is None
            else {
                "account_name": settings.account_name,
                "user_name": settings.user_name,
                "profile_list": settings.profile_list,
                "match_column": settings.match_column,
                "insert_new": settings.insert_new,
            },
            "connection": {
                "problem": self.account.connection.problem,
                "refusals": self.account.connection.refusals,
            },
            "external_servers": list(self.account.external_servers),
            "key_pairs": {pair.name: pair.fingerprint for pair in self.keys.pairs.values()},
            "jobs": {
                job.name: {
                    "type": job.type,
                    "active": job.active,
                    "next_run": job.next_run.isoformat() if job.next_run else None,
                }
                for job in self.jobs.by_name.values()
            },
            "runs": [
                {
                    "job": run.job_name,
                    "started": run.started.isoformat(),
                    "status": str(run.status),
                    "processed": run.processed,
                    "added": run.added,
                    "updated": run.updated,
                    "rejected": len(run.rejected),
                    "reasons": run.reasons(),
                    "rejected_rows": [{"line": row.line, "reason": row.reason} for row in run.rejected],
                    "loaded": list(run.loaded),
                    "archived": run.archived,
                    "log": [f"{entry.level}: {entry.message}" for entry in run.log],
                }
                for run in self.jobs.runs
            ],
            "members": {name: len(table) for name, table in self.account.lists.items()},
            "synchronisation": {
                "rounds": self.synchronisation.rounds,
                "inserted": self.synchronisation.inserted,
                "attached": self.synchronisation.attached,
                "people_with_behaviour": len(self.account.behaviour),
            },
            "audiences": {
                audience.name: {"published": audience.published, "sent": audience.sent}
                for audience in self.audiences.by_name.values()
            },
        }

    async def close(self) -> None:
        """End the gpg agent of the twin's own home and remove the home."""
        await self.keys.close()


def build_audience(
    *,
    clock: Clock,
    mailbox: Mailbox,
    directory: Path,
    lists: Mapping[str, ListTable],
    seed: int,
    feed: ResponsysFeed,
    api_url: Callable[[], str],
    account_name: str = "acmeretail",
    time_zone: str = "America/New_York",
    api_user_name: str = "audience.api",
) -> AudienceTwin:
    """Build the twin; `lists` are CX Audience's customer data lists by name, `api_url` is asked for at every use.

    `directory` is the sandbox's own: key pairs and the twin's own file server live below it. `seed` decides the random
    minutes of the jobs; the API user's password is random in any case.
    """
    api_user = ApiUser(api_user_name, Secret(secrets.token_urlsafe(18)))
    account = Account(account_name, time_zone, dict(lists), {api_user.name: api_user})
    gatekeeper = Gatekeeper(account, clock)
    keys = KeyPairs(directory)
    ssh2_key = Ssh2Key(f"{account_name}@cxaudience")
    synchronisation = Synchronisation(account, feed, clock)
    own_server = directory / "audience-files"
    for folder in ("upload", "download", "archive"):
        (own_server / folder).mkdir(parents=True, exist_ok=True)
    minutes = random.Random(seed)  # nosec B311  # noqa: S311 - the minute of a slot, no secret
    jobs = Jobs(account, keys, ssh2_key, clock, mailbox, own_server, minutes)
    audiences = Audiences(account, feed, synchronisation)
    pages = Pages("CX Audience")
    IntegrationPage(account, feed, clock, synchronisation).register(pages)
    ListPages(account, jobs, api_url).register(pages)
    ConnectPages(account, jobs, keys, ssh2_key, clock, mailbox).register(pages)
    JobPages(account, jobs, keys).register(pages)
    audiences.register(pages)
    app = Rest(account, gatekeeper, clock).app()
    return AudienceTwin(account, gatekeeper, pages, app, keys, jobs, audiences, synchronisation, api_user)
