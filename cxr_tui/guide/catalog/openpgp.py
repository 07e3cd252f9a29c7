"""Messages of GnuPG and other OpenPGP programs."""

from __future__ import annotations

from functools import partial

from cxr_tui.guide.catalog.explanation import Message, Origin, message

_AGAIN = "Download the public key again: CX Audience, Select or generate key, select the key pair, Download."


_pgp = partial(message, origin=Origin.OPENPGP, facts="I.2")


OPENPGP: tuple[Message, ...] = (
    _pgp(
        ("decryption failed: No secret key",),
        "file-wrong-recipient",
        "The private key for this file is not here. For an exported file that is right on this computer: only CX "
        "Audience has the private key. If CX Audience reports it, the export used another key.",
        "Compare the key id in the line 'encrypted with' with the key of CX Audience: gpg --list-packets FILE.",
    ),
    _pgp(
        ("no valid OpenPGP data found",),
        "not-a-key-file",
        "The file is not OpenPGP: an error page, an SSH key, or an empty or unencrypted file.",
        f"Read its first line. A public key begins with -----BEGIN PGP PUBLIC KEY BLOCK-----. {_AGAIN}",
    ),
    _pgp(
        ("decryption failed: Bad passphrase",),
        "openpgp-unusable",
        "The passphrase of the private key is wrong.",
        "Enter it again and check the keyboard layout. gpg-agent may remember an old one: gpgconf --kill gpg-agent.",
    ),
    _pgp(
        ("Unusable public key", "Wrong key usage", "key * is not suitable for decryption"),
        "key-cannot-encrypt",
        "gpg does not encrypt to this key: it can only sign, has expired, was revoked, or is not trusted yet.",
        "Generate a key pair in CX Audience, download its public key, and import it in Responsys.",
    ),
    _pgp(
        ("Unusable secret key",),
        "openpgp-unusable",
        "The private key cannot be used for this: it has expired, was revoked, or has another purpose.",
        "Run gpg --list-secret-keys. Only CX Audience needs the private key of this integration.",
    ),
    _pgp(
        (
            "Note: This key has expired",
            "Note: secret key * expired at",
            "All subkeys are expired or revoked",
            "This key has been revoked by its owner",
        ),
        "key-expired",
        "The key has expired, or its owner has revoked it.",
        "Generate a new key pair in CX Audience, import its public key in Responsys, and select it in both jobs.",
    ),
    _pgp(
        ("skipped: No public key", "encryption failed: No public key"),
        "openpgp-unusable",
        "This public key is not in the keyring of gpg.",
        "Import it with gpg --import FILE, and use its fingerprint.",
    ),
    _pgp(
        ("There is no assurance this key belongs to the named user",),
        "openpgp-unusable",
        "gpg has the key, but does not know whether it belongs to the person named in it.",
        "Compare its fingerprint with the one in CX Audience, then sign it locally (--lsign-key) or use --trust-model "
        "always.",
    ),
    _pgp(
        ("message was not integrity protected",),
        "openpgp-unusable",
        "The encryption of the file is old and does not show whether the file was changed.",
        "Ask Oracle Support about the export's encryption. gpg decrypts it with --ignore-mdc-error, at your own risk.",
    ),
    _pgp(
        (
            "CRC error;",
            "invalid radix64 character",
            "invalid armor header",
            "premature eof (no CRC)",
            "quoted printable character in armor",
            "[don't know]: invalid packet (ctb=",
        ),
        "not-a-key-file",
        "The OpenPGP data is damaged: cut off, changed on the way, or transferred as text instead of binary.",
        "Transfer the file again, in binary mode. Do not copy a key out of an email; use the attachment.",
    ),
    _pgp(
        ("packet(20) with unknown version", "unknown packet type 20", "Unknown packet type encountered: 20"),
        "key-announces-aead",
        "The file uses AEAD encryption (OCB), which gpg here cannot read. The sender used it because the key announces "
        "it.",
        "Generate the key pair without AEAD, or read the file with GnuPG 2.3 or later.",
    ),
    _pgp(
        (
            "signing failed: Inappropriate ioctl for device",
            "decryption failed: Inappropriate ioctl for device",
            "No pinentry",
        ),
        "openpgp-unusable",
        "gpg cannot ask for a passphrase: there is no terminal or no pinentry program.",
        "In a terminal: export GPG_TTY=$(tty). In a script: --pinentry-mode loopback with --passphrase-fd.",
    ),
    _pgp(
        ("can't connect to the agent", "failed: No agent running", "no gpg-agent running in this session"),
        "openpgp-unusable",
        "gpg cannot reach its agent, which handles private keys: the agent does not start, or the path of the home "
        "folder is too long for its socket.",
        "Run gpgconf --kill gpg-agent and try again. Give --homedir a path of less than 90 characters.",
    ),
    _pgp(
        ("importing secret keys not allowed", "expected public key but found secret key"),
        "private-key-file",
        "The file contains a private key instead of a public key.",
        f"Do not upload it anywhere, and delete copies. {_AGAIN}",
    ),
)
