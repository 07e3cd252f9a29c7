"""`python -m cxr_tui.sandbox`: one sandbox in one process."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxr_tui.sandbox.server import SandboxServer


def main(arguments: Sequence[str] | None = None, kind: type[SandboxServer] | None = None) -> int:
    """Run a sandbox; 0 when it was asked to stop, 2 for a scenario or a fault that does not exist.

    `kind` is the server to run, SandboxServer where it is None.
    """
    parser = argparse.ArgumentParser(prog="python -m cxr_tui.sandbox", description=__doc__)
    parser.add_argument(
        "--dir", type=Path, help="where its files are; without it, a fresh directory, removed at the end"
    )
    parser.add_argument("--people", type=int, default=5000, help="how many people the profile list holds")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same people")
    parser.add_argument("--scenario", action="append", default=[], metavar="CODE", help="a mistake to plant")
    parser.add_argument("--fault", action="append", default=[], metavar="FAULT", help="a fault that is on")
    parser.add_argument("--bare", action="store_true", help="no API users and no key for the file server")
    parser.add_argument("--screens", action="store_true", help="checks may read the screens that the operator sees")
    parser.add_argument("--until-stdin-closes", action="store_true", help="stop when standard input ends")
    given = parser.parse_args(arguments)
    # imported here so that --help and a wrong argument answer at once
    from cxr_tui.sandbox.faults.registry import UnknownFaultError
    from cxr_tui.sandbox.scenarios.builder import UnknownScenarioError
    from cxr_tui.sandbox.server import Options, SandboxServer, serve
    from cxr_tui.security.hardening import harden

    harden()
    options = Options(
        given.dir,
        max(given.people, 0),
        given.seed,
        tuple(given.scenario),
        tuple(given.fault),
        bare=given.bare,
        screens=given.screens,
        until_stdin_closes=given.until_stdin_closes,
    )
    try:
        asyncio.run(serve(options, kind or SandboxServer))
    except (UnknownScenarioError, UnknownFaultError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - the answer to a wrong argument
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
