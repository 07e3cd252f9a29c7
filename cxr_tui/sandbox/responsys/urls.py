"""Where the twin's hosts are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Urls:
    """The hosts, known once their ports are bound; URLs without a slash at the end."""

    login: str
    api: str
    other_pod: str = ""
    """Login host of a pod that this account does not live on."""
