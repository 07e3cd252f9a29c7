"""Password rules of an account, and new passwords."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass

from cxr_tui.domain.secret import Secret

FORBIDDEN = "+&%"
"""Characters that fail in API clients, which send passwords as form fields (facts A.2; documented)."""

LENGTH = 20
SHORTEST = 6
"""The least that an account can require (facts B.3; documented)."""
LONGEST = 128
"""No limit is documented; a password longer than this was pasted by mistake."""
PUNCTUATION = "!#$*-_.:;?@~"
"""From the documented set, without `+ & %`, and without quotes, brackets, slashes and commas, which people mistype."""

ALLOWED = frozenset(string.ascii_letters + string.digits + string.punctuation)


def forbidden_characters(password: str) -> str:
    """Return the forbidden characters in a password, each once."""
    return "".join(char for char in FORBIDDEN if char in password)


def defects(password: Secret) -> tuple[str, ...]:
    """Return what no account accepts in a password, without showing any of it; empty if it may be valid.

    An account can demand more (facts B.3), which only the page shows where the password is set.
    """
    text = password.reveal()
    found = " ".join(forbidden_characters(text))
    demands = (
        (not found, f"no {found} in it, which {'are' if ' ' in found else 'is'} known to fail in API clients"),
        (set(text) <= ALLOWED, "only letters, digits and punctuation of ASCII"),
        (len(text) >= SHORTEST, f"at least {SHORTEST} characters"),
        (len(text) <= LONGEST, f"at most {LONGEST} characters"),
    )
    return tuple(demand for holds, demand in demands if not holds)


@dataclass(frozen=True)
class PasswordRules:
    """The rules of General settings > Password requirements of one account (facts B.3; documented)."""

    minimum_length: int = 12
    lower_case: bool = True
    upper_case: bool = True
    number: bool = True
    special_character: bool = True
    ends_not_numeric: bool = True
    not_user_name: bool = True

    def unmet(self, password: Secret, user_name: str) -> tuple[str, ...]:
        """Return the rules of the account that a password violates."""
        text = password.reveal()
        name = user_name.casefold()
        demands = (
            (set(text) <= ALLOWED, "only letters, digits and punctuation of ASCII"),
            (len(text) >= self.minimum_length, f"at least {self.minimum_length} characters"),
            (not self.lower_case or any(char.islower() for char in text), "a lower case letter"),
            (not self.upper_case or any(char.isupper() for char in text), "an upper case letter"),
            (not self.number or any(char.isdigit() for char in text), "a digit"),
            (not self.special_character or any(char in string.punctuation for char in text), "a special character"),
            (
                not self.ends_not_numeric or not any(char.isdigit() for char in text[:1] + text[-1:]),
                "no digit as first or last character",
            ),
            (
                not self.not_user_name or not name or text.casefold() not in (name, name[::-1]),
                "a text other than the user name or its reverse",
            ),
        )
        return tuple(dict.fromkeys(demand for holds, demand in demands if not holds))


def make_password() -> Secret:
    """Return a random password that meets all rules that an account can have (facts B.3).

    It has 20 characters, among them lower case, upper case, a digit and a special character; its first and last
    characters are letters.
    """
    alphabet = string.ascii_letters + string.digits + PUNCTUATION
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, PUNCTUATION)
    while True:
        ends = secrets.choice(string.ascii_letters), secrets.choice(string.ascii_letters)
        text = "".join((ends[0], *(secrets.choice(alphabet) for _ in range(LENGTH - 2)), ends[1]))
        if all(any(char in kind for char in text) for kind in kinds):
            return Secret(text)
