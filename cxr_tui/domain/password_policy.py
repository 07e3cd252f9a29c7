"""Password rules of an account, and new passwords."""

from __future__ import annotations

import secrets
import string

from cxr_tui.domain.secret import Secret

FORBIDDEN = "+&%"
"""Characters that fail in API clients, which send passwords as form fields (facts A.2; documented)."""

LENGTH = 20
SHORTEST = 6
"""The least that an account can require (facts B.3; documented)."""
_LONGEST = 128
"""No limit is documented; a password longer than this was pasted by mistake."""
PUNCTUATION = "!#$*-_.:;?@~"
"""From the documented set, without `+ & %`, and without quotes, brackets, slashes and commas, which people mistype."""

_ALLOWED = frozenset(string.ascii_letters + string.digits + string.punctuation)


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
        (set(text) <= _ALLOWED, "only letters, digits and punctuation of ASCII"),
        (len(text) >= SHORTEST, f"at least {SHORTEST} characters"),
        (len(text) <= _LONGEST, f"at most {_LONGEST} characters"),
    )
    return tuple(demand for holds, demand in demands if not holds)


def unmet_rules(password: Secret, user_name: str, minimum_length: int) -> tuple[str, ...]:
    """Return the violated rules of an account that has all of General settings > Password requirements.

    Facts B.3; documented.
    """
    text, name = password.reveal(), user_name.casefold()
    ends = text[:1] + text[-1:]
    demands = (
        (set(text) <= _ALLOWED, "only letters, digits and punctuation of ASCII"),
        (len(text) >= minimum_length, f"at least {minimum_length} characters"),
        (any(char.islower() for char in text), "a lower case letter"),
        (any(char.isupper() for char in text), "an upper case letter"),
        (any(char.isdigit() for char in text), "a digit"),
        (any(char in string.punctuation for char in text), "a special character"),
        (not any(char.isdigit() for char in ends), "no digit as first or last character"),
        (text.casefold() not in (name, name[::-1]), "a text other than the user name or its reverse"),
    )
    return tuple(demand for holds, demand in demands if not holds)


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
