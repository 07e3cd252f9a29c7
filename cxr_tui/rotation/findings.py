"""The findings of a rotation; `tries` is the sentence with the number of remaining logins."""

from __future__ import annotations

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.text import counted, visible
from cxr_tui.integration.rotation_state import Rotation
from cxr_tui.rotation.managed_secrets import ManagedSecret


def passed(code: str, seen: str, why: str = "") -> Finding:
    """Return a finding for a success."""
    return Finding(code, Status.PASS, seen, why)


def problem(code: str, seen: str, why: str, remedy: str) -> Finding:
    """Return a finding for a problem."""
    return Finding(code, Status.FAIL, seen, why, remedy)


def not_changed(tries: str) -> Finding:
    """Return the finding that the old secret still works."""
    return problem(
        "not-changed",
        f"The new password was refused and the old one still works: it has not been changed yet.{tries}",
        "Usually the last page was closed without clicking its button.",
        "Change it as shown, then confirm again. Or cancel this rotation.",
    )


def neither(secret: ManagedSecret, rotation: Rotation, tries: str) -> Finding:
    """Return the finding that none of the kept passwords works."""
    earlier = len(rotation.superseded)
    more = f" {counted(earlier, 'password')} prepared earlier are kept too and were not tried." if earlier else ""
    return problem(
        "neither-works",
        f"Both the new password and the old one are refused.{more}{tries}",
        "The password was reset and the temporary one in the email was not replaced yet, or another person changed it. "
        "Both stay in the keyring.",
        "Ask an Account Administrator to click Reset password again, set the new password through the email, then run "
        "`cxr-tui rotate --resume --after-reset`."
        if secret.reset_by_mail
        else "Set the kept secret there again, then run `cxr-tui rotate --resume --after-reset`.",
    )


def not_back(tries: str) -> Finding:
    """Return the finding that the new secret is still active."""
    return problem(
        "not-rolled-back",
        f"The new password still works, so the old one has not been set again yet.{tries}",
        "An account may refuse a password that was used before.",
        "Set the old password through the email. If it is refused, keep the new one: run `cxr-tui rotate --abort`.",
    )


def changed_since(tries: str, worked: str = "new", other: str = "old") -> Finding:
    """Return the finding that a secret worked and no longer does."""
    return problem(
        "changed-since",
        f"The {worked} password worked and is now refused: it has been changed since.{tries}",
        f"The {other} password is kept, because it may have been set again.",
        "Start another rotation: an Account Administrator resets the password, and the email sets the new one.",
    )


def kept_aside(rotation: Rotation) -> Finding:
    """Return the finding that a rotation was canceled without proof."""
    return Finding(
        "aborted-unverified",
        Status.WARN,
        f"Canceled. The new password may still be active, so it is kept in the keyring as {rotation.next}.",
        "If it was set after all, only the new password works.",
        "The next `cxr-tui rotate` uses it again, with two login attempts.",
    )


def screen_refused(path: tuple[str, ...], message: str) -> Finding:
    """Return the finding that a screen of the sandbox refused an entry."""
    return problem(
        "screen-refused",
        f"{' ▸ '.join(path)}: {visible(message)}",
        "The screen did not accept an entry. Everything before it is done.",
        "Fix what the message names, then continue. If a login is refused there, the password was reset since: an "
        "Account Administrator clicks Reset password, and the email sets the password from the keyring.",
    )
