"""Step 5: the organization of the integration user."""

from __future__ import annotations

from contextlib import suppress

from cxr_tui.domain.answers import Known
from cxr_tui.domain.certainty import documented
from cxr_tui.domain.errors import NoAccessError, NotFoundError, OutsideError
from cxr_tui.domain.finding import Outcome, Status
from cxr_tui.domain.instruction import Mismatch, Visit
from cxr_tui.domain.ports import Responsys
from cxr_tui.domain.text import counted
from cxr_tui.guide.checks.common import report_error
from cxr_tui.guide.checks.responsys_user import existing_user, user_screen
from cxr_tui.guide.definition import Check, Choice, Fact, Field, Kind, Note, Part, Product, Step
from cxr_tui.guide.forms.validators import must_be
from cxr_tui.guide.screens import USER_MANAGEMENT

ROOT = "Root"
_BELOW_ROOT = "Objects created through the API inherit the user's organization. Below Root it may not see every list."


def _visits(known: Known) -> tuple[Visit, ...]:
    if not known.flag("organization-assignment.tab_present"):
        return ()
    entries = STEP.entries(known, "organization")
    note = "This is the Organization Assignment tab of the same page. You click Create in the next step."
    return (user_screen(known, STEP.id, ("Organization Assignment",), entries, STEP.mismatches, note=note),)


async def _check(c: Check) -> Outcome:
    tab = c.known.flag("organization-assignment.tab_present")
    entry = f"organization {ROOT}." if tab else "there is no Organization Assignment tab."
    c.report.entered("organization-in-order", entry)
    user = await existing_user(c)
    if user is not None:
        c.progress("Comparing what this user sees")
        if await _look_at_lists(c, user) and tab:
            await _look_at_organizations(c, user)
    return c.report.confirmable()


async def _look_at_lists(c: Check, user: Responsys) -> bool:
    """Report whether another user sees more lists; return whether the organizations may show anything more."""
    try:
        names = [one.name for one in await user.lists()]
    except NoAccessError as error:
        # Step 4 judges the role; without it, nothing shows here which lists the user would see.
        c.report.unknown(
            "lists-not-readable",
            f"Reading the profile lists: {error}",
            "Without List Web Services Manager this user probably sees no list, whatever its organization.",
            "Fix the roles at step 4 first. This step is then checked again.",
        )
        return True
    except OutsideError as error:
        report_error(c.report, error, "Reading the profile lists", optional=Status.UNKNOWN)
        return False
    hidden: set[str] = set()
    if (connect := c.world.connect()) is not None:
        with suppress(OutsideError):  # that user is there for jobs; it need not see lists
            hidden = {one.name for one in await connect.lists()} - set(names)
    if hidden:
        _maybe_not_root(c, f"The Connect API user sees lists that this user does not: {', '.join(sorted(hidden))}")
    elif not names:
        _maybe_not_root(c, "This user sees no list at all")
    else:
        c.report.learn("lists", names)
        c.report.passed("lists-visible", f"This user sees {counted(len(names), 'list')}: {', '.join(sorted(names))}")
    return True


async def _look_at_organizations(c: Check, user: Responsys) -> None:
    try:
        names = await user.organizations()
    except (NoAccessError, NotFoundError):
        return  # accounts without organizational access control have none
    except OutsideError as error:
        report_error(c.report, error, "Reading the organizations", optional=Status.UNKNOWN)
        return
    if ROOT in names:
        c.report.passed("organizations-visible", f"Organizations: {', '.join(names)}")
    elif names:
        _maybe_not_root(c, f"This user sees the organizations {', '.join(names)}, but no {ROOT}")


def _maybe_not_root(c: Check, seen: str) -> None:
    c.report.fail(
        "organization-not-root",
        f"{seen}.",
        f"The user may be below {ROOT}. Oracle does not say what this call returns, so this is a hint. {_BELOW_ROOT}",
        f"Open {USER_MANAGEMENT}, the user, Organization Assignment, and select {ROOT}. If it is selected, or there is "
        "no such tab, continue.",
    )


STEP = Step(
    id="organization-assignment",
    title="Organization Assignment",
    part=Part.RESPONSYS,
    product=Product.RESPONSYS,
    purpose="Assign the integration user to Root, so that it can see every list.",
    check=_check,
    source="Integrating with Responsys, create a CX Audience-specific user, step 6 (documented)",
    fields=(
        Field(
            "tab_present",
            "The page has an Organization Assignment tab",
            Kind.CHECKBOX,
            help="Only accounts with organizational access control have it. Clear this if there is none.",
            default=True,
        ),
        Field(
            "organization",
            "Organization",
            Kind.CHOICE,
            help="Select Root.",
            default=ROOT,
            mismatch=Mismatch("organization-not-root", _BELOW_ROOT, documented("1")),
            choices=(Choice(ROOT, ROOT, "The whole account"), Choice("below", "Another organization")),
            rule=must_be(ROOT, "A user below Root does not see the lists of other organizations."),
            shown=lambda known: known.flag("organization-assignment.tab_present"),
        ),
    ),
    notes=(Note("Objects created through the API inherit the organization of the API user."),),
    facts=(
        Fact("exists", "User that exists", "Responsys"),
        Fact("lists", "Lists that the user sees", "Responsys"),
    ),
    visits=_visits,
    rests_on=("add-user.login_name", "organization-assignment.exists"),
    checked_after="first-password",
)
