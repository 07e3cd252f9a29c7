"""Step 3: the form for the integration user."""

from __future__ import annotations

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Carried, Site, Typed, Visit
from cxr_tui.guide.checks.common import look
from cxr_tui.guide.checks.responsys_user import (
    compare_email,
    compare_locale,
    compare_login_name,
    learn_existing,
    logged_in_user,
)
from cxr_tui.guide.definition import Check, Fact, Field, Kind, Note, Part, Personal, Product, Step
from cxr_tui.guide.forms.validators import email_address, must_be, one_line
from cxr_tui.guide.screens import user_page

_ORG_SCOPE = "Can create Programs / Campaigns without Org. Scope for targeting"
_CONTACT = "Email address"


def _proposed_name(known: Known) -> str:
    return f"CXAudienceIntegration{''.join(known.text('account.account_name').split())}"


def _visits(known: Known) -> tuple[Visit, ...]:
    login_name = known.text("add-user.login_name")
    email = known.text("add-user.email")
    entries: dict[str, Typed] = {
        "Email address": email or Carried(_CONTACT),
        "User display name": known.text("add-user.display_name"),
        "User status": known.text("add-user.status"),
        "User locale": known.text("add-user.locale"),
        _ORG_SCOPE: known.flag("add-user.without_org_scope"),
    }
    asks: tuple[Visit, ...] = ()
    if not email:
        asks = (
            Visit(
                Site.COLLEAGUE,
                ("Email address of the point of contact",),
                brings={_CONTACT: "email"},
                note="The owner of this mailbox sets the password now and whenever it changes.",
            ),
        )
    if login_name and known.text("add-user.exists") == login_name:
        form = Visit(
            Site.RESPONSYS, user_page(login_name), entries, ("Save",), note="The user already exists. Edit it."
        )
    else:
        form = Visit(
            Site.RESPONSYS,
            ("Account", "User identity management", "Add user"),
            {"Login name": login_name, **entries},
            note="Do not click Create yet. Fill in the two tabs of this page first (steps 4 and 5).",
        )
    return (*asks, form)


async def _check(c: Check) -> Outcome:
    report, known = c.report, c.known
    report.entered("form-in-order", "status, locale and organization scope, as in the procedure.")
    login_name = known.text("add-user.login_name")
    await learn_existing(c, login_name)
    user = await logged_in_user(c)
    if user is None:
        return report.confirmable()
    info = await look(c, "Reading the user in Responsys", user.user_info())
    if info is None:
        return report.confirmable()
    if compare_login_name(report, login_name, info):
        report.learn("exists", login_name)
    compare_email(report, known.text("add-user.email"), info.email)
    compare_locale(report, info)
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
            _ORG_SCOPE,
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
