"""Step 7: the box that allows the integration on the side of Responsys."""

from __future__ import annotations

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.guide.checks.common import shown_on_screen
from cxr_tui.guide.definition import Check, Field, Kind, Note, Part, Product, Step
from cxr_tui.guide.forms.validators import must_be

ENABLED = "Enable Responsys and CX Audience Integration"
PAGE = ("Account", "CX Audience settings")


async def box_shown(c: Check) -> bool | None:
    """Return how the saved box stands, None where only a person can look; adds the finding."""
    page = await shown_on_screen(c, Site.RESPONSYS, PAGE)
    if page is None:
        return None
    if page.get(ENABLED) is True:
        c.report.passed("integration-enabled", f"{ENABLED}: ticked and saved.")
        return True
    c.report.fail(
        "integration-not-enabled",
        f"{ENABLED}: not ticked, or not saved.",
        "The integration does not work until it is enabled in Responsys.",
        f"{' > '.join(PAGE)}: tick {ENABLED} and press Save (step 7), then go on.",
        at="cx-audience-settings",
    )
    return False


def _visits(known: Known) -> tuple[Visit, ...]:
    return (Visit(Site.RESPONSYS, PAGE, {ENABLED: known.flag("cx-audience-settings.enabled")}, ("Save",)),)


async def _check(c: Check) -> Outcome:
    await box_shown(c)
    return c.report.confirmable(verified_later="go-live")


STEP = Step(
    id="cx-audience-settings",
    title="CX Audience settings",
    part=Part.RESPONSYS,
    product=Product.RESPONSYS,
    purpose="Enable the integration in Responsys. Do this before you set it up in CX Audience.",
    check=_check,
    source="Integrating with Responsys, verify that the integration is enabled (documented)",
    fields=(
        Field(
            "enabled",
            ENABLED,
            Kind.CHECKBOX,
            help="Tick it if it is not ticked, and press Save in any case.",
            default=True,
            rule=must_be(True, "Oracle requires this before the CX Audience side is set up."),
        ),
    ),
    notes=(
        Note(
            "If the menu lacks CX Audience settings, the account is probably not prepared for it: ask Oracle Support."
        ),
        Note("There is no call by which a machine could read this box, so you confirm it here."),
    ),
    visits=_visits,
    verified_by="go-live",
)
