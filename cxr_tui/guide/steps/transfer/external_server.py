"""Step 18: Oracle Support adds the Responsys file server as an external SFTP server in CX Audience."""

from __future__ import annotations

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Outcome, Waiting
from cxr_tui.domain.instruction import Carried, Site, Typed, Visit
from cxr_tui.guide.checks.sandbox_screen import shown_on_screen
from cxr_tui.guide.definition import Check, Field, Kind, Note, Part, Product, Request, Step, requested
from cxr_tui.guide.forms.validators import iso_date, one_line
from cxr_tui.guide.screens import AUDIENCE_DESTINATION

ID = "external-server"

USUAL = "some business days; Oracle gives no time"
_WORDING = "wording proposed here; the kinds are those of a sister product's request (inferred)"


def _request(known: Known) -> dict[str, Typed]:
    account = known.text("account.account_name")
    return {
        "Service type": "Oracle Responsys Marketing Platform Cloud Service",
        "Problem type": "Manage my Interact Account",
        "Problem summary": f"Add the Responsys SFTP Server as External SFTP Server in CX Audience ({account})",
        "Problem description": "Please add the following Responsys SFTP Server as External SFTP Server in our "
        "CX Audience account, so that CX Audience Connect jobs can fetch files from it.\n"
        f"Responsys account: {account}\n"
        f"Server: {known.text(f'{ID}.server')}\n"
        f"User name: {known.text(f'{ID}.user_name')}\n",
    }


def _visits(known: Known) -> tuple[Visit, ...]:
    return (
        Visit(
            Site.SUPPORT,
            ("Create service request",),
            _request(known),
            press=("Submit",),
            brings={"SR number": "sr_number", "Date": "sr_date"},
            note="You may word it differently. Important: the server, the user name, and that it is to be added as "
            "External SFTP Server in CX Audience.",
            undocumented=("Service type", "Problem type"),
        ),
        Visit(
            Site.CALENDAR,
            ("Wait for", "Service request"),
            {"SR number": known.text(f"{ID}.sr_number") or Carried("SR number")},
            note="You can leave the program in the meantime; nothing is lost.",
        ),
        Visit(
            Site.AUDIENCE,
            AUDIENCE_DESTINATION,
            {"File location": "External Server by SFTP"},
            brings={known.text(f"{ID}.server"): "added"} if known.has(f"{ID}.server") else {},
            note="Open any Export Data job, or create one, to get here. When the server is offered under Hostname, the "
            "request has probably been completed.",
            undocumented=("File location", "Hostname"),
        ),
    )


async def _check(c: Check) -> Outcome:
    server = c.known.text(f"{ID}.server")
    number = c.known.text(f"{ID}.sr_number")
    shown = await shown_on_screen(c, Site.AUDIENCE, AUDIENCE_DESTINATION)
    if shown is not None:
        offered = shown.get("Hostname")
        if isinstance(offered, list) and server in offered:
            c.report.passed("host-offered", f"CX Audience offers {server} under Hostname.")
            return c.report.confirmable(verified_later="imported-profiles")
        return _wait(c, f"CX Audience does not offer {server} under Hostname yet; request {number}.")
    if c.known.flag(f"{ID}.added"):
        c.report.entered("host-added", f"request {number} is completed, {server} was added.")
        return c.report.confirmable(verified_later="imported-profiles")
    return _wait(c, f"Service request {number} of {c.known.text(f'{ID}.sr_date')} is with Oracle Support.")


def _wait(c: Check, seen: str) -> Outcome:
    c.report.unknown(
        "host-not-offered",
        seen,
        "Until it is added, CX Audience cannot fetch anything from this server.",
        "Wait for the answer. If the request is closed and the server is still not offered, write so in the request.",
    )
    return c.report.waiting(Waiting("Oracle Support", USUAL))


STEP = Step(
    id=ID,
    title="External server",
    part=Part.IMPORT,
    product=Product.SUPPORT,
    purpose="For CX Audience, the Responsys file server is an external SFTP server. Ask Oracle Support to add it.",
    check=_check,
    source="Integrating with Responsys, set up SFTP server (documented)",
    fields=(
        Field(
            "server",
            "(SFTP) Server",
            help="As the export job shows it.",
            origin="destination-connectivity.server",
        ),
        Field(
            "user_name",
            "(SCP) User name",
            help="As the export job shows it.",
            origin="destination-connectivity.user_name",
        ),
        Field(
            "sr_number",
            "SR number",
            help="The number that My Oracle Support gave your request.",
            source=_WORDING,
            default=requested(ID, "number"),
            rule=one_line(60),
            brought=True,
        ),
        Field(
            "sr_date",
            "SR date",
            Kind.DATE,
            help="The day on which you sent it.",
            source=_WORDING,
            default=requested(ID, "on"),
            rule=iso_date,
            brought=True,
        ),
        Field(
            "added",
            "Oracle Support has added the server",
            Kind.CHECKBOX,
            help="Tick it when the request is completed and the server is offered in CX Audience under Hostname.",
            default=False,
            optional=True,
        ),
    ),
    notes=(
        Note(
            "Send this request as early as you can: it is the first of two waits, and the second one, for the SSH2 "
            "key, begins only after it."
        ),
    ),
    visits=_visits,
    verified_by="imported-profiles",
    news_by_person=True,
    rests_on=("account.account_name",),
    request=Request(
        "the Responsys file server as external SFTP server of CX Audience",
        "Oracle Support",
        ("account.account_name", "destination-connectivity.server", "destination-connectivity.user_name"),
        USUAL,
    ),
    usual_wait=USUAL,
)
