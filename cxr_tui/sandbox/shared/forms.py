"""Forms of screens as declarations: initial values, choices of drop-downs, rules of values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.shared.screens import PageError, PageVisit


@dataclass(frozen=True)
class Form:
    """The labels of one screen in order, with their initial values.

    The value decides the kind: text, False for a box, [] for a check list, {} for pairs of names, None for a password.
    """

    fields: Mapping[str, Any]
    choices: Mapping[str, Collection[str]] = field(default_factory=dict)
    """What drop-downs and check lists offer, by label; the collections may change while the form is in use."""
    checks: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    """Returns the problem with a value, by label; the empty text: none."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Return all labels."""
        return tuple(self.fields)

    def read(self, visit: PageVisit) -> dict[str, Any]:
        """Return what was entered, by label; PageError for a value that its label cannot take or does not offer."""
        return {label: self._read(visit, label) for label in visit.entries}

    def shown(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the screen shows of `values`: all but passwords, the first values where there are none."""
        return {label: values.get(label, first) for label, first in self.fields.items() if first is not None}

    def require(self, values: Mapping[str, Any]) -> None:
        """Refuse the first value with a problem; PageError."""
        for label, check in self.checks.items():
            if label in values and (problem := check(values[label])):
                raise PageError(f"{label}: {problem}")

    def _read(self, visit: PageVisit, label: str) -> Any:  # noqa: ANN401 - what a label holds depends on it
        match first := self.fields[label]:
            case bool():
                return visit.flag(label)
            case list():
                lines = sorted(set(visit.lines(label)))
                for line in lines:
                    self._require_offered(label, line)
                return lines
            case dict():
                return {name.strip(): other.strip() for name, other in visit.pairs(label).items()}
            case None:
                return Secret(visit.text(label))
        entered = visit.entries[label]
        # A number field takes a number as well as its text.
        text = str(entered) if isinstance(entered, int) and not isinstance(entered, bool) else visit.text(label)
        text = text.strip()
        if text != first:
            self._require_offered(label, text)
        return text

    def _require_offered(self, label: str, value: str) -> None:
        if label in self.choices and value not in self.choices[label]:
            offered = ", ".join(self.choices[label]) or "(none)"
            raise PageError(f'{label}: "{value}" is not offered; choose one of {offered}')
