"""Entries that are typed and not saved yet, by step; kept while a person looks at other steps."""

from __future__ import annotations

from cxr_tui.domain.answers import Value
from cxr_tui.domain.secret import Secret
from cxr_tui.integration.form import EMPTY
from cxr_tui.integration.integration import Integration


class Drafts:
    """Typed values and secrets. They are no state of the integration: only saving writes them."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, Value]] = {}
        self._secrets: dict[str, dict[str, Secret]] = {}

    def of(self, step_id: str) -> dict[str, Value]:
        """Return the values typed at a step."""
        return self._values.setdefault(step_id, {})

    def secrets_of(self, step_id: str) -> dict[str, Secret]:
        """Return the secrets typed at a step."""
        return self._secrets.setdefault(step_id, {})

    def take(self, integration: Integration, step_id: str, name: str, value: Value | None) -> None:
        """Keep a typed value, unless the journal has the same, or it is empty and nothing is suggested.

        A value that equals the suggestion is kept too: the suggestion can change with the step's other fields.
        """
        drafts = self.of(step_id)
        drafts.pop(name, None)
        there = next((view for view in integration.form(step_id, drafts) if view.field.name == name), None)
        saved = there is not None and there.source == "answered" and value == there.value
        empty = value in EMPTY and (there is None or there.value in EMPTY)
        if value is not None and not saved and not empty:
            drafts[name] = value

    def take_secret(self, step_id: str, name: str, secret: Secret) -> None:
        """Keep a typed secret; an empty one takes it back."""
        if secret:
            self.secrets_of(step_id)[name] = secret
        else:
            self.secrets_of(step_id).pop(name, None)

    def drop(self, step_id: str, name: str) -> bool:
        """Drop one value; return whether there was one."""
        return self.of(step_id).pop(name, None) is not None

    def drop_last(self, step_id: str) -> str:
        """Drop the entry that was typed last at a step, secrets first; return its name, empty where there is none."""
        for typed in (self.secrets_of(step_id), self.of(step_id)):
            if typed:
                return typed.popitem()[0]
        return ""

    def forget(self, step_id: str) -> None:
        """Drop a step's entries: they are saved."""
        self._values.pop(step_id, None)
        self._secrets.pop(step_id, None)

    def forget_saved(self, integration: Integration, step_id: str) -> None:
        """Drop the values that the journal has already, after an action that did not reach its end."""
        for name, value in list(self.of(step_id).items()):
            self.take(integration, step_id, name, value)

    @property
    def count(self) -> str:
        """How many entries are not saved, in words."""
        return f"{len(self)} {'entry' if len(self) == 1 else 'entries'} not saved"

    def __len__(self) -> int:
        return sum(len(typed) for by_step in (self._values, self._secrets) for typed in by_step.values())
