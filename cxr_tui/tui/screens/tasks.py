"""Reports and other tasks that open over a step; their modules are loaded when they are wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING

from cxr_tui.domain.text import counted, visible
from cxr_tui.guide.checks.common import RESPONSYS_PASSWORD
from cxr_tui.presentation.instructions import Line
from cxr_tui.tui.dialogs.choose import Question
from cxr_tui.tui.widgets.text_block import Paragraph

if TYPE_CHECKING:
    from cxr_tui.integration.erase import Scope
    from cxr_tui.tui.screens.wizard import WizardScreen


def explain(screen: WizardScreen) -> None:
    """Explain a message of a product."""
    from cxr_tui.tui.dialogs.explain import ExplainScreen

    screen.app.push_screen(ExplainScreen(screen.integration, screen.step_id))


def overview(screen: WizardScreen) -> None:
    """Show the whole integration."""
    from cxr_tui.tui.screens.overview import OverviewScreen

    screen.ask(OverviewScreen(screen.integration), screen.go_to)


def review(screen: WizardScreen) -> None:
    """Show every value of the step, each with its source."""
    from cxr_tui.reports.review import review as all_values
    from cxr_tui.tui.screens.review import Chosen, ReviewScreen

    async def reviewed(chosen: Chosen) -> None:
        if chosen.action:
            await screen.carry_out(chosen.action)
            return
        if chosen.step_id != screen.step_id:
            await screen.go_to(chosen.step_id)
        screen.focus_field(chosen.field)

    possible = {action.id for action, _ in screen.offered()}
    steps = all_values(screen.integration, screen.controller.drafts)
    screen.ask(ReviewScreen(screen.integration.name, steps, screen.step_id, possible), reviewed)


def dry_run(screen: WizardScreen) -> None:
    """List what the step's main action would touch."""
    from cxr_tui.dry_run.plan import next_action
    from cxr_tui.tui.screens.texts import PageScreen

    head, touched = next_action(screen.controller)
    lines = [*(Paragraph(text) for text in head), Paragraph()]
    lines += [
        Paragraph(line.text, 2 * line.level, "$muted" if line.quiet else "" if line.level else "bold", line.head)
        for line in touched
    ]
    copied = "\n".join([*head, "", *(line.whole for line in touched)])
    title = f"{screen.integration.name}   dry run"
    screen.app.push_screen(PageScreen(title, "nothing was touched", lines, copied))


def texts(screen: WizardScreen) -> None:
    """Show the messages for others, those of this step first."""
    from cxr_tui.reports.messages import texts as all_texts
    from cxr_tui.reports.messages import texts_of
    from cxr_tui.tui.screens.texts import TextsScreen

    own = texts_of(screen.integration, screen.step_id)
    others = [one for one in all_texts(screen.integration) if one not in own]
    screen.app.push_screen(TextsScreen(screen.integration.name, (*own, *others)))


def text_lines(screen: WizardScreen) -> list[Line]:
    """Return this step's messages as further things to copy."""
    from cxr_tui.reports.messages import texts_of

    own = texts_of(screen.integration, screen.step_id)
    return [Line(one.title, f"for: {one.to}", one.whole) for one in own]


def handover(screen: WizardScreen) -> None:
    """Write the handover report as one page and as Markdown, and show the names of the files."""
    from cxr_tui.reports.files import write_handover
    from cxr_tui.tui.screens.texts import PageScreen

    integration, line = screen.integration, screen.pane.work_line

    async def write() -> None:
        line.busy("Writing the handover report")
        try:
            paths = await asyncio.to_thread(write_handover(integration))
        except OSError as error:
            line.rest()
            line.tell(f"Nothing was written: {visible(str(error))}", "$error", 30)
            return
        finally:
            line.rest()
        lines = [
            Paragraph("The handover report is written. Only you can read the files:"),
            Paragraph(),
            *(Paragraph(visible(str(path), 500), 2, "bold") for path in paths),
            Paragraph(),
            Paragraph("It lists the setup, how each step was verified or confirmed, and what is still waiting."),
            Paragraph(
                "It contains no secrets, and only counts of your customers' data, so you can attach it to a ticket."
            ),
        ]
        copied = "\n".join(str(path) for path in paths)
        screen.app.push_screen(PageScreen(f"{integration.name}   handover", counted(len(paths), "file"), lines, copied))

    screen.run_worker(write(), group="report", exclusive=True, exit_on_error=False)


