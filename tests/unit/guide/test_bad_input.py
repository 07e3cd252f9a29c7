"""Bad input at every field: a message that says what would be right, safe to show, and nothing lost."""

from __future__ import annotations

import asyncio
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxr_tui.domain.answers import Value
from cxr_tui.guide.definition import Field, Kind, Step
from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration.form import problem
from support.sampling import amount
from support.worlds.toy_guide import open_toy

ASKED = [
    pytest.param(step, field, id=f"{step.id}.{field.name}")
    for step in GUIDE.steps
    for field in step.fields
    if not field.origin
]
NASTY = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "\x1b[31mred\x1b[0m",
            "\x1b]0;title\x07",
            "a\x00b",
            "line\nbreak",
            "\r\ninjected: header",
            "[red]markup[/red]",
            "[/",
            "[@click=app.quit]click[/]",
            "x" * 10_000,
            "\u202egnp.exe",
            "\u05e9\u05dc\u05d5\u05dd",
            "\ud800",
            "' OR 1=1 --",
            "../../etc/passwd",
            "=HYPERLINK(1)",
            " leading and trailing ",
            "",
        ]
    ),
)


def shaped(kind: Kind, text: str) -> Value:
    """Put text into the shape that a kind of field takes."""
    match kind:
        case Kind.LINES | Kind.CHECKLIST:
            return [text]
        case Kind.MAPPING:
            return {text: text}
        case _:
            return text


@pytest.mark.parametrize(("step", "field"), ASKED)
@settings(
    max_examples=amount(daily=2, whole=40),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=NASTY)
def test_no_field_is_broken_by_any_text(
    tmp_path_factory: pytest.TempPathFactory, step: Step, field: Field, text: str
) -> None:
    integration = open_toy(tmp_path_factory.mktemp("home"), GUIDE)
    value = shaped(field.kind, text)
    problem = integration.problem(step.id, field.name, value, {field.name: value})
    if problem is not None:
        assert problem.strip()
        assert len(problem) < 1000, "a message stays readable whatever it quotes"
        strange = [char for char in problem if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co")]
        assert strange == [], problem
    integration.visits(step.id, {field.name: value})
    integration.form(step.id, {field.name: value})
    asyncio.run(integration.close())


def test_half_a_surrogate_pair_in_a_field_of_another_shape_is_refused_in_words(tmp_path: Path) -> None:
    integration = open_toy(tmp_path, GUIDE)
    assert "yes or no" in (integration.problem("external-server", "added", "\ud800", {}) or "")
    asyncio.run(integration.close())


@pytest.mark.parametrize(("step", "field"), ASKED)
def test_every_required_field_says_so_when_it_is_empty(tmp_path: Path, step: Step, field: Field) -> None:
    integration = open_toy(tmp_path, GUIDE)
    problem = integration.problem(step.id, field.name, shaped(field.kind, "") if field.kind is Kind.TEXT else "", {})
    assert (problem is None) == field.optional or field.kind in (Kind.CHECKBOX,)
    asyncio.run(integration.close())


@pytest.mark.parametrize(("step", "field"), ASKED)
def test_a_value_of_the_wrong_shape_is_refused_in_words(tmp_path: Path, step: Step, field: Field) -> None:
    integration = open_toy(tmp_path, GUIDE)
    wrong: Value = "text" if field.kind in (Kind.CHECKBOX, Kind.CHECKLIST, Kind.LINES, Kind.MAPPING) else ["a", "list"]
    problem = integration.problem(step.id, field.name, wrong, {})
    assert problem is not None
    assert field.label in problem
    asyncio.run(integration.close())


@pytest.mark.parametrize("step", GUIDE.steps, ids=lambda step: step.id)
def test_every_field_says_what_it_is_for_and_where_that_is_documented(step: Step) -> None:
    assert step.purpose
    for field in step.fields:
        assert field.label
        assert field.origin or field.help, f"{step.id}.{field.name} has no help"
        assert field.origin or field.source, f"{step.id}.{field.name} has no source"


@pytest.mark.parametrize(("step", "field"), ASKED)
def test_nothing_of_another_shape_is_not_taken_for_nothing(step: Step, field: Field) -> None:
    """An empty list in the place of a user name would be its name: a login as `[]`."""
    nothing: tuple[Value, ...] = ("", [], {})
    mine = nothing[2] if field.kind is Kind.MAPPING else nothing[field.kind in (Kind.LINES, Kind.CHECKLIST)]
    for empty in nothing:
        told = problem(step, field.name, empty, {})
        assert (told is None) == (field.optional and empty in ("", mine)), (empty, told)
