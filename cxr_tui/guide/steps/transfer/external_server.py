"""Step 18: have Oracle Support add the Responsys file server as an external SFTP server in CX Audience."""

from __future__ import annotations

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Outcome, Waiting
from cxr_tui.domain.instruction import Carried, Site, Visit
from cxr_tui.guide.definition import Check, Field, Kind, Note, Part, Product, Request, Step, requested
from cxr_tui.guide.forms.validators import iso_date, one_line
from cxr_tui.guide.screens import AUDIENCE_DESTINATION

ID = "external-server"

USUAL = "a few business days; Oracle gives no time"
_WORDING = "Suggested wording; the types are those of a similar product's request (inferred)"


def _visits(known: Known) -> tuple[Visit, ...]:
    account, server, user = (known.text(key) for key in ("account.account_name", f"{ID}.server", f"{ID}.user_name"))
    return (
        Visit(
            Site.SUPPORT,
            ("Create service request",),
            {
                "Service type": "Oracle Responsys Marketing Platform Cloud Service",
                "Problem type": "Manage my Interact Account",
                "Problem summary": f"Add the Responsys SFTP Server as External SFTP Server in CX Audience ({account})",
                "Problem description": "Please add the following Responsys SFTP Server as External SFTP Server in our "
                "CX Audience account, so that CX Audience Connect jobs can fetch files from it.\n"
                f"Responsys account: {account}\nServer: {server}\nUser name: {user}\n",
            },
            press=("Submit",),
            brings={"SR number": "sr_number", "Date": "sr_date"},
            note="Suggested wording. Make sure that the service request (SR) names the server, the user name, and "
            "External SFTP Server in CX Audience.",
            undocumented=("Service type", "Problem type"),
        ),
        Visit(
            Site.CALENDAR,
            ("Until Oracle Support answers",),
            {"SR number": known.text(f"{ID}.sr_number") or Carried("SR number")},
            note="You can quit meanwhile; everything is saved.",
        ),
        Visit(
            Site.AUDIENCE,
            AUDIENCE_DESTINATION,
            {"File location": "External Server by SFTP"},
            brings={server: "added"} if server else {},
            note="Open any Export Data job, or create one, to get here. If the server is listed under Hostname, the SR "
            "is probably completed.",
            undocumented=("File location", "Hostname"),
        ),
    )


async def _check(c: Check) -> Outcome:
    server, number = c.known.text(f"{ID}.server"), c.known.text(f"{ID}.sr_number")
    if c.known.flag(f"{ID}.added"):
        c.report.entered("host-added", f"SR {number} is completed, {server} was added.")
        return c.report.confirmable()
    c.report.unknown(
        "host-not-offered",
        f"SR {number} of {c.known.text(f'{ID}.sr_date')} is with Oracle Support.",
        "Until it is added, CX Audience cannot fetch files from this server.",
        "Wait for the answer. If the SR is closed and the server is not listed, reopen the SR.",
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
            help="As shown in the export job.",
            origin="destination-connectivity.server",
        ),
        Field(
            "user_name",
            "(SCP) User name",
            help="As shown in the export job.",
            origin="destination-connectivity.user_name",
        ),
        Field(
            "sr_number",
            "SR number",
            help="The number that My Oracle Support gave your service request (SR).",
            source=_WORDING,
            default=requested(ID, "number"),
            rule=one_line(60),
            brought=True,
        ),
        Field(
            "sr_date",
            "SR date",
            Kind.DATE,
            help="The day you opened it.",
            source=_WORDING,
            default=requested(ID, "on"),
            rule=iso_date,
            brought=True,
        ),
        Field(
            "added",
            "Oracle Support has added the server",
            Kind.CHECKBOX,
            help="Select this when the SR is completed and CX Audience lists the server under Hostname. The step waits "
            "for it.",
            default=False,
            optional=True,
        ),
    ),
    notes=(
        Note(
            "Open this SR as soon as step 13 is done: only afterwards can you request the SSH2 key, and that takes "
            "days too."
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
