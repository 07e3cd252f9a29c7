"""New passwords for Responsys users."""

from __future__ import annotations

import secrets
import string

from cxr_tui.model.secret import Secret

LENGTH = 20
PUNCTUATION = "!#$*-_.:;?@~"
"""From the documented set, without `+ & %`, which are known to fail in API clients (facts A.2), and without quotes,
brackets, slashes and commas, which people mistype."""


def make_password() -> Secret:
    """Return a random password of 20 characters that meets every option of the account's password rules (facts B.3).

    Lower case, upper case, a number and a special character; first and last character are letters.
    """
    alphabet = string.ascii_letters + string.digits + PUNCTUATION
    while True:
        text = "".join(
            (
                secrets.choice(string.ascii_letters),
                *(secrets.choice(alphabet) for _ in range(LENGTH - 2)),
                secrets.choice(string.ascii_letters),
            )
        )
        kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, PUNCTUATION)
        if all(any(char in kind for char in text) for kind in kinds):
            return Secret(text)
