"""Account summary, customer data, and Connect's dialogs that belong to no single job (facts C.5 to C.9)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cxr_tui.domain.ssh_public_key import in_ssh2_form
from cxr_tui.sandbox.audience.account import PROFILE_LIST
from cxr_tui.sandbox.audience.import_jobs import OWN_SERVER
from cxr_tui.sandbox.services.mailbox import Mail
from cxr_tui.sandbox.shared.connect_jobs import EXPORT, EXTERNAL_SERVER, IMPORT_PROFILES, MANAGE
from cxr_tui.sandbox.shared.screens import Form, PageError, PageShows, PageVisit, address_problem, require

if TYPE_CHECKING:
    from cxr_tui.sandbox.audience.product import AudienceTwin

MAIL_SUBJECT = "Your SSH2 public key"
_KEY_PAIR, _EMAIL = "Select key pair", "Email address"
_GENERATE, _DOWNLOAD = "Generate key pair", "Download"


class AccountScreens:
    """The screens that belong to no single job."""

    def __init__(self, twin: AudienceTwin) -> None:
        self._twin = twin
        account, pages = twin.account, twin.pages
        # In the sandbox the token is the whole base URL.
        pages.show(("Account",), lambda: PageShows({"Account token": twin.api_url, "Account name": account.name}))
        pages.show(("Data", "Manage Customer Data"), self._customer_data)
        # The setting and its place are inferred (facts H).
        formats = (*MANAGE, "Date formats")
        pages.show(formats, lambda: PageShows({"Date format for uploads": account.upload_format}))
        dialog = (*MANAGE, IMPORT_PROFILES, "Source Specification", "Select or generate key")
        address = {_EMAIL: address_problem}
        fields = dict.fromkeys(("Name", _EMAIL, _KEY_PAIR), "")
        form = Form(fields, {_KEY_PAIR: twin.keys.pairs}, {"Name": _name_problem, **address})
        pages.add(dialog, self._key_pairs, form, (_GENERATE, _DOWNLOAD, "Done"))
        export = (*MANAGE, EXPORT, "Destination Connectivity")
        locations = (OWN_SERVER, EXTERNAL_SERVER)
        pages.add(export, self._destination, Form({"File location": OWN_SERVER}, {"File location": locations}))
        key_form = (*export, "Access or Generate key information")
        pages.add(key_form, self._send_key, Form({_EMAIL: ""}, rules=address), ("Send key",))

    def _customer_data(self) -> PageShows:
        """Show which list is joined with Responsys (documented), and for how many records behavior came over."""
        joined = self._twin.account.settings and self._twin.account.settings[PROFILE_LIST]
        marks = {name: "Responsys Integration Enabled" if name == joined else "" for name in self._twin.account.lists}
        return PageShows({**marks, "Records with behavior": str(self._twin.link.records_with_behavior())})

    async def _key_pairs(self, visit: PageVisit) -> PageShows:
        """Generate, then select, then download, in the order of the dialog (documented)."""
        shows = PageShows()
        if _GENERATE in visit.press:
            require(visit.values, ("Name", _EMAIL))
            await self._twin.keys.generate(visit.values["Name"], visit.values[_EMAIL])
        if _DOWNLOAD in visit.press:
            require(visit.values, [_KEY_PAIR])
            chosen = visit.values[_KEY_PAIR]
            # armour and extension of the file are inferred
            name = re.sub(r"[^A-Za-z0-9._-]", "_", chosen)
            shows.files["Downloaded key"] = (f"{name}.asc", self._twin.keys.pairs[chosen].armour.encode())
        shows.values["Key pairs"] = list(self._twin.keys.pairs)
        return shows

    async def _destination(self, visit: PageVisit) -> PageShows:
        location, offered = visit.values["File location"], self._twin.account.external_servers
        # each host also by its own name, as a person ticks it off
        return PageShows({"File location": location, "Hostname": list(offered), **dict.fromkeys(offered, True)})

    async def _send_key(self, visit: PageVisit) -> PageShows:
        """Mail the account's SSH2 key; external servers have to be enabled first (documented)."""
        if "Send key" not in visit.press:
            return PageShows(dict(visit.entries))
        if not self._twin.account.external_servers:
            raise PageError(
                f"{EXTERNAL_SERVER} is not enabled for this account. Open a service request to have the server added."
            )
        require(visit.values, [_EMAIL])
        # The form of the file is inferred.
        content = in_ssh2_form(self._twin.ssh_key).encode("ascii")
        files = {"Attachment": ("cxaudience_ssh2.pub", content)}
        self._twin.mailbox.mails.append(Mail(visit.values[_EMAIL], MAIL_SUBJECT, files))
        return PageShows(visit.values)


def _name_problem(name: str) -> str:
    # a line break would smuggle a directive into gpg's parameter file
    usable = name.isprintable() and not set(name) & set("<>()")
    return "" if usable else "enter a name without control characters and brackets"
