"""The instruction of each stage of a rotation: the part that a person does."""

from __future__ import annotations

from cxr_tui.domain.answers import Known
from cxr_tui.domain.instruction import Instruction, SecretRef, Site, Visit
from cxr_tui.guide.forms.password import RESET_SUBJECT, password_by_email
from cxr_tui.guide.screens import INTEGRATION_SETTINGS, user_page
from cxr_tui.integration.rotation_state import Rotation, Stage
from cxr_tui.rotation.managed_secrets import ManagedSecret


def instruction(rotation: Rotation, secret: ManagedSecret, known: Known) -> Instruction | None:
    """Return the instruction of this stage; None if no action is needed."""
    match rotation.stage:
        case Stage.PREPARED:
            return _change(rotation.next, secret, known, "Set the new password")
        case Stage.ROLLING_BACK:
            return _change(rotation.item, secret, known, "Set the old password again")
        case Stage.IN_RESPONSYS:
            return _change_in_audience(rotation.next, "Enter the new password in CX Audience")
        case Stage.BACK_IN_RESPONSYS:
            return _change_in_audience(rotation.item, "Enter the old password in CX Audience again")
        case Stage.PROMOTED:
            return Instruction(
                "Wait for the next run of the jobs",
                actor="no person: the jobs run automatically",
                lines=("The old password is kept until a job has run, and then removed.",),
                next_step="Check again after the next run.",
            )
        case _:
            return None


def _change(item: str, secret: ManagedSecret, known: Known, title: str) -> Instruction:
    if secret.reset_by_mail:
        return Instruction(
            f"{title} in Responsys",
            actor="an Account Administrator, then the owner of the user's mailbox",
            visits=password_visits(known.text(secret.user_key), _mailbox(secret, known), item),
            next_step="Confirm that it is done; one login verifies it.",
            secret=item,
        )
    user = known.text(secret.user_key)
    return Instruction(
        f"{title} in CX Audience",
        actor="a CX Audience account administrator, then the owner of the API user's mailbox",
        lines=(
            "A CX Audience account administrator opens the user under Account and clicks Reset Password.",
            f"Through the email, {user} sets the password: enter the one from the keyring.",
        ),
        next_step="Confirm that it is done; one login verifies it.",
        secret=item,
    )


def password_visits(user: str, mailbox: str, item: str) -> tuple[Visit, ...]:
    """Return the click path for a new password of a user who cannot log in to Responsys in a browser."""
    note = "From here on the old password is invalid, until the new one is set. Only the newest email counts."
    first = Visit(Site.RESPONSYS, user_page(user), press=("Reset password",), note=note)
    return password_by_email(first, RESET_SUBJECT, mailbox, user, item)


def audience_visit(item: str) -> Visit:
    """Return the click path in CX Audience (Integrating with Responsys, notes: change it there too; documented)."""
    return Visit(
        Site.AUDIENCE,
        INTEGRATION_SETTINGS,
        {"Password": SecretRef(item)},
        ("Save",),
        note="Change nothing else on this page. Click Save only once: each click logs in.",
    )


def _change_in_audience(item: str, title: str) -> Instruction:
    return Instruction(
        title,
        actor="a CX Audience account administrator",
        visits=(audience_visit(item),),
        next_step="Confirm that it is saved; the next run of the import job verifies it.",
        secret=item,
    )


def _mailbox(secret: ManagedSecret, known: Known) -> str:
    if secret.shared_with_audience:
        return known.text("first-password.email") or known.text("add-user.email")
    return ""  # this program does not know the address of a user that existed before
