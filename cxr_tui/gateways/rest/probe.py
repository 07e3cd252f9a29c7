"""A knock at a host's door: does anybody answer, and over TLS? Nothing secret is sent."""

from __future__ import annotations

from time import perf_counter

from cxr_tui.domain.responsys_data import HostAnswer
from cxr_tui.gateways.rest.http_client import HttpClient, Limits
from cxr_tui.gateways.rest.server_clock import ServerClock, read_date

PATIENCE = Limits(connect=10.0, silent=10.0, whole=15.0)
"""Seconds for a first knock, which asks for nothing that takes work; who answers later will not serve well either."""


async def knock(
    url: str, clock: ServerClock, limits: Limits | None = None, http: HttpClient | None = None
) -> HostAnswer:
    """Return how a host answers a GET, whatever its status, errors and redirects included; UnreachableError.

    The time is in seconds, from the first packet to the head of the answer; the body is not read.
    """
    client = http or HttpClient(clock, limits or PATIENCE)
    started = perf_counter()
    try:
        answer = await client.send("GET", url, with_body=False)
    finally:
        await client.close()
    tls = answer.url.startswith("https:")
    seconds = perf_counter() - started
    return HostAnswer(answer.url, answer.status, tls, read_date(answer.date), seconds, answer.location)
