"""Whether a dry run foresees where faults lead: `.venv/bin/python tests tools.dry_run_scenarios [CODE…]`.

For each scenario the steps are taken until one does not hold. Before each, a dry run lists what it may touch, also what
only another answer would lead to; afterwards no call may have been made that the list does not hold.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from cxr_tui.cli.commands.walk import with_typed
from cxr_tui.cli.open_integration import rehearsed_sandbox
from cxr_tui.domain.finding import Finding
from cxr_tui.dry_run.exploring import Plan, explore
from cxr_tui.dry_run.paper import PaperIntegration
from cxr_tui.dry_run.touches import Kind
from cxr_tui.gateways.rest.http_client import HttpClient
from cxr_tui.gateways.sftp.client import SftpFileServer
from cxr_tui.guide.definition import Step
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided import walk
from support.processes.access_recorder import Sign, signs_of_log

PEOPLE = 60
CODES = (
    *("missing-list-role", "extra-role", "temporary-password", "password-locked", "identity-cloud-account"),
    *("organization-not-root", "list-missing", "list-empty", "match-column-empty", "sftp-auth", "host-key-changed"),
    *("job-gone", "job-inactive", "file-missing", "file-stale", "file-empty", "file-growing", "file-name-mismatch"),
    *("ssh2-key-format", "rows-rejected", "audience-designer-off"),
)
"""One scenario at least for each answer that a dry run tries."""

Calls = list[tuple[str, str, str]]


def quiet(_: str) -> None:
    """Nobody listens."""


@contextmanager
def noted(calls: Calls) -> Iterator[None]:
    """Note every call that the gateways make over real connections."""
    send = HttpClient.request
    operations = {"listing": "list", "stat": "stat", "read": "read"}
    real = {name: getattr(SftpFileServer, name) for name in operations}

    async def sent(self: HttpClient, method: str, url: str, **rest: Any) -> Any:  # noqa: ANN401 - as the call has it
        if self._responder is None:
            calls.append(("http", method, urlsplit(url).path or "/"))
        return await send(self, method, url, **rest)

    def asked(name: str) -> Callable[..., Awaitable[Any]]:
        async def ask(self: SftpFileServer, path: str, *rest: Any) -> Any:  # noqa: ANN401 - likewise
            calls.append(("sftp", operations[name], path))
            return await real[name](self, path, *rest)

        return ask

    HttpClient.request = sent  # type: ignore[method-assign]  # put back below
    for name in operations:
        setattr(SftpFileServer, name, asked(name))
    try:
        yield
    finally:
        HttpClient.request = send  # type: ignore[method-assign]  # as it was
        for name, call in real.items():
            setattr(SftpFileServer, name, call)


class Foreseen(walk.Walk):
    """A walk that holds each step against its dry run."""

    def __init__(self, integration: Any, plan: walk.Plan, calls: Calls) -> None:  # noqa: ANN401 - an open integration
        super().__init__(integration, plan, quiet)
        self._calls = calls
        self.unforeseen: dict[str, set[Sign]] = {}

    async def _take(self, step: Step) -> tuple[Finding, ...]:
        integration, found = self.integration, Plan()
        paper = PaperIntegration(
            GUIDE,
            integration.name,
            integration.place,
            integration.records(),
            store="memory",
            sandboxed=True,
            now=integration.server_time(),
        )
        self._calls.clear()
        await explore(found, paper, step.id, lambda one: walk.Walk(one, self.plan, quiet)._take(step))
        if self._calls:
            raise RuntimeError(f"the dry run of {step.id} made calls: {self._calls}")
        taken = await super()._take(step)
        listed = {one.touch.sign for one in found.planned if one.touch.kind in (Kind.REQUEST, Kind.SFTP)}
        missing = signs_of_log(self._calls) - listed
        if missing:
            self.unforeseen[step.id] = missing
        return taken


async def unforeseen(code: str) -> tuple[str, Mapping[str, set[Sign]]]:
    """Return where a walk with this fault stops, and the calls on its way that no dry run had listed."""
    calls: Calls = []
    async with rehearsed_sandbox(PEOPLE, (code,)) as (integration, typed):
        with noted(calls):
            under_way = Foreseen(integration, walk.Plan(with_typed({}, typed), {}, walk.Browser.OPERATOR), calls)
            await under_way.through()
        standing = integration.states()
        stopped = next((step.id for step in GUIDE.steps if not standing[step.id].done), "")
        return stopped, under_way.unforeseen


async def main() -> None:
    """Print one line a scenario."""
    for code in sys.argv[1:] or CODES:
        stopped, missing = await unforeseen(code)
        sys.stdout.write(f"{code:<24} stops at {stopped or 'nothing':<26} {missing or 'every call was foreseen'}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
