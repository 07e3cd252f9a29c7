"""What a product's screen, mail or log says, typed or pasted line by line and explained."""

from __future__ import annotations

from cxr_tui.guided.explain import NOT_KNOWN, explain, notes, rows
from cxr_tui.integration.integration import Integration
from cxr_tui.plain.console import Console, PromptCancelledError


async def explain_error(integration: Integration, console: Console, step_id: str, text: str) -> None:
    """Explain a text; without one, ask for it, and begin with the notes that the step has."""
    if not text:
        for note in notes(integration, step_id):
            console.say(f"Note of {note.at:%Y-%m-%d %H:%M} UTC, not known: {' '.join(note.text.split())}")
        try:
            text = await _asked(console)
        except PromptCancelledError:
            text = ""
    if not text.strip():
        console.say("Nothing was typed.")
        return
    found = explain(integration, step_id, text)
    for one in found:
        console.say(one.name)
        for label, told in rows(one):
            console.say(f"{label}: {told}" if label else told)
    if not found:
        console.say(NOT_KNOWN)


async def _asked(console: Console) -> str:
    """Return the lines up to an empty one."""
    lines = [await console.ask("What does it say? Type or paste it; an empty line ends it: ")]
    while lines[-1]:
        lines.append(await console.ask("... "))
    return "\n".join(lines)
