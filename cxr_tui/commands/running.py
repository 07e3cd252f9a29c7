"""From parsed arguments to a command, and from its errors to exit codes."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Awaitable, Callable

from cxr_tui.commands.exits import Exit
from cxr_tui.commands.printing import tell
from cxr_tui.commands.settling import settle
from cxr_tui.privacy.scratch import use_state_folder
from cxr_tui.setup.integrations import state_home

Command = Callable[[Namespace], Awaitable[Exit]]


async def run(args: Namespace) -> Exit:
    """Run the command that was asked for; every expected error becomes plain lines and its exit code."""
    loaded = settle(args)
    if loaded.problems:
        tell("\n".join(loaded.problems))
        return Exit.USAGE
    use_state_folder(state_home())
    unknown = _unknown_step(args)
    if unknown:
        tell(unknown)
        return Exit.USAGE
    try:
        return await _command(args.command)(args)
    except Exception as error:
        from cxr_tui.commands.expected import expected  # loaded when it is wanted: a start stays light

        told = expected(error)
        if told is None:
            raise
        tell(told.text)
        return told.exit


def _unknown_step(args: Namespace) -> str:
    """Return what to say of the first step named that is none; empty: all are steps."""
    named = [*getattr(args, "steps", []), *([args.until] if getattr(args, "until", None) else [])]
    if not named:
        return ""
    from cxr_tui.guide.order import GUIDE
    from cxr_tui.model.foreign import visible

    ids = [step.id for step in GUIDE.steps]
    wrong = next((name for name in named if name not in ids), "")
    return f"{visible(wrong, 60)} is no step. Steps are: {', '.join(ids)}" if wrong else ""


def _command(name: str) -> Command:
    match name:
        case "rehearse" | "apply" | "check":
            from cxr_tui.commands import steps

            return {"rehearse": steps.rehearse, "apply": steps.apply, "check": steps.check}[name]
        case "status":
            from cxr_tui.commands.status import status

            return status
        case "rotate":
            from cxr_tui.commands.rotate import rotate

            return rotate
        case "preflight":
            from cxr_tui.commands.preflight import preflight

            return preflight
        case "report":
            from cxr_tui.commands.report import report

            return report
        case "erase":
            from cxr_tui.commands.erase import erase

            return erase
        case "doctor":
            from cxr_tui.commands.doctor import doctor

            return doctor
        case "sandbox":
            from cxr_tui.commands.sandbox import sandbox

            return sandbox
        case _:
            from cxr_tui.commands.wizard import wizard

            return wizard
