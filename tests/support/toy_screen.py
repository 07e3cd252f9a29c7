"""One more screen, as a contributor would write it: everything that the program knows of it is in this file."""

from __future__ import annotations

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.guide.definition import Check, Fact, Field, Kind, Part, Product, Step
from cxr_tui.guide.forms.validators import one_line

_ID = "branding"


def _visits(known: Known) -> tuple[Visit, ...]:
    entries = {"Brand": known.text(f"{_ID}.brand"), "Color": known.text(f"{_ID}.color")}
    return (Visit(Site.RESPONSYS, ("Account", "Branding"), entries, ("Save",), brings={"Brand id": "brand_id"}),)


async def _check(c: Check) -> Outcome:
    c.report.learn("checked_brand", c.known.text(f"{_ID}.brand"))
    c.report.passed("brand-saved", f"Responsys shows the brand {c.known.text(f'{_ID}.brand_id')}.")
    return c.report.verified()


STEP = Step(
    id=_ID,
    title="Branding",
    part=Part.PREPARE,
    product=Product.RESPONSYS,
    purpose="Choose the brand under which messages are sent.",
    check=_check,
    source="A page of the test",
    fields=(
        Field("brand", "Brand", help="The name of the brand.", default="Acme", rule=one_line(20)),
        Field("color", "Color", Kind.CHOICE, default="Red", choices=("Red", "Blue")),
        Field("brand_id", "Brand id", brought=True),
    ),
    facts=(Fact("checked_brand", "Brand that was checked", "Responsys"),),
    visits=_visits,
)
