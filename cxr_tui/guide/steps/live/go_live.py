"""Step 26, Go live: every check again, and a CX Audience audience that Responsys lists."""

from __future__ import annotations

from cxr_tui.domain.answers import Known, Value, whole_number
from cxr_tui.domain.errors import NoAccessError, NotFoundError, OutsideError
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.domain.ports import Responsys
from cxr_tui.guide.checks.columns import nearest
from cxr_tui.guide.checks.common import integration_user, report_error
from cxr_tui.guide.checks.rotation_state import one_sided, password_refused_there
from cxr_tui.guide.checks.sandbox_screen import shown_on_screen
from cxr_tui.guide.definition import Check, Field, Note, Part, Personal, Product, Step
from cxr_tui.guide.forms.validators import one_line
from cxr_tui.guide.screens import INTEGRATION_SETTINGS

ID = "go-live"
BEHAVIOR = "Records with behavior"
"""Label in the sandbox; Oracle does not document where the number is shown, so the entry is optional."""


def _visits(known: Known) -> tuple[Visit, ...]:
    return (
        Visit(
            Site.AUDIENCE,
            ("Audiences", "Create audience"),
            {
                **STEP.entries(known, "audience_name"),
                "List": known.text("integration-settings.profile_list"),
                **STEP.entries(known, "filter"),
            },
            press=("Save", "Publish", "Publish to Responsys"),
            note="Any audience will do, including an existing one. Publish it in CX Audience first, then to Responsys. "
            "The filter here is written as in the sandbox; build it in the filter designer.",
            undocumented=("Create audience", "Audience name", "List", "Filter", "Publish to Responsys"),
        ),
        Visit(
            Site.AUDIENCE,
            ("Data", "Manage Customer Data"),
            brings={BEHAVIOR: "behavior"},
            note="Optional: note how many records have behavioral data. Oracle does not say when the first arrives. "
            "If your page does not show it, leave the entry empty.",
            undocumented=(BEHAVIOR,),
        ),
    )


async def _check(c: Check) -> Outcome:
    responsys = await integration_user(c)
    if responsys is None:
        c.report.unknown(
            "login-not-tried",
            "The integration user's password is not stored here, so nothing could be checked.",
            "",
            "Enter it at step 6.",
        )
        return c.report.verified()
    seen = True
    doing = "Asking Responsys for the integration user's own data"
    c.progress(doing)
    try:
        info = await responsys.user_info()
        user = info.user_name or c.known.text("add-user.login_name")
        account = info.account_name or c.known.text("account.account_name")
        c.report.passed("login-works", f"{user} can log in to {account}.")
        doing = "Looking for the audience in Responsys"
        await _check_other_side(c)
        seen = await _check_audience(c, responsys)
        if count := c.known.number(f"{ID}.behavior"):
            c.report.passed("behavior-shown", f"CX Audience shows behavioral data for {count:,} records, as entered.")
    except OutsideError as error:
        report_error(c.report, error, doing)
    return c.report.verified() if seen else c.report.confirmable()


