"""From parsed arguments to a command, and from its errors to exit codes."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Awaitable, Callable

from cxr_tui.cli.apply_settings import settle
from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.printing import tell
from cxr_tui.integration.paths import state_home
from cxr_tui.security.scratch_folders import use_state_folder

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
        from cxr_tui.cli.expected_errors import expected  # loaded when it is wanted: a start stays light

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
    from cxr_tui.domain.safe_text import visible
    from cxr_tui.guide.registry import GUIDE

    ids = [step.id for step in GUIDE.steps]
    wrong = next((name for name in named if name not in ids), "")
    return f"{visible(wrong, 60)} is no step. Steps are: {', '.join(ids)}" if wrong else ""


def _command(name: str) -> Command:
    match name:
        case "rehearse" | "apply" | "check":
            from cxr_tui.cli.commands import walk

            return {"rehearse": walk.rehearse, "apply": walk.apply, "check": walk.check}[name]
        case "status":
            from cxr_tui.cli.commands.status import status

            return status
        case "rotate":
            from cxr_tui.cli.commands.rotate import rotate

            return rotate
        case "preflight":
            from cxr_tui.cli.commands.preflight import preflight

            return preflight
        case "report":
            from cxr_tui.cli.commands.report import report

            return report
        case "erase":
            from cxr_tui.cli.commands.erase import erase

            return erase
        case "doctor":
            from cxr_tui.cli.commands.doctor import doctor

            return doctor
        case "sandbox":
            from cxr_tui.cli.commands.sandbox import sandbox

            return sandbox
        case _:
            from cxr_tui.cli.commands.wizard import wizard

            return wizard
