"""What CX Audience learns from the joined Responsys account behind the scenes, as a protocol.

Between the real products this goes over lines that no page describes; the twins hand it over directly. What a page
does describe, the login as the integration user, CX Audience's twin does for real over HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from cxr_tui.sandbox.lists import ListTable


class BehaviourEvent(Protocol):
    """One thing a person did with an email, an SMS or the mobile app of a Responsys campaign."""

    @property
    def channel(self) -> str:
        """`Email`, `SMS` or `Mobile App`."""

    @property
    def kind(self) -> str:
        """What happened, such as `sent`, `opened`, `clicked`."""

    @property
    def list_name(self) -> str:
        """The Responsys profile list."""

    @property
    def riid(self) -> str:
        """The person's RIID_ in that list."""

    @property
    def at(self) -> datetime:
        """When it happened (aware)."""


class ResponsysFeed(Protocol):
    """The Responsys account as far as the integration carries it."""

    @property
    def lists(self) -> Mapping[str, ListTable]:
        """The profile lists by name."""

    @property
    def integration_enabled(self) -> bool:
        """Whether the box in CX Audience settings is ticked and saved."""

    @property
    def audience_designer(self) -> bool:
        """Whether the controlled feature that makes audiences visible is on."""

    def publish(self, audience_name: str, list_name: str, riids: Sequence[str]) -> None:
        """Take over a published audience."""

    def behaviour_events(self) -> Iterable[BehaviourEvent]:
        """Return everything that happened so far, in order."""
