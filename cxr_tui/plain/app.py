"""The wizard as questions and answers: one step at a time, controlled by typed words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from cxr_tui.domain.errors import JournalError, OutsideError, machine_fault
from cxr_tui.domain.finding import Finding
from cxr_tui.domain.ports import Progress
from cxr_tui.domain.text import counted
from cxr_tui.guide.definition import Choice
from cxr_tui.guided import browser_links
from cxr_tui.guided.action_context import LONGEST_SENTENCE, PrimaryAction, primary_label
from cxr_tui.guided.overview import build_overview, number_problem
from cxr_tui.guided.step_controller import RECHECK_EVERY, Ending, StepController
from cxr_tui.guided.step_view import StepView
from cxr_tui.integration.integration import Integration, StepLockedError
from cxr_tui.integration.paths import crash_home
from cxr_tui.jobs.service import JobsService
from cxr_tui.plain import step_text
from cxr_tui.plain.console import Console, ExitRequestedError, PromptCancelledError, carry_out
from cxr_tui.plain.jobs import JobsMenu
from cxr_tui.plain.parse_answer import ParseError, pick
from cxr_tui.plain.prompts import HINT, STOP, Chosen, ask_fields, askable, beforehand, open_brought
from cxr_tui.plain.rotation import RotationMenu
from cxr_tui.plain.vocabulary import BY_WORD, LOCKED, ParsedCommand, help_lines, misunderstood, understand
from cxr_tui.presentation.badges import STATES
from cxr_tui.presentation.findings import finding_lines
from cxr_tui.presentation.instructions import Exact, instruction_lines
from cxr_tui.presentation.values import OVERRULING, named_step, restored, state_sentence
from cxr_tui.reports.review import review
from cxr_tui.rotation.password_age import reminder
from cxr_tui.security.crash_report import leave_report

COMMANDS_OF_ACTIONS = {
    PrimaryAction.JUMP: "go",
    PrimaryAction.OPERATE: "do",
    PrimaryAction.CONFIRM: "confirm",
    PrimaryAction.FIX: "fix",
    PrimaryAction.CONTINUE: "next",
    PrimaryAction.FINISH: "quit",
    PrimaryAction.AGAIN: "check",
}
"""The word for each main action; before a check, Enter asks the open questions first."""


class PlainApp:
    """Takes a person through the guide; only entries that are typed and not saved exist nowhere else."""

    def __init__(self, integration: Integration, console: Console, why: str = "") -> None:
        """`why` is why plain mode was chosen, in a few words."""
        self._integration = integration
        self._console, self._say = console, console.say
        self._why = why
        self._controller = StepController(integration)
        self._asked: set[str] = set()
        """Steps whose questions were asked since the program started."""
        self._brought: set[str] = set()
        """Steps whose values from screens were asked for since."""

    async def run(self) -> None:
        """Answer commands until the person leaves."""
        try:
            self._greet()
            await self._recheck_waiting()
            self._go(self._integration.current())
            while True:
                await self._next_command()
        except ExitRequestedError:
            if self._controller.drafts:
                self._say(f"{self._controller.drafts.count}, so not kept.")
            self._say("Goodbye. Everything you saved is kept.")

    # One command

    async def _next_command(self) -> None:
        default, label = self._main_command()
        number = self._integration.guide.number(self._controller.step_id)
        try:
            text = await self._console.ask(f"Step {number}, next [{label}]: ")
        except PromptCancelledError:
            self._say("Nothing is running that Ctrl+C could cancel. To leave, type quit or press Ctrl+D.")
            return
        typed = understand(text) if text else default
        if typed is None:
            self._say(misunderstood(text))
            return
        try:
            while typed is not None:
                typed = await self._act(typed)
        except ExitRequestedError:
            raise
        except (OutsideError, JournalError, StepLockedError) as error:
            self._say(str(error))
        except Exception as error:  # noqa: BLE001 - one command has failed; the next can be typed, and a report is left
            if words := machine_fault(error):
                self._say(words)
                return
            path = leave_report(crash_home(), error, self._controller.step_id)
            report = f"Report: {path}" if path else "A report could not be written"
            self._say(f"Internal error ({type(error).__name__}). {report}. What you saved is kept.")

    async def _act(self, typed: ParsedCommand) -> ParsedCommand | None:
        """Carry out a command; return the command that was typed meanwhile, if one was."""
        command, controller = BY_WORD[typed.word], self._controller
        context = controller.context()
        if not context.allows(command.when):
            locked = command.refusal is LOCKED
            self._say(controller.locked_sentence() or LOCKED if locked else command.refusal)
            return None
        match typed.word:
            case "?":
                self._console.print((*help_lines(context), HINT))
            case "show":
                self._page()
            case "answer":
                return await self._answer(typed.argument)
            case "review":
                self._review(everything=typed.argument.casefold() == "all")
            case "instruction":
                self._instruction()
            case "open":
                self._console.print(map(browser_links.open_page, controller.view().pages))
            case "reveal":
                await self._console.print_secret(self._integration.world.credentials, controller.view().secret)
            case "check":
                return await self._work(controller.check)
            case "do":
                return await self._work(controller.operate)
            case "confirm":
                return await self._work(controller.confirm)
            case "withdraw":
                if await self._console.agrees("Withdraw the confirmation? The step is then open again."):
                    return await self._work(controller.withdraw)
            case "fix" if context.fix is not None:
                return await self._work(partial(controller.fix, context.fix))
            case "request":
                wrong = number_problem(self._integration, controller.step_id, typed.argument)
                self._say(f"Not accepted: {wrong}" if wrong else controller.request(typed.argument))
            case "undo":
                await self._undo()
            case "quit":
                await self._quit()
            case _:
                await self._look_elsewhere(typed)
        return None

    async def _look_elsewhere(self, typed: ParsedCommand) -> None:
        """Show another step, all of them, the jobs, the password, or a report."""
        from cxr_tui.plain import tasks  # loaded when wanted, with all reports and messages

        step_id = self._controller.step_id
        match typed.word:
            case "next":
                self._go(self._controller.neighbor(1))
            case "back":
                self._go(self._controller.neighbor(-1))
            case "go":
                self._go_to(typed.argument)
            case "steps":
                self._console.print(step_text.steps_lines(self._integration.guide, self._integration.states(), step_id))
                self._console.print(step_text.wait_lines(build_overview(self._integration).waits))
            case "wait":
                await self._wait()
            case "erase":
                if await tasks.erase(self._integration, self._console, typed.argument.casefold()):
                    self._controller.reset()
                    self._page()
            case "error":
                await tasks.explain_error(self._integration, self._console, step_id, typed.argument)
            case "dry":
                self._console.print(tasks.dry_run(self._controller))
            case "texts":
                everything = typed.argument.casefold() == "all"
                self._console.print(tasks.text_lines(self._integration, step_id, everything=everything))
            case "handover":
                self._console.print(await carry_out(self._console, lambda _: tasks.handover(self._integration)) or [])
            case "jobs":
                await JobsMenu(JobsService(self._integration), self._console).run()
            case "rotate":
                await RotationMenu(self._integration, self._console).run()
                self._page()
            case _:
                self._say("Each value of an instruction is on a separate line; copy it with your terminal.")

    def _go(self, step_id: str) -> None:
        self._controller.step_id = step_id
        self._page()

    def _go_to(self, wanted: str) -> None:
        """Go to the step with this number, id or part of a title; without any, to the first open step."""
        steps = [Choice(step.id, step.title) for step in self._integration.guide.steps]
        try:
            self._go(pick(steps, wanted).value if wanted else self._integration.current())
        except ParseError as error:
            self._say(str(error))

    # Questions

    async def _answer(self, wanted: str) -> ParsedCommand | None:
        fields, step_id = self._controller.fields(), self._controller.step_id
        views = [view for view in fields if askable(view)]
        if not views and not wanted:
            self._say("This step has no questions.")
            return None
        if wanted.casefold() == "all":
            return await self._ask(askable)
        if wanted:
            ordered = [*views, *(view for view in fields if not askable(view))]
            try:
                name = pick([Choice(view.field.name, view.field.label) for view in ordered], wanted).value
            except ParseError as error:
                self._say(str(error))
                return None
            view = next(view for view in ordered if view.field.name == name)
            if askable(view):
                return await self._ask(lambda one: one.field.name == name)
            self._say(f"{view.field.label}: from {view.came_from}, not asked here. {view.field.help}".strip())
            return None
        if step_id not in self._asked and any(map(beforehand, views)):
            return await self._ask(beforehand, self._asked)
        return await self._ask(open_brought if any(map(open_brought, views)) else askable, self._brought)

    async def _ask(self, chosen: Chosen, asked: set[str] | None = None) -> ParsedCommand | None:
        """Ask some of the questions; once all of them were asked, the step is among `asked`."""
        view, step_id = self._controller.view(), self._controller.step_id
        names = [one.field.name for one in view.views if chosen(one)]
        # An answer must not make its own question go away, but it can bring up another one.
        typed = await ask_fields(
            self._console, self._controller, lambda one: one.field.name in names or chosen(one), view.problems
        )
        if typed is not None:
            return None if typed.word == STOP else typed
        if asked is not None:
            asked.add(step_id)
        self._say("That was the last question. Nothing is saved before check.")
        if asked is self._asked and self._controller.view().visits:
            self._instruction()
        return None

    async def _undo(self) -> None:
        """Undo the typing at this step, else the entries saved last."""
        step = self._integration.guide.step(self._controller.step_id)
        name = self._controller.drafts.drop_last(step.id)
        if name:
            self._say(f"Undone: the entry for {step.field(name).label}.")
            return
        last = self._integration.last_saved()
        if last is None:
            self._say("Nothing is saved yet, so there is nothing to undo.")
            return
        step = self._integration.guide.step(last.step_id)
        self._say(f"The last entries were saved at {named_step(self._integration.guide, step.id)}.")
        self._console.print(f"If you undo them: {line}." for line in restored(step, last.before))
        if await self._console.agrees("Undo?"):
            self._say(await self._controller.undo(last))
            self._outcome()

    # Work

    async def _work(self, action: Callable[[Progress], Awaitable[Ending]]) -> ParsedCommand | None:
        ending = await carry_out(self._console, action)
        if ending is None:
            return None
        if ending.needs != ending.begun_at:
            self._say(self._controller.moved_sentence(ending))
            self._go(ending.needs)
            return None
        self._outcome()
        if ending.problems:
            names = frozenset(ending.problems)
            self._say(f"Not saved. {counted(len(names), 'answer')} to fix first.")
            return await self._ask(lambda view: view.field.name in names)
        return await self._overrule(ending.overrulable) if ending.overrulable else None

    async def _overrule(self, read: tuple[Finding, ...]) -> ParsedCommand | None:
        """Show the findings against the step, and confirm it with the sentence that the person gives."""
        self._say("The check found this against a confirmation:")
        self._console.print(finding_lines(read))
        self._say(OVERRULING)
        sentence = await self._sentence()
        if not sentence:
            self._say("Not confirmed.")
            return None
        return await self._work(partial(self._controller.overrule, read, sentence))

    async def _sentence(self) -> str:
        """Ask for one sentence; return nothing where the person gives none."""
        while True:
            try:
                sentence = await self._console.ask("Why do you confirm it? One sentence, or Enter to leave it open: ")
            except PromptCancelledError:
                return ""
            if len(sentence) <= LONGEST_SENTENCE:
                return sentence
            self._say(f"Not accepted: {len(sentence)} characters; at most {LONGEST_SENTENCE}.")

    async def _recheck_waiting(self) -> None:
        if self._controller.waiting:
            self._say("Checking the step that waits.")
            await carry_out(self._console, lambda _: self._controller.recheck_waiting())

    async def _wait(self) -> None:
        if not self._controller.waiting:
            self._say("No step is waiting.")
            return
        self._say("Checking again once a minute; Ctrl+C ends this.")
        before = {step_id: one.state for step_id, one in self._integration.states().items()}

        async def watch(_: Progress) -> None:
            while {step_id: one.state for step_id, one in self._integration.states().items()} == before:
                await self._controller.recheck_waiting()
                await asyncio.sleep(RECHECK_EVERY)

        await carry_out(self._console, watch)
        guide = self._integration.guide
        for step_id, state in self._integration.states().items():
            if state.state is not before[step_id]:
                now = f"{guide.step(step_id).title} is now: {STATES[state.state].word}"
                self._say(f"Changed: {now}. {state_sentence(guide, state)}")

    async def _quit(self) -> None:
        drafts = self._controller.drafts
        if not drafts or await self._console.agrees(f"{drafts.count}. Quit anyway?"):
            self._controller.reset()
            raise ExitRequestedError

    # Output

    def _greet(self) -> None:
        where = "with the sandbox" if self._integration.sandboxed else "with the real products"
        self._say(f"cxr-tui in plain mode{f' ({self._why})' if self._why else ''}.")
        self._say(f"Integration {self._integration.name}, {where}. {step_text.progress(self._integration.states())}")
        if not self._integration.sandboxed and not self._integration.journal_state().seq:
            self._say("Nothing is set up yet. To rehearse first, without any account: cxr-tui --plain --sandbox")
        self._say("Press Enter for the next action; ? lists the commands; quit exits.")

    def _page(self) -> None:
        view = self._controller.view()
        self._say()
        self._state(view)
        self._console.print(step_text.about_lines(view))
        if view.visits and not view.state.done:
            self._say(f"{counted(len(view.visits), 'thing')} to do outside the wizard; type instruction to read.")
        due = reminder(self._integration.journal_state(), self._integration.world.now())
        if due:
            self._say(f"Reminder: {due}; type rotate.")

    def _state(self, view: StepView) -> None:
        self._console.print(step_text.state_lines(view, len(self._integration.guide.steps)))
        self._console.print(finding_lines(view.findings, view.state.overruled))

    def _outcome(self) -> None:
        self._state(self._controller.view())
        self._say(step_text.progress(self._integration.states()))

    def _instruction(self) -> None:
        view = self._controller.view()
        self._console.print(
            Exact(f"{page.product}: {page.url}") if page.url else f"{page.missing}." for page in view.pages
        )
        self._console.print(instruction_lines(view.visits, view.labels))
        if view.secret:
            self._say("To have the password printed on this terminal, type reveal.")

    def _review(self, *, everything: bool) -> None:
        for step in review(self._integration, self._controller.drafts):
            if everything or step.id == self._controller.step_id:
                self._console.print(step_text.review_lines(step))

    def _main_command(self) -> tuple[ParsedCommand, str]:
        """Return what Enter does, and its label."""
        context, views = self._controller.context(), self._controller.fields()
        if context.main is not PrimaryAction.CHECK:
            argument = context.state.blocked_by if context.main is PrimaryAction.JUMP else ""
            label = primary_label(context, self._integration.guide)
            return ParsedCommand(COMMANDS_OF_ACTIONS[context.main], argument), label
        if self._controller.step_id not in self._asked and any(map(beforehand, views)):
            return ParsedCommand("answer"), "Answer the questions"
        if self._controller.step_id not in self._brought and any(map(open_brought, views)):
            return ParsedCommand("answer"), "Enter what you noted down"
        return ParsedCommand("check"), primary_label(context, self._integration.guide)
