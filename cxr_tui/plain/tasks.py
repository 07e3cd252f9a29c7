"""Reports and other tasks of a step, loaded when they are wanted: dry run, texts, handover, erasure, messages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from cxr_tui.dry_run.plan import next_action
from cxr_tui.guided.explain import NOT_KNOWN, explain, rows
from cxr_tui.guided.step_controller import StepController
from cxr_tui.integration import erase as erasing
from cxr_tui.integration.erase import Erasure, Scope
from cxr_tui.integration.integration import Integration
from cxr_tui.plain.console import Console, PromptCancelledError
from cxr_tui.presentation.instructions import Exact
from cxr_tui.reports.files import write_handover
from cxr_tui.reports.messages import texts, texts_of


def dry_run(controller: StepController) -> Iterator[str]:
    """Yield what the step's main action would touch."""
    head, touched = next_action(controller)
    yield from head
    yield from (Exact(line.whole) for line in touched)


def text_lines(integration: Integration, step_id: str, *, everything: bool) -> Iterator[str]:
    """Yield the texts that are of use at a step, or all that can be written by now, each as it is copied."""
    found = texts(integration) if everything else texts_of(integration, step_id)
    for one in found:
        yield f"Text: {one.title}. For: {one.to}."
        yield from (Exact(line) for line in one.whole.split("\n"))
        yield "End of text."
    if not found:
        yield "No text for others is of use here; texts all prints every one."


async def handover(integration: Integration) -> list[str]:
    """Write the handover report, and return where it is."""
    try:
        paths = await asyncio.to_thread(write_handover(integration))
    except OSError as error:
        return [f"Nothing was written: {error}"]
    return [
        "The handover report was written, readable for you alone:",
        *(Exact(path) for path in paths),
        "It holds no secret, and of your customers' own data only how much there is.",
    ]


async def explain_error(integration: Integration, console: Console, step_id: str, text: str) -> None:
    """Explain a text; without one, ask for it, and begin with the notes that the step has."""
    if not text:
        for note in integration.journal_state().notes.get(step_id, ()):
            console.say(f"Note of {note.at:%Y-%m-%d %H:%M} UTC, not known: {' '.join(note.body['text'].split())}")
        try:
            lines = [await console.ask("What does it say? Type or paste it; an empty line ends it: ")]
            while lines[-1]:
                lines.append(await console.ask("... "))
        except PromptCancelledError:
            lines = []
        text = "\n".join(lines)
    if not text.strip():
        console.say("Nothing was typed.")
        return
    found = explain(integration, step_id, text)
    for one in found:
        console.say(one.name)
        console.print(f"{label}: {told}" if label else told for label, told in rows(one))
    if not found:
        console.say(NOT_KNOWN)


async def erase(integration: Integration, console: Console, wanted: str) -> bool:
    """List what would be removed, ask, remove it, and list what remains; return whether it was. JournalError."""
    if wanted not in list(Scope):
        console.print(f"erase {one}: removes {erasing.texts()[one]['removes']}." for one in Scope)
        return False
    scope = Scope(wanted)
    found = await asyncio.to_thread(erasing.examine, integration.guide, integration.place, scope)
    if not await confirm_erasure(console, integration.name, found):
        console.say("Nothing was erased.")
        return False
    done = await asyncio.to_thread(erasing.erase, integration.guide, integration.place, scope)
    remaining = erasing.lines(done, integration.place, "" if integration.sandboxed else integration.name)
    console.print(f"{'  ' * level}{text}" for level, text in remaining)
    return True


async def confirm_erasure(console: Console, name: str, found: Erasure, *, secrets: bool = False) -> bool:
    """List what an erasure would remove from an integration, and ask; `secrets`: its secrets in the keyring too."""
    console.say(f"This erases from {name}: {erasing.texts()[found.scope]['removes']}.")
    console.say(f"Found: {found.summary}.")
    console.print(Exact(f"  {file}") for file in found.files)
    if secrets:
        console.say("Also all its passwords and passphrases in the keyring. They cannot be recovered.")
    return await console.agrees("This cannot be undone. Erase?")
