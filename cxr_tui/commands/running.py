"""From parsed arguments to a command, and from its errors to exit codes."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Awaitable, Callable

from cxr_tui.commands.exits import Exit
from cxr_tui.commands.output import tell
from cxr_tui.commands.settling import settle
from cxr_tui.guide.order import GUIDE
from cxr_tui.journal.store import JournalError
from cxr_tui.launch import SandboxOrderError, SandboxStartError
from cxr_tui.model.errors import OutsideError, StoreUnusableError
from cxr_tui.model.foreign import visible
from cxr_tui.setup.answers_file import AnswersFileError
from cxr_tui.setup.integrations import IntegrationNameError

Command = Callable[[Namespace], Awaitable[Exit]]
LONG = 2000


async def run(args: Namespace) -> Exit:
    """Run the command that was asked for; every expected error becomes one plain line and its exit code."""
    loaded = settle(args)
    if loaded.problems:
        tell("\n".join(loaded.problems))
        return Exit.USAGE
    unknown = _unknown_step(args)
    if unknown:
        tell(f"{visible(unknown, 60)} is no step. Steps are: {', '.join(step.id for step in GUIDE.steps)}")
        return Exit.USAGE
    try:
        return await _command(args.command)(args)
    except (AnswersFileError, IntegrationNameError, JournalError) as error:
        tell(visible(str(error), LONG))
        return Exit.USAGE
    except SandboxOrderError as error:
        tell("\n".join(visible(line, LONG) for line in str(error).splitlines()))
        return Exit.USAGE
    except SandboxStartError as error:
        tell(visible(str(error), LONG))
        return Exit.UNREACHABLE
    except StoreUnusableError as error:
        tell(visible(str(error), LONG))
        return Exit.STORE
    except OutsideError as error:
        tell(visible(str(error), LONG))
        return Exit.UNREACHABLE


def _unknown_step(args: Namespace) -> str:
    ids = {step.id for step in GUIDE.steps}
    named = [*getattr(args, "steps", []), *([args.until] if getattr(args, "until", None) else [])]
    return next((name for name in named if name not in ids), "")


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
        case "doctor":
            from cxr_tui.commands.doctor import doctor

            return doctor
        case "sandbox":
            from cxr_tui.commands.sandbox import sandbox

            return sandbox
        case _:
            from cxr_tui.commands.wizard import wizard

            return wizard
