"""Step 2: the service request for Audience Designer, opened early because Oracle Support has to act on it."""

from __future__ import annotations

import re
from datetime import date, timedelta

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.domain.text import quoted
from cxr_tui.domain.url_policy import host_of, is_loopback
from cxr_tui.guide.checks.common import integration_user, look
from cxr_tui.guide.definition import Check, Field, Kind, Note, Part, Product, Request, Step, requested
from cxr_tui.guide.forms.validators import iso_date, must_be

AUDIENCE_ORIGIN = "CX Audience"
"""How Responsys marks published audiences (facts C.5; documented for a related product)."""

_NUMBER, _NAMED = "audience-designer.requested_number", "audience-designer.requested_for"
"""Number of the request, and the account name in its instruction when it was noted."""


def request_number(value: Value, _: Known) -> str | None:
    """Accept the number of a service request such as `3-12345678901`."""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9])?", value):
        return None
    return (
        f"{quoted(value)} is not a service request number. Enter it as My Oracle Support shows it, such as "
        "3-12345678901."
    )


def _visits(known: Known) -> tuple[Visit, ...]:
    account = known.text("account.account_name")
    return (
        Visit(
            Site.SUPPORT,
            ("Create service request",),
            entries={
                "Service type": "Oracle Responsys Marketing Platform Cloud Service",
                "Problem type": "Manage my Interact Account",
                "Problem summary": f"Enable the Audience Designer controlled feature for {account}",
                "Problem description": (
                    f"Please enable the controlled feature Audience Designer for the Responsys account {account}. "
                    "We are integrating it with CX Audience. We understand that no new classic filters can be created "
                    "afterwards."
                ),
            },
            press=("Submit",),
            brings={"SR number": "sr_number", "Date": "sr_date"},
            note="Note the SR number. You can continue without waiting for the answer.",
            undocumented=("Service type", "Problem type"),
        ),
    )


async def _check(c: Check) -> Outcome:
    report, known = c.report, c.known
    opened = date.fromisoformat(known.text("audience-designer.sr_date"))
    # One day of grace: the day may have begun already where the request was opened.
    if opened > (c.world.now() + timedelta(days=1)).date():
        report.fail(
            "date-in-future",
            f"The date {opened.isoformat()} is in the future.",
            "The wizard counts the waiting time from this day.",
            "Enter the day on which you opened the request.",
        )
    report.entered("request-opened", f"service request {known.text('audience-designer.sr_number')}, {opened}")
    report.entered("consequences-acknowledged", "you know what changes for your filters.")
    if await _audience_seen(c):
        return report.verified()
    _compare_account(c)
    return report.confirmable()


def _compare_account(c: Check) -> None:
    """Warn where the account name was changed here after the request was noted: the request names another account."""
    number, account = c.known.text("audience-designer.sr_number"), c.known.text("account.account_name")
    named = c.known.text(_NAMED)
    if c.known.text(_NUMBER) != number or not named:
        c.report.learn("requested_number", number)
        c.report.learn("requested_for", account)
    elif named != account:
        c.report.warn(
            "request-names-another-account",
            f"Service request {number} was noted for the account {named}; the account name is now {account}.",
            "Oracle Support may enable Audience Designer for the wrong account, or ask a question first.",
            f"Open the request in My Oracle Support and add a comment: the exact account name is {account}. "
            "If you open a new request instead, enter its number here.",
        )


async def _audience_seen(c: Check) -> bool:
    """Report whether Responsys shows a CX Audience audience, which it does only with Audience Designer."""
    user = await integration_user(c)
    if user is None:
        return False
    for one in await look(c, "Reading the audiences in Responsys", user.filters()) or ():
        if AUDIENCE_ORIGIN in one.raw.values():
            c.report.passed("audience-designer-on", f"Responsys shows the CX Audience audience {quoted(one.name)}.")
            return True
    return False


STEP = Step(
    id="audience-designer",
    title="Request Audience Designer",
    part=Part.PREPARE,
    product=Product.SUPPORT,
    purpose="Ask Oracle Support to enable the Audience Designer controlled feature. You need it to see in Responsys "
    "the audiences that you create in CX Audience.",
    check=_check,
    source="Integrating with Responsys, before you begin (documented)",
    fields=(
        Field(
            "sr_number",
            "SR number",
            help="The number that My Oracle Support gave your request.",
            default=requested("audience-designer", "number"),
            rule=request_number,
            brought=True,
        ),
        Field(
            "sr_date",
            "Date opened",
            Kind.DATE,
            help="The day on which you opened the request.",
            source="Not part of Oracle's procedure; the wizard counts the waiting time from it",
            default=requested("audience-designer", "on"),
            rule=iso_date,
            brought=True,
        ),
        Field(
            "acknowledged",
            "We know what changes for our filters (see the warning)",
            Kind.CHECKBOX,
            help="Audience Designer also gives the account the simple filter designer. Existing classic filters can "
            "still be executed, edited and saved as another classic filter. No new classic filter can be created in "
            "the Filter Designer.",
            # A rehearsal changes no filters, so the checkbox is suggested as selected there.
            default=lambda known: is_loopback(host_of(known.text("account.url"))) or None,
            rule=must_be(True, "Select it once the people who build filters know what changes."),
        ),
    ),
    notes=(
        Note(
            "Once Audience Designer is on, nobody can create a new classic filter in the Filter Designer. Existing "
            "ones can still be executed, edited and saved as another classic filter. It also adds the simple filter "
            "designer.",
            warning=True,
        ),
        Note("Service type and problem type are taken from a related product; choose the closest ones offered."),
        Note("You can do everything except step 26 before Oracle answers."),
    ),
    visits=_visits,
    rests_on=("account.account_name", _NUMBER, _NAMED),
    verified_by="go-live",
    request=Request(
        "the controlled feature Audience Designer",
        "Oracle Support",
        ("account.account_name",),
        "a few business days (our estimate)",
        open_until_seen=True,
    ),
    checked_after="go-live",
    usual_wait="a few business days (our estimate; Oracle gives no time)",
)