async def _check_audience(c: Check, responsys: Responsys) -> bool:
    """Report whether Responsys lists the published audience, and return that."""
    c.progress("Looking for the audience in Responsys")
    wanted = c.known.text(f"{ID}.audience_name")
    try:
        try:
            filters = await responsys.filters()
        except NoAccessError:
            if (connect := c.world.connect()) is None:
                raise
            filters = await connect.filters()
    except (NoAccessError, NotFoundError) as error:
        c.report.unknown(
            "audience-unseen",
            f"Reading filters as the integration user: {error} (the login worked)",
            "Oracle does not say whether the integration user may read them; the procedure gives it no role for that.",
            f"Look for the audience {wanted} in Responsys yourself. Do not give this user another role.",
        )
        return False
    names = [one.name for one in filters]
    if wanted in names:
        c.report.passed("audience-visible", f"Responsys lists the published audience {wanted}.")
        return True
    near = [one for one in nearest(wanted, names) if one.strip().casefold() == wanted.strip().casefold()]
    instead = f" It lists {near[0]}, which is spelled differently." if near else ""
    number = c.known.text("audience-designer.sr_number")
    if c.report.failed:
        # CX Audience cannot publish then, so a missing audience says nothing about Audience Designer.
        c.report.unknown(
            "audience-not-published",
            f"Responsys does not list the audience {wanted}: CX Audience is disconnected and cannot publish.",
            "Only afterwards can you see whether Audience Designer is enabled.",
            "Fix the CX Audience connection first, then publish the audience again.",
        )
        return False
    c.report.fail(
        "audience-designer-off",
        f"Responsys does not list the audience {wanted} among its {len(names)} filters.{instead}",
        "Audience Designer may not be enabled for the account, or the audience was not published. Oracle does not say "
        "whether this list contains CX Audience audiences at all.",
        f"Look for {wanted} in Responsys yourself. If it is missing, check in CX Audience that it was published to "
        "Responsys, not only locally, and ask Oracle Support about the service request of step 2"
        f"{f' ({number})' if number else ''}: is Audience Designer enabled?",
        identity=wanted,
    )
    return False


async def _check_other_side(c: Check) -> None:
    """Report a password that was changed in Responsys only, from the journal or where the screen can be read."""
    if known := one_sided(c.known):
        c.report.add(known)
        return
    shown = await shown_on_screen(c, Site.AUDIENCE, INTEGRATION_SETTINGS)
    connection = str(shown.get("Connection", "")) if shown else ""
    if password_refused_there(connection):
        c.report.fail(
            "password-one-sided",
            f"CX Audience cannot log in to Responsys any more: {connection}. The password stored here works in "
            f"Responsys for {c.known.text('add-user.login_name')}.",
            "The password was changed in Responsys but not in CX Audience: a password rotation was not finished. "
            "Behavioral data stops, and the wrong logins may lock the user.",
            f"In CX Audience open {' > '.join(INTEGRATION_SETTINGS)}, enter the new password under Password and click "
            "Save: that finishes the rotation. `cxr-tui rotate` changes both sides in order.",
        )


def _record_count(value: Value, _: Known) -> str | None:
    return "Enter a whole number, or leave it empty." if whole_number(str(value)) is None else None


def _proposed_filter(known: Known) -> Value | None:
    carried = known.lines("integration-settings.carried")
    usual = ("COUNTRY_", "STATE_", "CITY_")
    column = next((name for name in usual if name in carried), known.text("integration-settings.match_column"))
    return f"{column} != none" if column else None


STEP = Step(
    id=ID,
    title="Go live",
    part=Part.LIVE,
    product=Product.BOTH,
    purpose="Check every step again and publish a first audience from CX Audience to Responsys.",
    check=_check,
    source="CX Audience Help, publishing audiences (documented)",
    fields=(
        Field(
            "audience_name",
            "Audience name",
            help="An audience you publish from CX Audience. The wizard looks for it in Responsys.",
            default="CX Audience integration check",
            undocumented=True,
            rule=one_line(100),
        ),
        Field(
            "filter",
            "Filter",
            help="Who is in the audience. The suggestion includes everyone.",
            default=_proposed_filter,
            rule=one_line(500),
            optional=True,
            personal=Personal.ANSWERS,
        ),
        Field(
            "behavior",
            BEHAVIOR,
            help="How many records of the list have behavioral data from Responsys, if the page shows it.",
            optional=True,
            brought=True,
            undocumented=True,
            rule=_record_count,
        ),
    ),
    notes=(
        Note(
            "In Responsys you can use the audience in campaigns and programs. It probably shows the origin CX Audience."
        ),
        Note("Use `cxr-tui status` to check the jobs and `cxr-tui rotate` to change the password."),
    ),
    visits=_visits,
    rests_on=("*",),
)
