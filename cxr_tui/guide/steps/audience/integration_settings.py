"""Step 8: the Responsys tab of the integration settings in CX Audience."""

from __future__ import annotations

from collections.abc import Mapping

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Carried, SecretRef, Site, Typed, Visit
from cxr_tui.domain.responsys_data import MATCH_COLUMNS
from cxr_tui.guide.checks.columns import nearest
from cxr_tui.guide.checks.common import RESPONSYS_PASSWORD
from cxr_tui.guide.checks.lists import compare_lists
from cxr_tui.guide.checks.members import control_column, sample_rule
from cxr_tui.guide.checks.responsys_user import compare_account_name, compare_email
from cxr_tui.guide.checks.sandbox_screen import check_enabled
from cxr_tui.guide.definition import Check, Choice, Fact, Field, Kind, Note, Part, Personal, Product, Step, keys_of
from cxr_tui.guide.forms.validators import list_of_lines, one_line
from cxr_tui.guide.help_links import DATA_PRIVACY
from cxr_tui.guide.screens import INTEGRATION_SETTINGS

_ID = "integration-settings"
_PROFILE_LIST = "Profile List in CX Audience that Responsys behavioral data should be available in"
_OFFERED = "Profile list offered"
_MATCH = "Select a column from Responsys that will be used to match records to the CX Audience customer list"
_HINTS: Mapping[str, str] = {
    "CUSTOMER_ID_": "Your customer ID: best, if every profile has one",
    "EMAIL_ADDRESS_": "Shared within families, and changes",
    "MOBILE_NUMBER_": "Often missing",
    "EMAIL_MD5_HASH_": "As reliable as the email address",
    "EMAIL_SHA256_HASH_": "As reliable as the email address",
}


def _responsys_lists(known: Known) -> list[str]:
    """Return the lists that the integration user saw last: at step 5, else at its first login."""
    return known.lines("organization-assignment.lists") or known.lines("first-password.lists")


def _proposed_audience_list(known: Known) -> str | None:
    return next(iter(known.lines("account.audience_lists")), None)


def _proposed_responsys_list(known: Known) -> Value | None:
    names = _responsys_lists(known)
    wanted = known.text(f"{_ID}.profile_list") or _proposed_audience_list(known) or ""
    return next(iter([*nearest(wanted, names, 1), *names]), None)


def records_label(column: str) -> str:
    """Return the label under which a profile list's page shows the first values of a match column."""
    return "First records" if column == "CUSTOMER_ID_" else f"First records: {column}"


def _visits(known: Known) -> tuple[Visit, ...]:
    column = known.text(f"{_ID}.match_column")
    labels = {records_label(column): "known_members", records_label(control_column(column)): "control_members"}
    entries: dict[str, Typed] = {
        **STEP.entries(known, "account_name", "account_url", "user_name", "email"),
        "Password": SecretRef(RESPONSYS_PASSWORD),
        _PROFILE_LIST: known.text(f"{_ID}.profile_list") or Carried(_OFFERED),
        _MATCH: column,
    }
    lists = Visit(Site.RESPONSYS, ("Data", "Profile Lists"), brings={"First list": "responsys_list"})
    offered = Visit(
        Site.AUDIENCE,
        INTEGRATION_SETTINGS,
        brings={_OFFERED: "profile_list"},
        note="Select the list of your customers.",
    )
    return (
        *(() if known.has(f"{_ID}.profile_list") else (offered,)),
        *(() if known.has(f"{_ID}.responsys_list") else (lists,)),
        Visit(
            Site.RESPONSYS,
            ("Data", "Profile Lists", known.text(f"{_ID}.responsys_list")),
            brings=labels,
            note="Optional, but recommended: note down the values of both columns from a few records, preferably test "
            "records.",
            undocumented=tuple(labels),
        ),
        Visit(
            Site.AUDIENCE,
            INTEGRATION_SETTINGS,
            entries,
            note="Account URL: Oracle asks for the login URL and does not say which host; probably the one shown "
            "here. If it is not accepted, try the address at which you open Responsys in the browser. Do not click "
            "Save yet: the last checkbox of this page is the next step.",
        ),
    )


