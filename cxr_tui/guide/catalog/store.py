"""Messages of credential stores: Secret Service, KWallet, macOS Keychain, Windows Credential Manager."""

from __future__ import annotations

from functools import partial

from cxr_tui.guide.catalog.explanation import Message, Origin, cause, message

_store = partial(message, origin=Origin.STORE, facts="I.5")


_DOCTOR = "cxr-tui doctor tests it."
_LOCKED = cause(
    "store-unusable",
    "The credential store is locked.",
    f"Unlock it on your desktop, or log in there once. Without a desktop: gnome-keyring-daemon --unlock. {_DOCTOR}",
)
_NO_BUS = cause(
    "store-unusable",
    "This session has no D-Bus session bus, so no program can reach the credential store. This happens after su, in "
    "cron, and often over SSH.",
    f"Log in on the desktop, or start the program with dbus-run-session. {_DOCTOR}",
)

STORE: tuple[Message, ...] = (
    _store(
        ("No recommended backend was available",),
        "store-unusable",
        "This computer has no credential store, or this session cannot reach it.",
        f"On Linux install and start GNOME Keyring, KWallet or KeePassXC. {_DOCTOR}",
    ),
    _store(
        (
            "The name org.freedesktop.secrets was not provided by any .service files",
            "org.freedesktop.DBus.Error.ServiceUnknown",
        ),
        "store-unusable",
        "The session bus works, but no Secret Service answers on it.",
        f"Install and start GNOME Keyring, KWallet or KeePassXC with its Secret Service. {_DOCTOR}",
    ),
    _store(("Environment variable DBUS_SESSION_BUS_ADDRESS is unset",), _NO_BUS),
    _store(("Cannot autolaunch D-Bus without X11", "Unable to autolaunch a dbus-daemon without a $DISPLAY"), _NO_BUS),
    _store(
        ("Failed to unlock the collection!", "Failed to unlock the item!", "Failed to unlock the keyring!"), _LOCKED
    ),
    _store(("Cannot create an item in a locked collection", "secretstorage.exceptions.LockedException"), _LOCKED),
    _store(
        ("Failed to create the collection: Prompt dismissed", "PromptDismissedException"),
        "store-unusable",
        "The prompt of the credential store was closed without an answer.",
        f"Try again and answer the prompt. {_DOCTOR}",
    ),
    _store(
        ("errSecInteractionNotAllowed", "User interaction is not allowed", "(-25308"),
        "store-unusable",
        "The macOS Keychain is locked and cannot show a prompt in this session, such as over SSH.",
        "Run security unlock-keychain in this session, or use a terminal on the desktop.",
    ),
    _store(
        ("errSecAuthFailed", "(-25293"),
        "store-unusable",
        "The macOS Keychain refused this program: Deny was clicked, or the program was updated.",
        "Try again and click Allow. In Keychain Access, Access Control of the entry lists the programs.",
    ),
    _store(
        ("(1783, 'CredWrite'", "The stub received bad data"),
        "store-unusable",
        "The Windows Credential Manager stores at most 1,280 characters per secret.",
        "Use a shorter secret. Keep a private key in a file and only its passphrase in the store.",
    ),
    _store(
        ("(1312, 'CredWrite'", "A specified logon session does not exist"),
        "store-unusable",
        "The Windows Credential Manager cannot store anything in this session, such as over SSH or in a service.",
        "Use a desktop session or Remote Desktop.",
    ),
)
