"""A step's questions, one after another; an answer is a draft until it is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from cxr_tui.domain.answers import Value
from cxr_tui.domain.secret import Secret
from cxr_tui.guided.step_controller import StepController
from cxr_tui.integration.form import EMPTY, FieldView
from cxr_tui.plain.console import Console, PromptCancelledError
from cxr_tui.plain.prompts import SKIP, STOP, FieldPrompt, Unchanged
from cxr_tui.plain.vocabulary import ParsedCommand

Chosen = Callable[[FieldView], bool]


def askable(view: FieldView) -> bool:
    """Return whether a field is asked for here, rather than taken from an earlier step."""
    return not view.field.origin


def beforehand(view: FieldView) -> bool:
    """Return whether a field can be answered before the browser part is done."""
    return askable(view) and not view.field.brought


def open_brought(view: FieldView) -> bool:
    """Return whether a field has a value from a screen, and is still empty."""
    return askable(view) and view.field.brought and not view.stored and view.value in EMPTY


class FormSession:
    """Asks for a step's fields, one after another; the answers are drafts until they are saved."""

    def __init__(self, controller: StepController, console: Console) -> None:
        self._controller = controller
        self._console = console

    async def ask(self, chosen: Chosen, problems: Mapping[str, str]) -> ParsedCommand | None:
        """Ask the chosen questions; return the command that was typed instead of an answer, if one was."""
        drafts, step_id = self._controller.drafts, self._controller.step_id
        done: list[str] = []
        while True:
            views = [view for view in self._controller.fields() if chosen(view)]
            left = [view for view in views if view.field.name not in done]
            if not left:
                return None
            view = left[0]
            place = f"Question {len(views) - len(left) + 1} of {len(views)}." if len(views) > 1 else ""
            prompt = FieldPrompt(
                self._console,
                view,
                partial(self._problem, view),
                self._controller.integration.world.credentials.store,
                problems.get(view.field.name, "") if view.field.name not in drafts.of(step_id) else "",
            )
            try:
                answer = await prompt.answer(place)
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
            if isinstance(answer, Secret):
                drafts.secrets_of(step_id)[view.field.name] = answer
            elif not isinstance(answer, Unchanged):
                drafts.take(self._controller.integration, step_id, view.field.name, answer)
            done.append(view.field.name)

    def _problem(self, view: FieldView, value: Value) -> str | None:
        if value in EMPTY and view.field.optional:
            return None
        step_id = self._controller.step_id
        typed = self._controller.drafts.of(step_id)
        return self._controller.integration.problem(step_id, view.field.name, value, typed)
