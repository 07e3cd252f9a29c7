"""Manage Connect and its dialogs: create a job, key pairs, the SSH2 key, completed jobs (facts C.7, C.8)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cxr_tui.sandbox.audience.import_jobs import SENDER, JobError, Jobs
from cxr_tui.sandbox.audience.key_pairs import KeyPairError, KeyPairs
from cxr_tui.sandbox.audience.labels import EXTERNAL_SERVER, FILE_LOCATION, HOSTNAME, OWN_SERVER
from cxr_tui.sandbox.audience.ssh_key import ATTACHMENT, MAIL_SUBJECT, Ssh2Key
from cxr_tui.sandbox.audience.state import Account
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.services.mailbox import Mail, Mailbox
from cxr_tui.sandbox.shared.screens import PageError, Pages, PageShows, PageVisit

_KEY_PAIR = "Select key pair"
_GENERATE, _DOWNLOAD, _DONE = "Generate key pair", "Download", "Done"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class ConnectPages:
    """The pages that belong to no single job."""

    def __init__(
        self, account: Account, jobs: Jobs, keys: KeyPairs, ssh2_key: Ssh2Key, clock: Clock, mailbox: Mailbox
    ) -> None:
        self._account = account
        self._jobs = jobs
        self._keys = keys
        self._ssh2_key = ssh2_key
        self._clock = clock
        self._mailbox = mailbox

    def register(self, pages: Pages) -> None:
        """Add the pages to the site."""
        manage = ("Data", "Connect", "Manage Connect")
        labels = ("Type of job", "Job name", "Description")
        pages.page(*manage, "Create job", labels=labels, buttons=("Create",))(self._create)
        dialog = (*manage, "Import Profile Data", "Source Specification", "Select or generate key")
        labels, buttons = ("Name", "Email address", _KEY_PAIR), (_GENERATE, _DOWNLOAD, _DONE)
        pages.page(*dialog, labels=labels, buttons=buttons)(self._key_pairs)
        export = (*manage, "Export Data", "Destination Connectivity")
        pages.page(*export, labels=(FILE_LOCATION,))(self._destination)
        form = (*export, "Access or Generate key information")
        pages.page(*form, labels=("Email address",), buttons=("Send key",))(self._send_key)
        pages.page(*manage, "Completed Jobs")(self._completed)

    async def _create(self, visit: PageVisit) -> PageShows:
        if visit.is_look:
            return PageShows("", {"Jobs": list(self._jobs.by_name)})
        if "Create" not in visit.press:
            return PageShows("", dict(visit.entries))
        try:
            job = self._jobs.create(
                visit.text("Type of job"), visit.text("Job name").strip(), visit.text("Description").strip()
            )
        except JobError as error:
            raise PageError(str(error)) from None
        return PageShows(f"The Connect wizard opens for {job.name}.", {"Job name": job.name, "Type of job": job.type})

    async def _key_pairs(self, visit: PageVisit) -> PageShows:
        """Generate, then select, then download, in the order of the dialog (documented)."""
        shows = PageShows()
        if _GENERATE in visit.press:
            try:
                pair = await self._keys.generate(visit.text("Name"), visit.text("Email address"))
            except KeyPairError as error:
                raise PageError(str(error)) from None
            shows.message = f'The key pair "{pair.name}" was added to the list.'
        chosen = visit.text(_KEY_PAIR)
        if chosen and chosen not in self._keys.pairs:
            offered = ", ".join(self._keys.pairs) or "none"
            raise PageError(f'{_KEY_PAIR}: there is no key pair "{chosen}"; the list has {offered}')
        if _DOWNLOAD in visit.press:
            if not chosen:
                raise PageError(f"{_KEY_PAIR}: select the key pair to download")
            # armour and extension of the file are inferred
            shows.files["Downloaded key"] = (f"{_file_name(chosen)}.asc", self._keys.pairs[chosen].armour.encode())
        shows.values["Key pairs"] = list(self._keys.pairs)
        return shows

    async def _destination(self, visit: PageVisit) -> PageShows:
        location = visit.text(FILE_LOCATION, OWN_SERVER)
        if location not in (OWN_SERVER, EXTERNAL_SERVER):
            raise PageError(f"{FILE_LOCATION}: choose {OWN_SERVER} or {EXTERNAL_SERVER}")
        offered = self._account.external_servers
        # each host also by its own name, as a person ticks it off
        return PageShows("", {FILE_LOCATION: location, HOSTNAME: list(offered), **dict.fromkeys(offered, True)})

    async def _send_key(self, visit: PageVisit) -> PageShows:
        """Mail the account's SSH2 key; external servers have to be enabled first (documented)."""
        if "Send key" not in visit.press:
            return PageShows("", dict(visit.entries))
        if not self._account.external_servers:
            raise PageError(
                f"{EXTERNAL_SERVER} is not enabled for this account. Open a service request to have the server added."
            )
        address = visit.text("Email address").strip()
        if _EMAIL.fullmatch(address) is None:
            raise PageError("Email address: enter a valid email address")
        content = await self._ssh2_key.public_file()
        body = f"The SSH2 public key of the CX Audience account {self._account.name} is attached."
        now = self._clock.now()
        self._mailbox.deliver(Mail(address, SENDER, MAIL_SUBJECT, body, now, {ATTACHMENT: content}))
        return PageShows(f"The key was sent to {address}.", {"Email address": address})

    async def _completed(self, _: PageVisit) -> PageShows:
        values: dict[str, Any] = {}
        for run in self._jobs.completed():
            if run.job_name in values:
                continue
            name, when = run.job_name, self._local(run.started)
            values[name] = f"{run.status}, {run.processed} records, {when}"
            values[f"{name}: Status"] = str(run.status)
            values[f"{name}: Records processed"] = str(run.processed)
            values[f"{name}: Records added"] = str(run.added)
            values[f"{name}: Records updated"] = str(run.updated)
            values[f"{name}: Records rejected"] = str(len(run.rejected))
            values[f"{name}: Log"] = [f"{entry.level}: {entry.message}" for entry in run.log]
        return PageShows("", values)

    def _local(self, moment: datetime) -> str:
        return f"{moment.astimezone(ZoneInfo(self._account.time_zone)):%Y-%m-%d %H:%M}"


def _file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)
