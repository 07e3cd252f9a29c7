"""A documented screen is added by one file and its line in the registry: everything else follows from these."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cxr_tui.domain.answers import NotDeclaredError
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Shown, Visit
from cxr_tui.guide import registry
from cxr_tui.guide.definition import Check, Guide, Part, Product, Step
from cxr_tui.guided.answers_file import read_answers
from cxr_tui.guided.step_view import build_step_view
from cxr_tui.guided.walk import Plan, walk
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import State
from cxr_tui.journal.store import Journal
from cxr_tui.presentation.instructions import entry_lines, site_heading
from cxr_tui.presentation.values import named_keys
from cxr_tui.reports.review import review
from support.worlds.demo_guide import DemoOperator
from support.worlds.toy_guide import MemoryCredentials, open_toy

LINE = "        account.STEP,\n"


class Operator(DemoOperator):
    """An operator who brings the brand's id back."""

    async def perform(self, visit: Visit, *_: object) -> Shown:
        self.visits.append(visit)
        return Shown({"Brand id": "B-17"})


def guide_with_toy() -> Guide:
    """Return the guide of the real registry with the line of the toy screen added to its text, as its first step."""
    text = Path(registry.__file__).read_text()
    assert LINE in text
    names: dict[str, Guide] = {}
    added = text.replace(LINE, f"        toy_screen.STEP,\n{LINE}")
    exec(f"{added}\n".replace("GUIDE = ", "from support import toy_screen\nGUIDE = "), names)  # noqa: S102 - own file
    return names["GUIDE"]


@pytest.fixture
async def integration(tmp_path: Path) -> AsyncIterator[Integration]:
    opened = Integration(guide_with_toy(), Journal(tmp_path / "journal.db"), MemoryCredentials(), Operator(), "acme")
    yield opened
    await opened.close()


async def test_it_is_walked_to_done(integration: Integration, tmp_path: Path) -> None:
    assert len(integration.guide.steps) == len(registry.GUIDE.steps) + 1
    assert integration.states()["account"].state is State.LOCKED
    answers = tmp_path / "answers.toml"
    answers.write_text('[branding]\nbrand = "Globex"\n')
    plan = Plan(read_answers(answers, integration.guide), {}, "branding")
    reports = await walk(integration, plan, lambda _: None)
    assert [(one.id, one.state) for one in reports[:1]] == [("branding", State.VERIFIED)]
    assert integration.states()["account"].state is State.READY
    assert integration.journal_state().values["branding.checked_brand"] == "Globex"


async def test_it_is_shown(integration: Integration) -> None:
    view = build_step_view(integration, "branding", {})
    assert (view.number, view.reason) == (1, "Nothing is entered yet.")
    assert [one.field.label for one in view.views] == ["Brand", "Color", "Brand id"]
    assert site_heading(view.visits[0]) == "In Responsys, signed in as an Account Administrator"
    lines = [line for label, typed in view.visits[0].entries.items() for line in entry_lines(label, typed)]
    assert [(one.label, one.shown) for one in lines] == [("Brand", "Acme"), ("Color", "Red")]
    assert build_step_view(integration, "branding", {"brand": " "}).problems
    assert named_keys(integration.guide, ["branding.brand"]) == "Brand (step 1)"


async def test_what_it_learns_has_its_label_and_source_in_the_review(integration: Integration) -> None:
    await integration.save("branding", {"brand": "Acme", "color": "Red", "brand_id": "B-17"})
    await integration.check("branding", lambda _: None)
    rows = {row.key: row for row in review(integration)[0].values}
    fact = rows["branding.checked_brand"]
    assert (fact.label, fact.shown, fact.whence) == ("Brand that was checked", "Acme", "read from Responsys")


async def test_a_fact_without_a_label_cannot_be_learned(tmp_path: Path) -> None:
    async def check(c: Check) -> Outcome:
        c.report.learn("forgotten", "a value")
        return c.report.verified()

    step = Step("one", "One", Part.PREPARE, Product.NONE, "A toy.", check)
    opened = open_toy(tmp_path, Guide((step,)))
    with pytest.raises(NotDeclaredError, match=r"one\.forgotten"):
        await opened.check("one", lambda _: None)
    await opened.close()
