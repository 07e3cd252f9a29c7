"""Passwords of the account's users: the rules an administrator can set, and how they are kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
from dataclasses import dataclass

SPECIAL = string.punctuation
"""The special characters that a password may hold: all 32 of printable ASCII (facts B.3; documented)."""

_ALLOWED = frozenset(string.ascii_letters + string.digits + SPECIAL)


@dataclass(frozen=True)
class PasswordRules:
    """What General settings > Password requirements can demand (facts B.3; documented).

    Which are on by default is not documented: the sandbox has all on, the stricter test of the wizard (inferred).
    """

    minimum_length: int = 8
    lower_case: bool = True
    upper_case: bool = True
    number: bool = True
    special_character: bool = True
    first_and_last_not_numeric: bool = True
    not_user_name: bool = True

    def refusals(self, password: str, user_name: str) -> list[str]:
        """Return every rule that a new password breaks, in words of the page."""
        demands = (
            (len(password) >= self.minimum_length, f"at least {self.minimum_length} characters"),
            (set(password) <= _ALLOWED, "only letters, numbers and special characters of ASCII"),
            (not self.lower_case or any(c.islower() for c in password), "a lower case letter"),
            (not self.upper_case or any(c.isupper() for c in password), "an upper case letter"),
            (not self.number or any(c.isdigit() for c in password), "a number"),
            (not self.special_character or any(c in SPECIAL for c in password), "a special character"),
            (
                not self.first_and_last_not_numeric
                or not (password[:1] + password[-1:]).strip(string.ascii_letters + SPECIAL),
                "no number as first or last character",
            ),
            (
                not self.not_user_name or password.lower() not in (user_name.lower(), user_name.lower()[::-1]),
                "something else than the user name or its reverse",
            ),
        )
        return [demand for holds, demand in demands if not holds]


@dataclass(frozen=True)
class KeptPassword:
    """A password as the account keeps it: salt and scrypt digest."""

    salt: bytes
    digest: bytes

    @classmethod
    def of(cls, password: str) -> KeptPassword:
        """Return the kept form of a password."""
        salt = secrets.token_bytes(16)
        return cls(salt, _digest(password, salt))

    def matches(self, password: str) -> bool:
        """Say whether this is the password."""
        return hmac.compare_digest(self.digest, _digest(password, self.salt))


def temporary_password() -> str:
    """Return a password as a welcome or reset mail carries it."""
    middle = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(8))
    return f"T{middle}4-z"


def _digest(password: str, salt: bytes) -> bytes:
    # Cheap on purpose: the sandbox protects nothing and logs in often.
    return hashlib.scrypt(password.encode(), salt=salt, n=2**4, r=1, p=1)
