"""How certain the program is of what it says."""

from enum import StrEnum


class Basis(StrEnum):
    """Where a rule, or the meaning of an answer, comes from."""

    DOCUMENTED = "documented"
    """Oracle states it."""
    OBSERVED = "observed"
    """Public recordings and code show it."""
    INFERRED = "inferred"
    """It follows from other facts and may be wrong, so it never fails a check."""
    OWN = "own"
    """Protocols, safety, this machine."""
