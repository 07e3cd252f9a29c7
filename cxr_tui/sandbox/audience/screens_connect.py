"""Account summary, lists, the screens of an import job, and Connect's dialogs (facts C.5 to C.9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from cxr_tui.sandbox.audience.account import Account
from cxr_tui.sandbox.audience.import_jobs import CONNECTIVITY, OWN_SERVER, TARGET, ImportJobs, source_of
from cxr_tui.sandbox.audience.keys import ATTACHMENT, MAIL_SUBJECT, KeyPairError, KeyPairs, SshKey
from cxr_tui.sandbox.audience.responsys_link import ResponsysLink, SourceError
from cxr_tui.sandbox.services.mailbox import Mail, Mailbox
from cxr_tui.sandbox.shared.connect_jobs import EXPORT, EXTERNAL_SERVER, IMPORT_PROFILES, ConnectScreens, Job
from cxr_tui.sandbox.shared.screens import Form, PageError, Pages, PageShows, PageVisit

_KEY_PAIR = "Select key pair"
_GENERATE, _DOWNLOAD = "Generate key pair", "Download"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class AccountScreens:
    """The screens that belong to no single job."""

    def __init__(
        self,
        pages: Pages,
        account: Account,
        jobs: ImportJobs,
        keys: KeyPairs,
        ssh_key: SshKey,
        link: ResponsysLink,
        mailbox: Mailbox,
        api_url: Callable[[], str],
    ) -> None:
        self._account = account
        self._jobs = jobs
        self._keys = keys
        self._ssh_key = ssh_key
        self._link = link
        self._mailbox = mailbox
        self._api_url = api_url
        pages.add(("Account",), self._summary)
        pages.add(("Data", "Manage Customer Data"), self._lists)
        manage = ("Data", "Connect", "Manage Connect")
        pages.add((*manage, "Date formats"), self._date_formats)
        dialog = (*manage, "Import Profile Data", "Source Specification", "Select or generate key")
        form, buttons = Form(dict.fromkeys(("Name", "Email address", _KEY_PAIR), "")), (_GENERATE, _DOWNLOAD, "Done")
        pages.add(dialog, self._key_pairs, form, buttons)
        export = (*manage, "Export Data", "Destination Connectivity")
        locations = (OWN_SERVER, EXTERNAL_SERVER)
        pages.add(export, self._destination, Form({"File location": OWN_SERVER}, {"File location": locations}))
        key_form = (*export, "Access or Generate key information")
        pages.add(key_form, self._send_key, Form({"Email address": ""}), ("Send key",))
        pages.add((*manage, "Completed Jobs"), self._completed)

    async def _key_pairs(self, visit: PageVisit) -> PageShows:
        """Generate, then select, then download, in the order of the dialog (documented)."""
        shows = PageShows()
        if _GENERATE in visit.press:
            try:
                pair = await self._keys.generate(visit.values["Name"], visit.values["Email address"])
            except KeyPairError as error:
                raise PageError(str(error)) from None
            shows.message = f'The key pair "{pair.name}" was added to the list.'
        chosen = visit.values[_KEY_PAIR]
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
        location = visit.values["File location"]
        offered = self._account.external_servers
        # each host also by its own name, as a person ticks it off
        return PageShows("", {"File location": location, "Hostname": list(offered), **dict.fromkeys(offered, True)})

    async def _send_key(self, visit: PageVisit) -> PageShows:
        """Mail the account's SSH2 key; external servers have to be enabled first (documented)."""
        if "Send key" not in visit.press:
            return PageShows("", dict(visit.entries))
        if not self._account.external_servers:
            raise PageError(
                f"{EXTERNAL_SERVER} is not enabled for this account. Open a service request to have the server added."
            )
        address = visit.values["Email address"]
        if _EMAIL.fullmatch(address) is None:
            raise PageError("Email address: enter a valid email address")
        content = self._ssh_key.public_file()
        body = f"The SSH2 public key of the CX Audience account {self._account.name} is attached."
        self._mailbox.mails.append(Mail(address, MAIL_SUBJECT, body, {"Attachment": (ATTACHMENT, content)}))
        return PageShows(f"The key was sent to {address}.", {"Email address": address})

    async def _completed(self, _: PageVisit) -> PageShows:
        values: dict[str, Any] = {}
        for run in self._jobs.completed():
            name, when = run.job_name, run.started.astimezone(ZoneInfo(self._account.time_zone))
            if name in values:
                continue
            values[name] = f"{run.status}, {run.processed} records, {when:%Y-%m-%d %H:%M}"
            values[f"{name}: Status"] = str(run.status)
            values[f"{name}: Records processed"] = str(run.processed)
            values[f"{name}: Records added"] = str(run.added)
            values[f"{name}: Records updated"] = str(run.updated)
            values[f"{name}: Records rejected"] = str(run.rejected)
            values[f"{name}: Log"] = [f"{entry.level}: {entry.message}" for entry in run.log]
        return PageShows("", values)

    async def _summary(self, _: PageVisit) -> PageShows:
        """Show name and token; in the sandbox the token is the whole base URL."""
        return PageShows("", {"Account token": self._api_url(), "Account name": self._account.name})

    async def _date_formats(self, _: PageVisit) -> PageShows:
        """Show the account's date format (facts H; inferred)."""
        return PageShows(values={"Date format for uploads": self._account.upload_format})

    async def _lists(self, _: PageVisit) -> PageShows:
        """Mark the list that is joined with Responsys (documented)."""
        joined = self._account.matched_list()
        values: dict[str, Any] = {}
        for table in self._account.lists.values():
            values[table.name] = "Responsys Integration Enabled" if table is joined else ""
            values[f"{table.name}: Records"] = str(len(table))
        values["Records with behavior"] = str(self._link.records_with_behavior())
        return PageShows("", values)


class ImportScreens(ConnectScreens):
    """The Create job dialog and the five screens of an import job, which may be filled in any order."""

    buttons = {**ConnectScreens.buttons, CONNECTIVITY: ("Save", "Test connection")}  # noqa: RUF012 - not changed

    def __init__(self, pages: Pages, account: Account, jobs: ImportJobs, link: ResponsysLink) -> None:
        super().__init__(pages, jobs, (IMPORT_PROFILES, EXPORT), IMPORT_PROFILES)
        self._account = account
        self._link = link

    def pressed(self, screen: str, press: Sequence[str], job: Job) -> str:
        """Test the connection, or do what every product's wizard does."""
        if "Test connection" not in press:
            return super().pressed(screen, press, job)
        try:
            self._link.test(source_of(job.entries))
        except SourceError as error:
            raise PageError(str(error)) from None
        return "The connection works."

    def shown(self, screen: str, job: Job) -> dict[str, Any]:
        """Show the columns of the chosen list too."""
        table = self._account.lists.get(job.entries["Target Tables"])
        if screen == TARGET and table is not None:
            return {"Columns": [name for name, _ in table.columns]}
        return super().shown(screen, job)


def _file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)