async def _check(c: Check) -> Outcome:
    report, known = c.report, c.known
    await check_enabled(c)
    if found := known.text("first-password.account_name"):
        compare_account_name(report, known.text("account.account_name"), found)
    if found := known.text("first-password.email"):
        compare_email(report, known.text("add-user.email"), found)
    await compare_lists(c)
    return report.confirmable()


STEP = Step(
    id=_ID,
    title="Integration settings",
    part=Part.AUDIENCE,
    product=Product.AUDIENCE,
    purpose="Tell CX Audience which Responsys account and user to use, and which column matches records in the two "
    "products.",
    check=_check,
    source="Integrating with Responsys, set up the integration in CX Audience, step 4 (documented)",
    fields=(
        Field("account_name", "Account Name", origin="account.account_name"),
        Field(
            "account_url",
            "Account URL",
            help="The login URL. Oracle does not say which host is meant; probably the REST login host.",
            origin="account.url",
            source="Integrating with Responsys, step 4.2 (documented); which host: inferred",
        ),
        Field("user_name", "Username for Responsys integration", origin="add-user.login_name"),
        Field("email", "Username email", origin="add-user.email"),
        Field(
            "profile_list",
            _PROFILE_LIST,
            help="The customer data list that is matched to Email, SMS and Mobile App behavioral data from Responsys.",
            default=_proposed_audience_list,
            choices=lambda known: tuple(known.lines("account.audience_lists")),
            rule=one_line(100),
        ),
        Field(
            "match_column",
            _MATCH,
            Kind.CHOICE,
            help="It should have a unique value for every profile. The import job must use the same column.",
            default=MATCH_COLUMNS[0],
            choices=tuple(Choice(one, one, _HINTS[one]) for one in MATCH_COLUMNS),
        ),
        Field(
            "responsys_list",
            "Profile list in Responsys",
            help="The list whose records are exported to CX Audience later. It is not part of this screen. The wizard "
            "compares both lists to show which columns are synced.",
            source="Integrating with Responsys, step 3.3 (documented)",
            default=_proposed_responsys_list,
            choices=lambda known: tuple(_responsys_lists(known)),
            rule=one_line(100),
        ),
        Field(
            "known_members",
            "Sample: match column values",
            Kind.LINES,
            help="One per line, as the list shows them. The wizard looks them up in Responsys now and in CX Audience "
            "after the import. They are stored on this computer; use test records if that is not allowed.",
            source="Not part of Oracle's procedure: both APIs return single profiles only (documented)",
            rule=sample_rule,
            optional=True,
            brought=True,
            personal=Personal.RECORDS,
        ),
        Field(
            "control_members",
            "Sample: values of another column",
            Kind.LINES,
            help="Email addresses, one per line; customer IDs if the match column is an email column. Their records "
            "show how often the match column is empty or duplicated. They are stored on this computer too.",
            source="Not part of Oracle's procedure: both APIs return single profiles only (documented)",
            rule=sample_rule,
            optional=True,
            brought=True,
            personal=Personal.RECORDS,
        ),
        Field(
            "left_behind",
            "Columns not needed in CX Audience",
            Kind.LINES,
            help="Columns that have another type in CX Audience and that you do not need there, one per line.",
            source="Integrating with Responsys, List record handling (documented)",
            rule=list_of_lines,
            optional=True,
        ),
    ),
    notes=(
        Note("Enable the integration in Responsys (step 7) first."),
        Note(
            "After this, behavioral data arrives automatically; profile data needs the Connect jobs of the next part. "
            "Manage Customer Data in CX Audience then marks the list with Responsys Integration Enabled."
        ),
        Note("Only columns with the same properties in both lists are synced; others are skipped without a message."),
        Note("Permission and deliverability status stay in Responsys and are never synced."),
        Note(
            "If a person is in two Responsys profile lists with different values in a column, CX Audience takes the "
            "value from the record updated last."
        ),
    ),
    links=(DATA_PRIVACY,),
    facts=(
        Fact("columns", "Columns of the list in Responsys", "Responsys"),
        Fact("carried", "Columns in both lists", "both products"),
    ),
    visits=_visits,
    verified_by="go-live",
    rests_on=(
        "account.audience_token",
        *keys_of("first-password", "account_name", "email"),
        "cx-audience-settings.enabled",
    ),
)
