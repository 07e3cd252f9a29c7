"""Answers files: TOML, one table a step, for `cxr-tui apply`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import msgspec

from cxr_tui.config.bounded_toml import NotTomlError, read_toml
from cxr_tui.domain.answers import Value
from cxr_tui.domain.errors import InputError
from cxr_tui.domain.text import visible
from cxr_tui.guide.definition import Guide, Kind, Step
from cxr_tui.guided.action_context import LONGEST_SENTENCE
from cxr_tui.guided.walk import StepAnswers

SIZE_LIMIT = 256_000
CONFIRMED = "confirmed"
EARLIER = "attested"
"""What files written for version 0.1 say instead of `confirmed`."""
OVERRULE = "overrule"
_SHAPES: Any = str | bool | int | list[str] | dict[str, str]


class AnswersFileError(InputError):
    """An answers file that cannot be used; every problem is named, one a line."""


def read_answers(path: Path, guide: Guide) -> dict[str, StepAnswers]:
    """Return the answers by step id; AnswersFileError lists everything that is wrong, not only the first.

    A table may hold the step's fields by name, `confirmed = true` as the word that its browser part is done, and
    `overrule = "sentence"` to confirm it also against what its check finds.
    Secrets are refused: they come by standard input or are in the keyring.
    """
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
        if len(data) > SIZE_LIMIT:
            raise AnswersFileError(f"{path} is no answers file: it is larger than {SIZE_LIMIT} bytes")
        tables = read_toml(data)
    except OSError as error:
        raise AnswersFileError(f"{path} cannot be read: {error.strerror}") from error
    except NotTomlError as error:
        raise AnswersFileError(f"{path} is not TOML: {error}") from None
    problems: list[str] = []
    answers = {name: _step_answers(name, table, guide, problems) for name, table in tables.items()}
    if problems:
        raise AnswersFileError("\n".join(f"{path}: {problem}" for problem in problems))
    return answers


def _step_answers(name: str, table: object, guide: Guide, problems: list[str]) -> StepAnswers:
    try:
        step = guide.step(name)
    except KeyError:
        problems.append(f"[{visible(name, 60)}] is no step; steps are {', '.join(one.id for one in guide.steps)}")
        return StepAnswers()
    if not isinstance(table, Mapping):
        problems.append(f"{name} must be a table: [{name}]")
        return StepAnswers()
    values: dict[str, Value] = {}
    for key, value in table.items():
        if key == OVERRULE:
            if not (isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_SENTENCE):
                problems.append(f"[{name}] overrule must be one sentence of at most {LONGEST_SENTENCE} characters")
        elif key not in (CONFIRMED, EARLIER):
            _take_value(step, key, value, values, problems)
        elif not isinstance(value, bool):
            problems.append(f"[{name}] {key} must be true or false")
    overrule = table.get(OVERRULE)
    confirmed = True in (table.get(CONFIRMED), table.get(EARLIER))
    return StepAnswers(values, confirmed, overrule.strip() if isinstance(overrule, str) else "", EARLIER in table)


def _take_value(step: Step, key: str, value: object, values: dict[str, Value], problems: list[str]) -> None:
    try:
        field = step.field(key)
    except KeyError:
        names = ", ".join(one.name for one in step.fields if not one.origin and one.kind is not Kind.SECRET)
        problems.append(f"[{step.id}] has no {visible(key, 60)}; it has {names or 'no fields'}")
        return
    if field.kind is Kind.SECRET:
        problems.append(f"[{step.id}] {key} is a secret and must not be in a file; use --secrets-stdin or the keyring")
    elif field.origin:
        problems.append(f"[{step.id}] {key} is carried over from {field.origin}; answer it there")
    elif isinstance(value, date | datetime | time):
        values[key] = value.isoformat()[:5] if isinstance(value, time) else value.isoformat()
    else:
        try:
            values[key] = msgspec.convert(value, _SHAPES)
        except msgspec.ValidationError:
            problems.append(f"[{step.id}] {key} has a shape that no field takes")
