"""Accepting what a form proposes, for walks without a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from cxr_tui.domain.answers import Value
from cxr_tui.integration.form import EMPTY, FieldView


class Answerable(Protocol):
    """What takes answers to a step's form; `cxr_tui.integration.integration.Integration` does."""

    def form(self, step_id: str, entered: Mapping[str, Value] | None = None) -> tuple[FieldView, ...]:
        """Return the step's fields that apply."""

    async def save(
        self, step_id: str, values: Mapping[str, Value], source: str = "typed", *, visit: str = ""
    ) -> dict[str, str]:
        """Write answers, all or none; return the problems by field."""


async def accept_proposals(integration: Answerable, step_id: str) -> None:
    """Confirm every proposed value that is in order, in one transaction; leave the others for somebody to answer."""
    proposed = {
        view.field.name: view.value
        for view in integration.form(step_id)
        if view.source == "default" and view.value is not None and view.value not in EMPTY
    }
    problems = await integration.save(step_id, proposed, source="default")
    if problems:
        await integration.save(
            step_id, {name: value for name, value in proposed.items() if name not in problems}, source="default"
        )
