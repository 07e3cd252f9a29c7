"""What was typed and not confirmed yet, by step; kept while a person looks at other steps."""

from __future__ import annotations

from collections.abc import Iterable

from cxr_tui.model.values import Value
from cxr_tui.setup.form import EMPTY


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

    def take(self, step_id: str, name: str, value: Value | None, before: Value | None) -> None:
        """Keep a typed value; one that equals what stood there before is no draft."""
        if value is None or value == before or (value in EMPTY and before in EMPTY):
            self.of(step_id).pop(name, None)
        else:
            self.of(step_id)[name] = value

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
