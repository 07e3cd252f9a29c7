"""Messages of SSH and SFTP clients: OpenSSH, PuTTY and its relatives, libraries."""

from __future__ import annotations

from functools import partial

from cxr_tui.domain.errors import Flaw, HostKeyChangedError
from cxr_tui.guide.catalog.anomalies import ANOMALIES
from cxr_tui.guide.catalog.errors import cause_of
from cxr_tui.guide.catalog.explanation import Message, Origin, message
from cxr_tui.guide.definition import Product

_ssh = partial(message, origin=Origin.SSH, facts="I.1")


SSH: tuple[Message, ...] = (
    _ssh(
        (
            "Permission denied (publickey",
            "Permission denied (gssapi",
            "Permission denied (keyboard-interactive",
            "Server refused our key",
            "No supported authentication methods available",
            "No more authentication methods to try",
            "No authentication methods available",
        ),
        "sftp-auth",
        "The server accepts none of the offered keys for this user: the key is not registered, Oracle has not added it "
        "yet, it is registered for another SCP user, or its type is refused. This is normal for some days after a key "
        "was uploaded.",
        "Compare the user name with step 13, Destination Connectivity, and open Account > Global settings > SSH2 Keys "
        "management in Responsys: the key needs this SCP user and the status Completed. The file server accepts only "
        "keys, never a password.",
    ),
    _ssh(
        ("Too many authentication failures",),
        "sftp-auth",
        "The client offered too many keys; the right one may not have been tried.",
        "Offer only the right key: ssh -o IdentitiesOnly=yes -i KEYFILE, or in WinSCP and FileZilla that key file and "
        "no agent.",
    ),
    _ssh(
        ("Host key verification failed",),
        "host-key-unconfirmed",
        "The server's host key was never confirmed on this computer, or is not the confirmed one. In the second case "
        "OpenSSH also warns: REMOTE HOST IDENTIFICATION HAS CHANGED.",
        "With the warning, do not continue; ask Oracle whether the key was changed. Without it, compare the "
        "fingerprint with the one that Oracle or your administrator gives you, and confirm it.",
    ),
    _ssh(
        (
            "REMOTE HOST IDENTIFICATION HAS CHANGED",
            "Host key for server * does not match",
            "host key does not match the one PuTTY has cached",
            "WARNING - POTENTIAL SECURITY BREACH",
        ),
        cause_of(HostKeyChangedError("", ""), Product.RESPONSYS, first_contact=False),
    ),
    _ssh(
        ("The authenticity of host * can't be established", "The server's host key is not cached"),
        "host-key-unconfirmed",
        "This computer connects to the server for the first time, so a person has to confirm its host key.",
        "Compare the fingerprint with the one that Oracle or your administrator gives you, and confirm it only if they "
        "are the same.",
    ),
    _ssh(
        ("no mutual signature algorithm", "no mutual signature supported"),
        "sftp-auth",
        "Client and server have no kind of signature in common. Usually the server accepts only SHA-1 signatures of "
        "RSA keys, which current clients no longer make. It does not mean that the key is not registered.",
        "Ask Oracle Support whether the file server accepts rsa-sha2-256. For a test with OpenSSH: "
        "-o PubkeyAcceptedAlgorithms=+ssh-rsa.",
    ),
    _ssh(
        (
            "no matching host key type found",
            "no matching key exchange method found",
            "no matching cipher found",
            "no matching MAC found",
            "Incompatible ssh peer (no acceptable kex algorithm)",
            "Incompatible ssh server (no acceptable ciphers)",
            "Incompatible ssh server (no acceptable macs)",
        ),
        ANOMALIES[Flaw.SSH_TOO_OLD],
    ),
    _ssh(
        ("UNPROTECTED PRIVATE KEY FILE", "Permissions * for * are too open"),
        "sftp-auth",
        "Other users of this computer can read the private key file, so OpenSSH does not use it.",
        "Make it readable only for you: chmod 600 KEYFILE. On Windows, remove the inherited permissions of the file.",
    ),
    _ssh(
        (
            "Load key *: invalid format",
            "Load key *: error in libcrypto",
            "not a valid RSA private key file",
            "not a valid OPENSSH private key file",
            "Unable to use key file * (OpenSSH SSH-2 private key",
            "Unable to load key file",
        ),
        "sftp-auth",
        "The file is not a private key in a supported format.",
        "Use an RSA private key in OpenSSH or PEM format, not the public key. Export a PuTTY file (.ppk) in PuTTYgen: "
        "Conversions > Export OpenSSH key.",
    ),
    _ssh(
        (
            "incorrect passphrase supplied to decrypt private key",
            "bad passphrase given, try again",
            "Private key file is encrypted",
            "Bad password or corrupt private key file",
        ),
        "sftp-auth",
        "The private key has a passphrase, and it is missing or wrong.",
        "Enter the passphrase of the key. For a key that a service uses, Oracle recommends none.",
    ),
    _ssh(
        (
            "subsystem request failed on channel",
            "Received message too long",
            "Are you sure you're running an SFTP server",
        ),
        "sftp-broken",
        "The login worked, but the server does not offer SFTP to this user, or another program answered instead.",
        "Compare host and user with step 13, Destination Connectivity. If they are right, ask Oracle Support whether "
        "SFTP is enabled for this user.",
        origin=Origin.SFTP,
    ),
    _ssh(
        ("This service allows sftp connections only",),
        "",
        "The login worked. The user may transfer files, but has no shell. This is right.",
        "Connect with sftp instead of ssh.",
        origin=Origin.SFTP,
    ),
    _ssh(
        (
            "Connection closed by remote host",
            "kex_exchange_identification: read: Connection reset by peer",
            "ssh_exchange_identification: read: Connection reset by peer",
            "Connection timed out during banner exchange",
            "Error reading SSH protocol banner",
        ),
        "host-unreachable",
        "The server or a device on the way closed the connection before the login: a firewall, an address that is not "
        "allowed, or too many connections at once.",
        "Try again in a few minutes with one connection. If it continues, ask your network team whether port 22 to "
        "this host is open, and Oracle Support whether the address of this computer is allowed.",
    ),
    _ssh(
        ("Timeout, server * not responding", "Write failed: Broken pipe", "client_loop: send disconnect"),
        "service-fault",
        "The connection was idle or was lost; such file servers drop idle connections.",
        "Connect again. Keep-alive messages help: ServerAliveInterval 30.",
    ),
    _ssh(
        ("Couldn't canonicalize: No such file or directory", "Couldn't stat remote file: No such file or directory"),
        "remote-path",
        "The folder or file does not exist below the home folder of this user on the file server.",
        "List the home folder first: ls. Enter the path as step 13, Destination Connectivity, shows it, such as "
        "download.",
        origin=Origin.SFTP,
    ),
    _ssh(
        ("remote readdir(*): Permission denied", "remote open(*): Permission denied", "SSH_FX_PERMISSION_DENIED"),
        "remote-path",
        "The login worked, but this user may not read or write there.",
        "Use the folders of this user: download, upload, archive. Folders of other users are closed.",
        origin=Origin.SFTP,
    ),
    _ssh(
        ("SSH_FX_NO_SUCH_FILE", "remote open(*): No such file or directory"),
        "file-missing",
        "This folder has no file with this name.",
        "List the folder. The name may have a date, or another extension after encryption.",
        origin=Origin.SFTP,
    ),
)
