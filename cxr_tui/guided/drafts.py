"""What was typed and not saved yet, by step; kept while a person looks at other steps."""

from __future__ import annotations

from collections.abc import Iterable

from cxr_tui.domain.answers import Value
from cxr_tui.integration.form import EMPTY
from cxr_tui.integration.integration import Integration


class Drafts:
    """Typed values. They are no state of the integration: only confirming writes them."""

    def __init__(self) -> None:
        self._by_step: dict[str, dict[str, Value]] = {}

    def of(self, step_id: str) -> dict[str, Value]:
        """Return a step's drafts."""
        return self._by_step.setdefault(step_id, {})

    def all(self) -> dict[str, dict[str, Value]]:
        """Return the drafts of every step that has some."""
        return {step_id: dict(values) for step_id, values in self._by_step.items() if values}

    def take(self, integration: Integration, step_id: str, name: str, value: Value | None) -> None:
        """Keep a typed value, unless the journal has the same one, or nothing is typed where nothing is proposed.

        A value that equals the proposal is kept too: what is proposed can change with the step's other fields.
        """
        drafts = self.of(step_id)
        drafts.pop(name, None)
        there = next((view for view in integration.form(step_id, drafts) if view.field.name == name), None)
        confirmed = there is not None and there.source == "answered" and value == there.value
        empty = value in EMPTY and (there is None or there.value in EMPTY)
        if value is not None and not confirmed and not empty:
            drafts[name] = value

    def drop(self, step_id: str, name: str) -> bool:
        """Drop one draft; say whether there was one."""
        return self.of(step_id).pop(name, None) is not None

    def forget(self, step_id: str) -> None:
        """Drop a step's drafts: they are confirmed."""
        self._by_step.pop(step_id, None)

    def forget_keys(self, keys: Iterable[str]) -> None:
        """Drop the drafts of these keys `step.field`: something else was put there."""
        for key in keys:
            step_id, _, name = key.partition(".")
            self.of(step_id).pop(name, None)

    def __len__(self) -> int:
        return sum(len(values) for values in self._by_step.values())
