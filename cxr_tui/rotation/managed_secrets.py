"""The secrets that this program holds, and what exchanging each of them takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cxr_tui.guide.checks.common import (
    AUDIENCE_API_PASSWORD,
    CONNECT_API_PASSWORD,
    FILE_SERVER_PASSPHRASE,
    RESPONSYS_PASSWORD,
)
from cxr_tui.guide.definition import Product


class UnknownSecretError(ValueError):
    """A name that no secret of this program has; the text lists those there are."""

    def __init__(self, item: str) -> None:
        super().__init__(f"{item!r} is no secret kept here; there are {', '.join(MANAGED_SECRETS)}")


@dataclass(frozen=True)
class ManagedSecret:
    """One secret: where the journal counts its versions, whose it is, and where it is changed."""

    item: str
    title: str
    key: str
    """Key `step.field` whose version grows when it is exchanged."""
    user_key: str
    """Key of the user's name; empty where there is no user."""
    product: Product
    shared_with_audience: bool = False
    """Whether it has to be changed in CX Audience too."""
    is_password: bool = True
    """Whether password rules and lock-out apply; a passphrase only opens a file."""

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
        """Whether it is changed by the mail that Reset password of Responsys sends."""
        return self.item in (RESPONSYS_PASSWORD, CONNECT_API_PASSWORD)


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
        ManagedSecret(
            FILE_SERVER_PASSPHRASE,
            "Passphrase of the file server's private key",
            "destination-connectivity.key_passphrase",
            "",
            Product.RESPONSYS,
            is_password=False,
        ),
    )
}


def managed_secret(item: str) -> ManagedSecret:
    """Return what exchanging an item takes; UnknownSecretError."""
    if item not in MANAGED_SECRETS:
        raise UnknownSecretError(item)
    return MANAGED_SECRETS[item]
