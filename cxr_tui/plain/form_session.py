"""A step's questions, one after another; what is answered is a draft until it is confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from cxr_tui.domain.answers import Value
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.definition import Kind
from cxr_tui.guided.actions import FormData
from cxr_tui.guided.drafts import Drafts
from cxr_tui.integration.form import EMPTY, FieldView
from cxr_tui.integration.integration import Integration
from cxr_tui.plain.console import Console, PromptCancelledError
from cxr_tui.plain.prompts import SKIP, STOP, FieldPrompt, Unchanged
from cxr_tui.plain.vocabulary import ParsedCommand

Chosen = Callable[[FieldView], bool]


def askable(view: FieldView) -> bool:
    """Say whether a field is asked for here, rather than carried over from an earlier step."""
    return not view.field.origin


def beforehand(view: FieldView) -> bool:
    """Say whether a field can be answered before the part in the browser is done."""
    return askable(view) and not view.field.brought


def open_brought(view: FieldView) -> bool:
    """Say whether a field is read off a screen, and still empty."""
    return askable(view) and view.field.brought and not view.stored and view.value in EMPTY


class FormSession:
    """What is typed at the steps and not saved yet, secrets apart from values."""

    def __init__(self, integration: Integration, console: Console) -> None:
        self._integration = integration
        self._console = console
        self.drafts = Drafts()
        self._secrets: dict[str, dict[str, Secret]] = {}

    def views(self, step_id: str) -> tuple[FieldView, ...]:
        """Return the step's fields that apply, with what is typed."""
        return self._integration.form(step_id, self.drafts.of(step_id))

    def changed(self, step_id: str) -> bool:
        """Say whether something is typed at a step and not confirmed."""
        return bool(self.drafts.of(step_id) or self._secrets.get(step_id))

    def drop_last(self, step_id: str) -> str:
        """Drop what was typed last at a step, and return its label; empty where nothing is typed."""
        drafts, secrets = self.drafts.of(step_id), self._secrets.get(step_id, {})
        names = [*drafts, *secrets]
        if not names:
            return ""
        if not self.drafts.drop(step_id, names[-1]):
            del secrets[names[-1]]
        return self._integration.guide.step(step_id).field(names[-1]).label

    def typed_secrets(self) -> dict[str, dict[str, Value]]:
        """Say which secrets are typed and not confirmed, by step and field."""
        return {step_id: dict.fromkeys(secrets, True) for step_id, secrets in self._secrets.items()}

    @property
    def unsaved(self) -> int:
        """How many values are typed and not confirmed, at all steps."""
        return len(self.drafts) + sum(len(secrets) for secrets in self._secrets.values())

    def forget(self, step_id: str) -> None:
        """Drop what was typed at a step: journal and keyring have it."""
        self.drafts.forget(step_id)
        self._secrets.pop(step_id, None)

    def forget_saved(self, step_id: str) -> None:
        """Drop the drafts that the journal has already, where nobody could say how far the work came."""
        for name, value in list(self.drafts.of(step_id).items()):
            self.drafts.take(self._integration, step_id, name, value)

    def entry(self, step_id: str) -> FormData:
        """Return everything that stands in the step's form."""
        due = {
            view.field.name: Secret("")
            for view in self.views(step_id)
            if view.field.kind is Kind.SECRET and not (view.field.optional or view.stored)
        }
        return FormData(dict(self.drafts.of(step_id)), due | self._secrets.get(step_id, {}))

    async def ask(self, step_id: str, chosen: Chosen, problems: Mapping[str, str]) -> ParsedCommand | None:
        """Ask the chosen questions; return the command that was typed instead of an answer, if one was."""
        done: list[str] = []
        while True:
            views = [view for view in self.views(step_id) if chosen(view)]
            left = [view for view in views if view.field.name not in done]
            if not left:
                return None
            view = left[0]
            place = f"Question {len(views) - len(left) + 1} of {len(views)}." if len(views) > 1 else ""
            asking = FieldPrompt(
                self._console,
                view,
                partial(self._wrong, step_id, view),
                self._integration.world.credentials.store,
                problems.get(view.field.name, "") if view.field.name not in self.drafts.of(step_id) else "",
            )
            try:
                answer = await asking.answer(place)
            except PromptCancelledError:
                return ParsedCommand(STOP)
            if isinstance(answer, ParsedCommand):
                if answer.word == "back" and done:
                    done.pop()
                elif answer.word == SKIP:
                    done.append(view.field.name)
                else:
                    return answer
                continue
            self._take(step_id, view, answer)
            done.append(view.field.name)

    def _take(self, step_id: str, view: FieldView, answer: Value | Secret | Unchanged) -> None:
        if isinstance(answer, Secret):
            self._secrets.setdefault(step_id, {})[view.field.name] = answer
        elif not isinstance(answer, Unchanged):
            self.drafts.take(self._integration, step_id, view.field.name, answer)

    def _wrong(self, step_id: str, view: FieldView, value: Value) -> str | None:
        if value in EMPTY and view.field.optional:
            return None
        return self._integration.problem(step_id, view.field.name, value, self.drafts.of(step_id))
