"""The instruction of each stage of a rotation: the person's part, and in whose browser."""

from __future__ import annotations

from dataclasses import dataclass

from cxr_tui.domain.answers import Known
from cxr_tui.domain.instruction import Carried, SecretRef, Site, Visit
from cxr_tui.guide.screens import INTEGRATION_SETTINGS, user_page
from cxr_tui.integration.rotation_state import Rotation, Stage
from cxr_tui.rotation.managed_secrets import ManagedSecret

_RESET_MAIL = "Oracle Responsys password reset"
_TEMPORARY = "Temporary password"

BROWSER_LOGIN_NOT_ALLOWED = (
    "The integration user cannot open Responsys itself (ui.authentication.login.browserLoginNotAllowed); that is why "
    "an Account Administrator resets the password and the mail sets the new one."
)


@dataclass(frozen=True)
class Instruction:
    """What to do now."""

    title: str
    actor: str
    """Whose browser or mailbox it is done in."""
    visits: tuple[Visit, ...] = ()
    lines: tuple[str, ...] = ()
    """What to do where no screen can be named."""
    next_step: str = ""
    """What the person does in the program afterwards."""
    secret: str = ""
    """Keyring item of the secret that is entered."""


def instruction(rotation: Rotation, secret: ManagedSecret, known: Known) -> Instruction | None:
    """Return what a person does at this stage; None where there is nothing to do."""
    match rotation.stage:
        case Stage.PREPARED:
            return _change(rotation.next, secret, known, "Set the new one")
        case Stage.ROLLING_BACK:
            return _change(rotation.item, secret, known, "Set the old one again")
        case Stage.IN_RESPONSYS:
            return _tell_audience(rotation.next, "Enter the new password in CX Audience")
        case Stage.BACK_IN_RESPONSYS:
            return _tell_audience(rotation.item, "Enter the old password in CX Audience again")
        case Stage.PROMOTED if rotation.audience == "refused":
            return _tell_audience(rotation.item, "Enter the new password in CX Audience")
        case Stage.PROMOTED:
            return Instruction(
                "Wait for the next run of the jobs",
                "nobody's: the jobs run by themselves",
                lines=("The old one is kept beside the new one until a job has run, and is removed then.",),
                next_step="Look again after the next run.",
            )
        case _:
            return None


def _change(item: str, secret: ManagedSecret, known: Known, title: str) -> Instruction:
    if secret.reset_by_mail:
        user = known.text(secret.user_key)
        return Instruction(
            f"{title} in Responsys",
            "an Account Administrator's, then the mailbox of the user",
            password_visits(user, _mailbox(secret, known), item),
            next_step="Say that it is done; one login verifies it.",
            secret=item,
        )
    if secret.is_password:
        where = "A CX Audience account administrator opens the user under Account and presses Reset Password."
        return Instruction(
            f"{title} in CX Audience",
            "a CX Audience account administrator's, then the API user's mailbox",
            lines=(where, f"The mail lets {known.text(secret.user_key)} set a password: enter the one kept here."),
            next_step="Say that it is done; one login verifies it.",
            secret=item,
        )
    path = known.text("destination-connectivity.key_file")
    return Instruction(
        f"{title} for the key file",
        "this machine's terminal",
        lines=(
            f"Run: ssh-keygen -p -f {path}",
            "Enter the passphrase that is kept here, twice. Keep a copy of the file.",
        ),
        next_step="Say that it is done; the file is opened with it.",
        secret=item,
    )


def password_visits(user: str, mailbox: str, item: str) -> tuple[Visit, ...]:
    """Return the way to a new password of a user who cannot open Responsys.

    Integrating with Responsys, create a CX Audience-specific user, notes (documented): an Account Administrator resets
    it, and the mail lets the user set one without logging in.
    """
    return (
        Visit(
            Site.RESPONSYS,
            user_page(user),
            press=("Reset password",),
            note="From here on the old password opens nothing, until the new one is set.",
        ),
        Visit(
            Site.MAILBOX,
            ("Inbox", _RESET_MAIL),
            {"To": mailbox},
            note="Whoever owns this mailbox opens the newest mail and follows its link.",
        ),
        Visit(
            Site.RESPONSYS,
            ("Change password",),
            {"User name": user, "Temporary password": Carried(_TEMPORARY), "New password": SecretRef(item)},
            ("Change password",),
            note=BROWSER_LOGIN_NOT_ALLOWED,
        ),
    )


def audience_visit(item: str) -> Visit:
    """Return the entry in CX Audience (Integrating with Responsys, notes: change it there too; documented)."""
    return Visit(
        Site.AUDIENCE,
        INTEGRATION_SETTINGS,
        {"Password": SecretRef(item)},
        ("Save",),
        note="Change nothing else on this page. Press Save once, not again and again: each press logs in.",
    )


def _tell_audience(item: str, title: str) -> Instruction:
    return Instruction(
        title,
        "a CX Audience account administrator's",
        (audience_visit(item),),
        next_step="Say that it was saved; the next run of the import job verifies it.",
        secret=item,
    )


def _mailbox(secret: ManagedSecret, known: Known) -> str:
    if secret.shared_with_audience:
        return known.text("first-password.email") or known.text("add-user.email")
    return ""  # the address of a user that existed before is not asked for; the user's page shows it