def jobs(screen: WizardScreen) -> None:
    """Show the jobs."""
    from cxr_tui.jobs.service import JobsService
    from cxr_tui.tui.screens.jobs import JobsScreen

    screen.app.push_screen(JobsScreen(JobsService(screen.integration)))


def jobs_if_any(screen: WizardScreen) -> None:
    """Show the jobs, or say why there are none yet."""
    if screen.controller.context().has_jobs:
        jobs(screen)
    else:
        screen.pane.work_line.tell("No job is set up yet; continue here", seconds=12)


def preflight(screen: WizardScreen) -> None:
    """Open preflight."""
    from cxr_tui.preflight.service import PreflightService
    from cxr_tui.tui.screens.preflight import PreflightScreen

    screen.app.push_screen(PreflightScreen(PreflightService(screen.integration)), partial(_drawn_again, screen))


def rotate(screen: WizardScreen) -> None:
    """Open the rotation of the password."""
    from cxr_tui.rotation.managed_secrets import managed_secret
    from cxr_tui.rotation.service import RotationService
    from cxr_tui.tui.screens.rotation import RotationScreen

    service = RotationService(screen.integration, managed_secret(RESPONSYS_PASSWORD))
    screen.app.push_screen(RotationScreen(service, screen.clipboard_seconds), partial(_drawn_again, screen))


async def _drawn_again(screen: WizardScreen, _: None) -> None:
    """Show what rotation or preflight changed at the step."""
    if screen.is_current:
        await screen.draw()


def erase(screen: WizardScreen) -> None:
    """Ask which personal data to erase."""
    from cxr_tui.integration.erase import Scope, texts

    options = [(one.value, texts()[one]["label"]) for one in Scope]
    question = Question("Erase personal data", options)
    screen.ask(question, lambda chosen: _in_background(screen, _ask_to_erase(screen, Scope(chosen))))


def _in_background(screen: WizardScreen, erasing: Coroutine[None, None, None]) -> None:
    screen.run_worker(erasing, group="erasing", exclusive=True, exit_on_error=False)


async def _ask_to_erase(screen: WizardScreen, scope: Scope) -> None:
    """Show how much would be erased, and ask once more."""
    from cxr_tui.integration import erase as erasing

    at = screen.integration
    found = await asyncio.to_thread(erasing.examine, at.guide, at.place, scope)
    places = counted(sum(found.counts.values()), "place")
    words = f"Erase it: {places} in the journal, {counted(len(found.files), 'file')}"
    erase_it = partial(_erase, screen, scope)
    screen.agree("This cannot be undone", "Keep everything", words, lambda _: _in_background(screen, erase_it()))


async def _erase(screen: WizardScreen, scope: Scope) -> None:
    """Erase, forget what is typed, and show what remains."""
    from cxr_tui.integration import erase as erasing
    from cxr_tui.tui.screens.texts import PageScreen

    at = screen.integration
    done = await asyncio.to_thread(erasing.erase, at.guide, at.place, scope)
    screen.forget_secrets()
    screen.controller.reset()
    await screen.go_to(screen.step_id)
    remaining = erasing.lines(done, at.place, "" if at.sandboxed else at.name)
    lines = [Paragraph(visible(text, 500), 2 * level) for level, text in remaining]
    copied = "\n".join(f"{'  ' * level}{text}" for level, text in remaining)
    await screen.app.push_screen(PageScreen(f"{at.name}   erased", scope.value, lines, copied))


TASKS: dict[str, Callable[[WizardScreen], None]] = {
    one.__name__: one for one in (explain, overview, review, dry_run, texts, handover, jobs, preflight, rotate, erase)
}
"""The tasks by the ids of their actions."""
