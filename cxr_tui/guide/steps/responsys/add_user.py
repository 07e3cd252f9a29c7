"""Step 3: the form for the integration user."""

from __future__ import annotations

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Carried, Site, Typed, Visit
from cxr_tui.guide.checks.common import look
from cxr_tui.guide.checks.responsys_user import compare_user, existing_user, user_screen
from cxr_tui.guide.definition import Check, Fact, Field, Kind, Note, Part, Personal, Product, Step
from cxr_tui.guide.forms.validators import email_address, must_be, one_line

_CONTACT = "Email address"


def _proposed_name(known: Known) -> str:
    return f"CXAudienceIntegration{''.join(known.text('account.account_name').split())}"


def _visits(known: Known) -> tuple[Visit, ...]:
    ask = Visit(
        Site.COLLEAGUE,
        ("Email address of the point of contact",),
        brings={_CONTACT: "email"},
        note="The owner of this mailbox sets the password now and whenever it changes.",
    )
    email = known.text("add-user.email")
    entries: dict[str, Typed] = {_CONTACT: email or Carried(_CONTACT)}
    entries |= STEP.entries(known, "display_name", "status", "locale", "without_org_scope")
    note = "Do not click Create yet. Fill in the two tabs of this page first (steps 4 and 5)."
    form = user_screen(known, STEP.id, (), entries, new=STEP.entries(known, "login_name"), note=note)
    return (form,) if email else (ask, form)


async def _check(c: Check) -> Outcome:
    report, known = c.report, c.known
    report.entered("form-in-order", "status, locale and organization scope, as in the procedure.")
    user = await existing_user(c)
    info = None if user is None else await look(c, "Reading the user in Responsys", user.user_info())
    if info is None:
        return report.confirmable()
    compare_user(report, known, info)
    return report.verified()


STEP = Step(
    id="add-user",
    title="Add user",
    part=Part.RESPONSYS,
    product=Product.RESPONSYS,
    purpose="Create a Responsys user for this integration only. CX Audience logs in as this user.",
    check=_check,
    source="Integrating with Responsys, create a CX Audience-specific user, step 4 (documented)",
    fields=(
        Field(
            "login_name",
            "Login name",
            help="It must be unique in the whole pod, not only in the account. Including your account name ensures "
            "that.",
            default=_proposed_name,
            rule=one_line(100),
        ),
        Field(
            "email",
            "Email address",
            help="The address of your point of contact for CX Audience. Responsys sends the welcome email there. The "
            "recipient sets the password and manages it later.",
            rule=email_address,
            brought=True,
            personal=Personal.ANSWERS,
        ),
        Field(
            "display_name",
            "User display name",
            help="Any meaningful name. It may be the login name.",
            default=lambda known: known.text("add-user.login_name") or _proposed_name(known),
            rule=one_line(100),
            personal=Personal.ANSWERS,
        ),
        Field(
            "status",
            "User status",
            Kind.CHOICE,
            help="Leave it at Active. A suspended user cannot log in.",
            default="Active",
            choices=("Active", "Suspended"),
            rule=must_be("Active", "A suspended user cannot log in."),
        ),
        Field(
            "locale",
            "User locale",
            Kind.CHOICE,
            help="Leave it at English. This user will not use the Responsys interface.",
            default="English",
            choices=("English", "German", "French", "Spanish", "Japanese"),
            rule=must_be("English", "Oracle's procedure asks for English."),
        ),
        Field(
            "without_org_scope",
            "Can create Programs / Campaigns without Org. Scope for targeting",
            Kind.CHECKBOX,
            help="Leave this unselected.",
            default=False,
            rule=must_be(False, "This user does not create programs or campaigns."),
        ),
    ),
    notes=(
        Note("Create is at the top of the page. Click it last, after the two tabs (step 6)."),
        Note(
            "Does the account sign in through Oracle Identity Cloud (step 1)? Then an identity administrator creates "
            "the user there with these values and assigns it to Responsys. Then confirm the step."
        ),
        Note("If Responsys reports that no user licenses are left, ask Oracle for more before you continue."),
        Note("Use a shared mailbox if you can: it receives every password reset."),
    ),
    facts=(Fact("exists", "User that exists", "Responsys"),),
    visits=_visits,
    rests_on=("account.account_name", "add-user.exists"),
    verified_by="first-password",
    checked_after="first-password",
)
