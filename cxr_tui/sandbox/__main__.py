"""`python -m cxr_tui.sandbox OPTIONS`: one sandbox in one process, until its standard input ends.

The options are a `SandboxOptions` as JSON; for people there is `cxr-tui sandbox`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cxr_tui.sandbox.client import SandboxOptions, decode

if TYPE_CHECKING:
    from cxr_tui.sandbox.server import SandboxServer


def main(arguments: Sequence[str] | None = None, kind: type[SandboxServer] | None = None) -> int:
    """Run a sandbox; 0 when it was asked to stop, 2 for a scenario or a fault that does not exist.

    `kind` is the server to run, SandboxServer where it is None.
    """
    words = sys.argv[1:] if arguments is None else arguments
    options = decode(words[0] if words else "{}", SandboxOptions)
    from cxr_tui.sandbox.faults.registry import UnknownFaultError
    from cxr_tui.sandbox.scenarios.builder import UnknownScenarioError
    from cxr_tui.sandbox.server import SandboxServer, serve
    from cxr_tui.security.hardening import harden

    harden()
    try:
        asyncio.run(serve(options, kind or SandboxServer))
    except (UnknownScenarioError, UnknownFaultError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - the answer to a wrong argument
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
