"""The passwords that this program rotates, and what each of them needs.

The passphrase of a key file is not among them: it only opens a local file, and no product requires a new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cxr_tui.domain.errors import InputError
from cxr_tui.guide.checks.common import AUDIENCE_API_PASSWORD, CONNECT_API_PASSWORD, RESPONSYS_PASSWORD
from cxr_tui.guide.definition import Product


class UnknownSecretError(InputError):
    """Not the name of a managed secret; the text lists the names."""


@dataclass(frozen=True)
class ManagedSecret:
    """One password: where the journal counts its versions, whose password it is, and where it is changed."""

    item: str
    title: str
    key: str
    """Key `step.field` whose version a rotation increases."""
    user_key: str
    """Key of the user's name."""
    product: Product
    shared_with_audience: bool = False
    """Whether it must also be changed in CX Audience."""

    @property
    def step(self) -> str:
        """Step of the guide that asks for it."""
        return self.key.partition(".")[0]

    @property
    def field(self) -> str:
        """Name of the field within the step."""
        return self.key.partition(".")[2]

    @property
    def reset_by_mail(self) -> bool:
        """Whether it is changed through the email that Reset password in Responsys sends."""
        return self.product is Product.RESPONSYS


MANAGED_SECRETS: Mapping[str, ManagedSecret] = {
    one.item: one
    for one in (
        ManagedSecret(
            RESPONSYS_PASSWORD,
            "Password of the integration user",
            "first-password.new_password",
            "add-user.login_name",
            Product.RESPONSYS,
            shared_with_audience=True,
        ),
        ManagedSecret(
            AUDIENCE_API_PASSWORD,
            "Password of the CX Audience API user",
            "account.audience_api_password",
            "account.audience_api_user",
            Product.AUDIENCE,
        ),
        ManagedSecret(
            CONNECT_API_PASSWORD,
            "Password of the Responsys Connect API user",
            "account.connect_api_password",
            "account.connect_api_user",
            Product.RESPONSYS,
        ),
    )
}


def managed_secret(item: str) -> ManagedSecret:
    """Return the managed secret of a keyring item; raises UnknownSecretError."""
    if item not in MANAGED_SECRETS:
        raise UnknownSecretError(f"{item!r} is not a managed secret; the names are {', '.join(MANAGED_SECRETS)}")
    return MANAGED_SECRETS[item]
