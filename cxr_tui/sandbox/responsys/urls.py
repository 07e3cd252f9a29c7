"""Where the twin's hosts are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Urls:
    """The two hosts of the account, known once their ports are bound; URLs without a slash at the end."""

    login: str
    api: str
