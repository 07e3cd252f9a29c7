"""The findings of a rotation; `tries` is the sentence that says how many logins are left."""

from __future__ import annotations

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.text import visible
from cxr_tui.guide.screens import INTEGRATION_SETTINGS
from cxr_tui.integration.rotation_state import Rotation
from cxr_tui.rotation.managed_secrets import ManagedSecret

SETTINGS = " > ".join(INTEGRATION_SETTINGS)


def said(code: str, seen: str, why: str = "") -> Finding:
    """Return the finding that something went as it should."""
    return Finding(code, Status.PASS, seen, why)


def wrong(code: str, seen: str, why: str, remedy: str) -> Finding:
    """Return the finding that something has to be done."""
    return Finding(code, Status.FAIL, seen, why, remedy)


def not_changed(tries: str) -> Finding:
    """Return that the old one still works."""
    return wrong(
        "not-changed",
        f"The new one was refused, and the old one still works: nothing was changed yet.{tries}",
        "Somebody said that it was changed. Mostly the last page was left without pressing its button.",
        "Do the change as shown, then say so again. Or give this rotation up.",
    )


def neither(secret: ManagedSecret, rotation: Rotation, tries: str) -> Finding:
    """Return that none of the passwords kept here works."""
    earlier = len(rotation.superseded)
    more = f" {earlier} prepared earlier are kept too and were not tried." if earlier else ""
    return wrong(
        "neither-works",
        f"Both the new one and the old one are refused.{more}{tries}",
        "Either the password was reset and the mail's temporary one was not replaced yet, or somebody else has changed "
        "it. Both stay in the keyring.",
        "Let an Account Administrator press Reset password once more, set the new one by the mail that follows, and "
        "say so with `cxr-tui rotate --resume --after-reset`."
        if secret.reset_by_mail
        else "Set the kept password or key there again, then run `cxr-tui rotate --resume --after-reset`.",
    )


def not_back(tries: str) -> Finding:
    """Return that the new one is still active."""
    return wrong(
        "not-rolled-back",
        f"The new one still works, so the old one was not set again yet.{tries}",
        "An account may refuse a password that was used before.",
        "Set the old one by the mail. If that is refused, keep the new one: `cxr-tui rotate --abort` ends going back.",
    )


def changed_since(tries: str, worked: str = "new", other: str = "old") -> Finding:
    """Return that a password worked and does not any more."""
    return wrong(
        "changed-since",
        f"The {worked} one worked and is refused now: somebody has changed it since.{tries}",
        f"The {other} one is kept, for it may be the one that was set again.",
        "Begin another rotation: an Account Administrator resets the password, and the mail sets the new one.",
    )


def one_sided(connection: str) -> Finding:
    """Return that CX Audience is refused."""
    return wrong(
        "password-one-sided",
        f"CX Audience says of its connection to Responsys: {visible(connection, 200)}.",
        "It still has another password than Responsys. Behaviour data stops, and its wrong logins may lock the user.",
        f"In CX Audience open {SETTINGS}, enter the password kept here and press Save. Then say so again.",
    )


def kept_aside(rotation: Rotation) -> Finding:
    """Return that a rotation was cancelled without proof."""
    return Finding(
        "aborted-unverified",
        Status.WARN,
        f"Given up. That the new one is not in force is not verified, so it stays in the keyring ({rotation.next}).",
        "If somebody has set it after all, it is the one that works.",
        "The next `cxr-tui rotate` takes it up again, with two login tries of its own.",
    )


def screen_refused(path: tuple[str, ...], message: str) -> Finding:
    """Return the entry that a screen of the sandbox refused."""
    return wrong(
        "screen-refused",
        f"{' ▸ '.join(path)}: {visible(message)}",
        "The screen did not take what was entered. What came before it is done.",
        "Put right what the message names, then go on. Where a login is refused there, somebody has reset the password "
        "since: an Account Administrator presses Reset password, and the mail that follows sets the one kept here.",
    )
