"""Step 4: the two functional roles, and no other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from cxr_tui.domain.answers import Known
from cxr_tui.domain.certainty import documented
from cxr_tui.domain.errors import NoAccessError, OutsideError
from cxr_tui.domain.finding import Outcome, Status
from cxr_tui.domain.instruction import Mismatch, Visit
from cxr_tui.guide.checks.common import report_error
from cxr_tui.guide.checks.responsys_user import existing_user, user_screen
from cxr_tui.guide.definition import Check, Choice, Fact, Field, Kind, Note, Part, Product, Step
from cxr_tui.guide.forms.validators import exactly
from cxr_tui.guide.screens import USER_MANAGEMENT

LIST_ROLE = "List Web Services Manager"
TABLE_ROLE = "Table Web Services Manager"
WANTED = (LIST_ROLE, TABLE_ROLE)
_OTHERS = (
    "Analytics Web Services Manager",
    "Campaign Web Services Manager",
    "Content Web Services Manager",
    "Folder Web Services Manager",
    "Program Web Services Manager",
    "Data Director",
)
_TWO_ROLES = "The procedure gives this user two roles and no other."


def _visits(known: Known) -> tuple[Visit, ...]:
    note = "This is the Role Assignment tab of the same page. Do not select other roles. Do not click Create yet."
    return (user_screen(known, STEP.id, ("Role Assignment",), STEP.entries(known), STEP.mismatches, note=note),)


async def _check(c: Check) -> Outcome:
    c.report.entered("roles-in-order", f"{' and '.join(WANTED)}, and no other.")
    user = await existing_user(c)
    if user is not None:
        c.progress("Checking what this user may do")
        await _must_be_allowed(c, user.lists, LIST_ROLE, "list", "profile lists")
        await _must_be_allowed(c, user.supplemental_tables, TABLE_ROLE, "table", "supplemental tables")
        await _must_be_refused(c, user.campaigns, "Campaign Web Services Manager", "campaigns")
        await _must_be_refused(c, user.folders, "Folder Web Services Manager", "folders")
    return c.report.confirmable()


async def _must_be_allowed(c: Check, call: Callable[[], Awaitable[object]], role: str, code: str, objects: str) -> None:
    refusal = await _refusal(c, call, f"Reading {objects}")
    if refusal == "":
        c.report.passed(f"{code}-role-works", f"The user can read {objects}, as expected with {role}.")
    elif refusal:
        c.report.warn(
            f"missing-{code}-role",
            f"Reading {objects} is refused: {refusal}",
            f"The integration user probably lacks the role {role}, or its organization is not Root; Oracle does not "
            "say which call needs which role.",
            f"Open {USER_MANAGEMENT}, the user, Role Assignment, and select {role}. If it is selected, continue.",
        )


async def _must_be_refused(c: Check, call: Callable[[], Awaitable[object]], role: str, objects: str) -> None:
    refusal = await _refusal(c, call, f"Trying to read {objects}")
    if refusal:
        c.report.passed(f"{objects}-refused", f"The user cannot read {objects}, as expected.")
    elif refusal == "":
        c.report.warn(
            "extra-role",
            f"The user can read {objects}, which probably needs {role}.",
            f"{_TWO_ROLES} Oracle does not say which call needs which role, so this is a hint.",
            f"Open {USER_MANAGEMENT}, the user, Role Assignment, and clear every role except {' and '.join(WANTED)}. "
            "If no other role is selected, continue.",
        )


async def _refusal(c: Check, call: Callable[[], Awaitable[object]], doing: str) -> str | None:
    """Return how a call is refused for a missing role, empty where it is allowed; None: it failed, as reported."""
    try:
        await call()
    except OutsideError as error:
        # Only a refusal for a missing role is a hint; a user that cannot log in at all is something else.
        if isinstance(error, NoAccessError) and error.code == "INSUFFICIENT_ACCESS":
            return str(error)
        report_error(c.report, error, doing, optional=Status.UNKNOWN)
        return None
    return ""


STEP = Step(
    id="role-assignment",
    title="Role Assignment",
    part=Part.RESPONSYS,
    product=Product.RESPONSYS,
    purpose="Give the integration user the two functional roles that CX Audience needs.",
    check=_check,
    source="Integrating with Responsys, create a CX Audience-specific user, step 5 (documented)",
    fields=(
        Field(
            "roles",
            "Functional roles",
            Kind.CHECKLIST,
            help=f"Select {LIST_ROLE} and {TABLE_ROLE}. Do not select other roles for this user. Web services roles "
            "give API access only, not access to the interface.",
            default=list(WANTED),
            mismatch=Mismatch(
                "extra-role",
                f"{_TWO_ROLES} With more roles, anyone who obtains its password can do more; with fewer, CX Audience "
                "cannot read or write the lists.",
                documented("1"),
                {LIST_ROLE: "missing-list-role", TABLE_ROLE: "missing-table-role"},
            ),
            choices=(
                Choice(LIST_ROLE, LIST_ROLE, "API access to profile lists and their members"),
                Choice(TABLE_ROLE, TABLE_ROLE, "API access to supplemental tables"),
                *(Choice(one, one, "Do not select") for one in _OTHERS),
            ),
            rule=exactly(WANTED, "This user gets only these two roles."),
        ),
    ),
    notes=(
        Note("With only these roles the user cannot use the Responsys interface. That is intended."),
        Note(
            "Connect requires the Data Director role. Assign it to a person, never to this user.",
            warning=True,
        ),
    ),
    facts=(Fact("exists", "User that exists", "Responsys"),),
    visits=_visits,
    rests_on=("add-user.login_name", "role-assignment.exists"),
    checked_after="first-password",
)
