"""Throttling: calls are counted by account, function and minute, never by user (facts A.6; documented)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cxr_tui.sandbox.responsys import refusals
from cxr_tui.sandbox.responsys.permissions import ApiFunction


class Throttle:
    """Counts the calls of one account."""

    def __init__(self, limits: Mapping[str, int]) -> None:
        """`limits` are the account's own numbers by function; they may change while it runs."""
        self._limits = limits
        self._minute = ""
        self._calls: dict[str, int] = {}
        self.used_up: dict[str, datetime] = {}
        """Functions whose limit other programs of the account use up, and until when."""

    def limit(self, function: ApiFunction) -> int:
        """Return the calls a minute that this account may make."""
        return self._limits.get(function.api, function.limit)

    def count(self, function: ApiFunction, now: datetime) -> None:
        """Count one call; ApiRefusalError API_LIMIT_EXCEEDED when it is one too many."""
        minute = now.strftime("%Y-%m-%dT%H:%M")
        if minute != self._minute:
            self._minute = minute
            self._calls.clear()
        if now < self.used_up.get(function.api, now):
            raise refusals.limit_exceeded(function.api)
        calls = self._calls[function.api] = self._calls.get(function.api, 0) + 1
        if calls > self.limit(function):
            raise refusals.limit_exceeded(function.api)
