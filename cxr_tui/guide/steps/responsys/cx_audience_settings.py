"""Step 7: the checkbox that enables the integration in Responsys."""

from __future__ import annotations

from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.guide.checks.sandbox_screen import ENABLED, check_enabled
from cxr_tui.guide.definition import Check, Field, Kind, Note, Part, Product, Step
from cxr_tui.guide.forms.validators import must_be
from cxr_tui.guide.screens import CX_AUDIENCE_SETTINGS


async def _check(c: Check) -> Outcome:
    await check_enabled(c)
    return c.report.confirmable()


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
            help="Select it if it is not selected, then click Save in any case.",
            default=True,
            rule=must_be(True, "Oracle requires this before the CX Audience side is set up."),
        ),
    ),
    notes=(
        Note("If the menu has no CX Audience settings, the account is probably not set up for it: ask Oracle Support."),
        Note("The wizard cannot read this checkbox, so you confirm it here."),
    ),
    visits=lambda known: (
        Visit(Site.RESPONSYS, CX_AUDIENCE_SETTINGS, {ENABLED: known.flag("cx-audience-settings.enabled")}, ("Save",)),
    ),
    verified_by="go-live",
)
