"""Messages of credential stores: Secret Service, KWallet, macOS Keychain, Windows Credential Manager."""

from __future__ import annotations

from functools import partial

from cxr_tui.guide.catalog.explanation import Message, Origin, cause, message

_store = partial(message, origin=Origin.STORE, facts="I.5")


_DOCTOR = "cxr-tui doctor tries it out."
_LOCKED = cause(
    "store-unusable",
    "The credential store is there, but locked, and nobody has unlocked it.",
    f"Unlock it in your desktop, or log in there once. Without a desktop: gnome-keyring-daemon --unlock. {_DOCTOR}",
)
_NO_BUS = cause(
    "store-unusable",
    "This session has no D-Bus session bus, so no program can reach the credential store. It is so after su, in "
    "cron, and often over SSH.",
    f"Log in on the desktop, or start the program with dbus-run-session. {_DOCTOR}",
)

STORE: tuple[Message, ...] = (
    _store(
        ("No recommended backend was available",),
        "store-unusable",
        "This machine offers no credential store: none is installed, or this session cannot reach it.",
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
        "The question of the credential store was closed without an answer.",
        f"Do it again, and answer the question of your desktop. {_DOCTOR}",
    ),
    _store(
        ("errSecInteractionNotAllowed", "User interaction is not allowed", "(-25308"),
        "store-unusable",
        "The Keychain of macOS is locked, and may not ask in this session, as over SSH.",
        "Run security unlock-keychain in this session, or work in a terminal of the desktop.",
    ),
    _store(
        ("errSecAuthFailed", "(-25293"),
        "store-unusable",
        "The Keychain of macOS refused this program: somebody pressed Deny, or the program was updated.",
        "Do it again and press Allow. In Keychain Access the entry's Access Control lists the programs.",
    ),
    _store(
        ("(1783, 'CredWrite'", "The stub received bad data"),
        "store-unusable",
        "The Windows Credential Manager takes at most 1,280 characters of a secret.",
        "Use a shorter one. A private key belongs into a file, only its passphrase into the store.",
    ),
    _store(
        ("(1312, 'CredWrite'", "A specified logon session does not exist"),
        "store-unusable",
        "The Windows Credential Manager cannot keep anything in this session, as over SSH or in a service.",
        "Work in a session of the desktop, or by Remote Desktop.",
    ),
)
