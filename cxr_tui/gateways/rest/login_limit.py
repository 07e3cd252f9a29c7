"""How many logins of a user may still go wrong: five refused ones in a row lock it (facts B.3; documented).

A login whose answer was lost may have been refused as well. Nobody knows, so it counts too, apart from those that are
known to be refused. The one thing that is not counted is a login in whose very moment the program is killed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from cxr_tui.domain.errors import MOST_REFUSALS, MOST_UNCERTAIN, LoginBudgetSpentError


class Spent(NamedTuple):
    """Logins of a user that went wrong, since one was accepted or the password was entered anew."""

    refused: int
    unanswered: int
    """Within the last hour, and not known to be refused."""


class Allowance(Protocol):
    """Counts the logins with one password; asked anew at every login, for other processes may log in too."""

    @property
    def item(self) -> str:
        """Where the password lies in the keyring; empty: not known."""

    def spent(self) -> Spent:
        """Return what has gone wrong so far."""

    def refused(self) -> None:
        """Count one that was refused because of the password."""

    def unanswered(self) -> None:
        """Count one that was sent, and whose answer did not arrive or could not be understood."""

    def accepted(self) -> None:
        """Begin anew: the password is right."""


class OwnAllowance:
    """Counts in memory only; `refusals` are those already known, `on_refusal` is told of each further one."""

    item = ""

    def __init__(self, refusals: int = 0, on_refusal: Callable[[], None] | None = None) -> None:
        self._refused = refusals
        self._unanswered = 0
        self._on_refusal = on_refusal

    def spent(self) -> Spent:
        """Return what has gone wrong so far."""
        return Spent(self._refused, self._unanswered)

    def refused(self) -> None:
        """Count one that was refused."""
        self._refused += 1
        if self._on_refusal is not None:
            self._on_refusal()

    def unanswered(self) -> None:
        """Count one without an answer."""
        self._unanswered += 1

    def accepted(self) -> None:
        """Begin anew."""
        self._refused = self._unanswered = 0


def require_left(allowance: Allowance) -> None:
    """Raise LoginBudgetSpentError where no further login may be tried."""
    spent = allowance.spent()
    if spent.refused >= MOST_REFUSALS or sum(spent) >= MOST_UNCERTAIN:
        raise LoginBudgetSpentError(spent.refused, spent.unanswered, item=allowance.item)
