"""Asking for the fields of a step: choices, help, what a field holds already, what was wrong with the last answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from cxr_tui.domain.answers import Value
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.guide.definition import Kind
from cxr_tui.guided.parse_input import lines_of, one_line
from cxr_tui.guided.step_controller import StepController
from cxr_tui.integration.form import EMPTY, FieldView, blank
from cxr_tui.plain import parse_answer
from cxr_tui.plain.console import Console, EchoUnavailableError, PromptCancelledError
from cxr_tui.plain.step_text import labelled, several
from cxr_tui.plain.vocabulary import BY_WORD, ParsedCommand
from cxr_tui.presentation.instructions import Exact
from cxr_tui.presentation.values import shown

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


Answer: TypeAlias = Value | Secret | ParsedCommand | None
"""An answer; None keeps the value that is there."""
Judge: TypeAlias = Callable[[Value], str | None]
"""Says what is wrong with a value; None: nothing."""

SKIP, STOP, LIST = "skip", "stop", "list"
_ANYWHERE = frozenset({*BY_WORD, SKIP, STOP})
"""Words that are taken as commands at a question too; in quotes they are values."""
_AT_SECRETS = frozenset({"?", "back", SKIP})
"""Words that no password is."""

HINT = (
    "At a question: Enter keeps the value in brackets, - clears it, ? shows help; back, skip, stop, or any command. "
    'Type a value that is such a word in quotes, as "back".'
)


class FieldPrompt:
    """Asks for one field until there is an answer that its rule takes."""

    def __init__(self, console: Console, view: FieldView, judge: Judge, store: str, problem: str = "") -> None:
        """`problem` is what was wrong with the answer so far."""
        self._console = console
        self._view = view
        self._judge = judge
        self._store = store
        self._problem = problem

    async def answer(self, place: str) -> Answer:
        """Return the answer, or the command typed instead; `place` says which question this is."""
        if place:
            self._console.say(place)
        if self._problem:
            self._console.say(f"Current problem: {self._problem}")
        self._offer()
        while True:
            try:
                answer = await self._ask()
            except parse_answer.ParseError as refusal:
                self._console.say(str(refusal))
                continue
            if not isinstance(answer, ParsedCommand) or answer.word not in ("?", LIST):
                return answer
            if answer.word == LIST:
                self._offer(whole=True)
            else:
                self._help()

    def _offer(self, *, whole: bool = False) -> None:
        view = self._view
        if not parse_answer.chooses(view):
            if view.choices and len(view.choices) <= parse_answer.MOST_LISTED:
                usual = ", ".join(visible(one.label) for one in view.choices)
                self._console.say(
                    labelled(view.field.label, f"usual values are {usual}. Any other value is accepted too.")
                )
            return
        some = "any of these" if view.field.kind is Kind.CHECKLIST else "one of these"
        self._console.say(labelled(view.field.label, f"choose {some}."))
        if len(view.choices) > parse_answer.MOST_LISTED and not whole:
            self._console.say(f"{len(view.choices)} choices: type a part of the name, or list for all of them.")
            return
        self._console.print(parse_answer.choice_lines(view.choices))

    async def _ask(self) -> Answer:
        """Ask once; ParseError says why the answer was refused."""
        view = self._view
        if view.field.kind is Kind.SECRET:
            return await self._secret()
        text = await self._console.ask(f"{view.field.label} [{self._now()}]: ")
        if parse_answer.chooses(view) and text.casefold() == LIST:
            return ParsedCommand(LIST)
        if command := self._command(text, _ANYWHERE):
            return command
        if not text:
            return self._keep()
        return self._judged(await self._value(text))

    async def _value(self, text: str) -> Value:
        view, meant = self._view, self._meant(text)
        if text == parse_answer.NOTHING:
            return blank(view.field.kind)
        if not parse_answer.spans_lines(view):
            return parse_answer.read_line(view, meant)
        lines = [one_line(meant)]
        while more := await self._console.ask(f"{view.field.label}, line {len(lines) + 1} [Enter ends]: "):
            lines.append(one_line(more))
        if view.field.kind is Kind.MAPPING:
            return parse_answer.typed_pairs(view.value if isinstance(view.value, dict) else {}, lines)
        return lines_of(lines)

    def _judged(self, value: Value) -> Value:
        wrong = self._judge(value)
        if wrong:
            raise parse_answer.ParseError(f"Not accepted: {wrong}")
        return value

    def _keep(self) -> Answer:
        """Keep the value in brackets."""
        view = self._view
        if view.field.kind is Kind.CHECKBOX and view.value is None:
            return False
        if view.value in EMPTY and not view.field.optional:
            raise parse_answer.ParseError(f"{view.field.needed} Type skip to leave it for later.")
        if view.value is not None and view.value not in EMPTY:
            self._judged(view.value)
        return None

    async def _secret(self) -> Answer:
        view = self._view
        state = f"stored in {self._store}, Enter keeps it" if view.stored else f"stored only in {self._store}"
        try:
            secret = await self._console.ask_secret(f"{view.field.label} (not shown while you type; {state}): ")
        except EchoUnavailableError:
            self._console.say("This terminal cannot hide typing, so no secret is asked for here.")
            return ParsedCommand(SKIP)
        if secret:
            return self._command(secret.reveal(), _AT_SECRETS) or secret
        if not (view.stored or view.field.optional):
            raise parse_answer.ParseError(f"{view.field.needed} Type skip to leave it for later.")
        return None

    def _meant(self, text: str) -> str:
        """Remove the quotes from a word that would be a command without them."""
        inner = text[1:-1]
        quoted = len(text) > 2 and text[0] == text[-1] == '"'
        is_word = inner == parse_answer.NOTHING or self._command(inner, _ANYWHERE) is not None
        return inner if quoted and is_word else text

    def _command(self, text: str, words: frozenset[str]) -> ParsedCommand | None:
        word, _, argument = text.partition(" ")
        if word.casefold() not in words or (argument and word.casefold() != "go"):
            return None
        offered = {one.value.casefold() for one in self._view.choices} | {
            one.label.casefold() for one in self._view.choices
        }
        return None if text.casefold() in offered else ParsedCommand(word.casefold(), argument.strip())

    def _now(self) -> str:
        """Return the value that Enter keeps."""
        view = self._view
        value, optional = view.value, "optional" if view.field.optional else "needed"
        if view.field.kind is Kind.CONFIRM:
            return f"type exactly: {view.field.phrase}"
        if view.field.kind is Kind.CHECKBOX:
            return shown(value if value is not None else False)
        if value in EMPTY:
            form = {Kind.DATE: "YYYY-MM-DD, ", Kind.TIME: "HH:MM, "}.get(view.field.kind, "")
            return f"{form}{optional}"
        if parse_answer.chooses(view):
            chosen = value if isinstance(value, list) else [str(value)]
            numbers = [str(at) for at, one in enumerate(view.choices, 1) if one.value in chosen]
            names = [one.label for one in view.choices if one.value in chosen] or chosen
            return f"{' '.join(numbers)}, {names[0]}" if view.field.kind is Kind.CHOICE else " ".join(numbers)
        if isinstance(value, list | dict):
            return f"{len(value)} {'pairs' if isinstance(value, dict) else 'lines'}"
        return str(value)

    def _help(self) -> None:
        field, say = self._view.field, self._console.say
        say(f"{field.label}. {field.help}".strip())
        self._console.print(f"  {choice.label}: {choice.hint}" for choice in self._view.choices if choice.hint)
        say(_HOW.get(field.kind, "Type one line."))
        if isinstance(self._view.value, list | dict) and not parse_answer.chooses(self._view):
            self._console.print(Exact(f"  {line}") for line in several(self._view.value))
        if field.source:
            say(f"Documented: {field.source}")
        say(HINT)


_HOW = {
    Kind.CHOICE: "Type a number, or the name of a choice.",
    Kind.CHECKLIST: "Type the numbers of your choices, separated by spaces; all for all, - for none.",
    Kind.CHECKBOX: "Type yes or no.",
    Kind.NUMBER: "Type a whole number.",
    Kind.DATE: "Type a date as YYYY-MM-DD.",
    Kind.TIME: "Type a time as HH:MM.",
    Kind.FILE: "Type the path of a file on this computer.",
    Kind.LINES: "Type one value per line; an empty line ends. The new values replace the old ones.",
    Kind.MAPPING: "Type one pair per line, incoming column -> column of the list; an empty line ends. A pair replaces "
    "the pair with the same incoming column; incoming column -> - removes it.",
    Kind.SECRET: "Typing is not shown. The secret is stored only in the keyring.",
    Kind.CONFIRM: "Type exactly the sentence in brackets.",
}


async def ask_fields(
    console: Console, controller: StepController, chosen: Chosen, problems: Mapping[str, str]
) -> ParsedCommand | None:
    """Ask the chosen questions of a step; return the command that was typed instead of an answer, if one was.

    The answers are drafts until they are saved.
    """
    integration, drafts, step_id = controller.integration, controller.drafts, controller.step_id
    done: list[str] = []

    def problem(view: FieldView, value: Value) -> str | None:
        if value in EMPTY and view.field.optional:
            return None
        return integration.problem(step_id, view.field.name, value, drafts.of(step_id))

    while True:
        views = [view for view in controller.fields() if chosen(view)]
        left = [view for view in views if view.field.name not in done]
        if not left:
            return None
        view, name = left[0], left[0].field.name
        place = f"Question {len(views) - len(left) + 1} of {len(views)}." if len(views) > 1 else ""
        wrong = problems.get(name, "") if name not in drafts.of(step_id) else ""
        store = integration.world.credentials.store
        try:
            answer = await FieldPrompt(console, view, partial(problem, view), store, wrong).answer(place)
        except PromptCancelledError:
            return ParsedCommand(STOP)
        if isinstance(answer, ParsedCommand):
            if answer.word == "back" and done:
                done.pop()
            elif answer.word == SKIP:
                done.append(name)
            else:
                return answer
            continue
        if isinstance(answer, Secret):
            drafts.secrets_of(step_id)[name] = answer
        elif answer is not None:
            drafts.take(integration, step_id, name, answer)
        done.append(name)
