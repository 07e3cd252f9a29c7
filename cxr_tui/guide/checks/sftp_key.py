"""Why the file server refuses the user's own SSH key, as far as the wizard can find out."""

from __future__ import annotations

from cxr_tui.domain.errors import SftpLoginError
from cxr_tui.domain.instruction import Site
from cxr_tui.guide.checks.sandbox_screen import shown_on_screen
from cxr_tui.guide.checks.ssh_key_file import MIN_BITS
from cxr_tui.guide.definition import Check
from cxr_tui.guide.screens import SSH2_KEYS_MANAGEMENT

_TAKEN = ("ssh-rsa", "rsa-sha2-256", "rsa-sha2-512", "ssh-dss")
_PAGE = " > ".join(SSH2_KEYS_MANAGEMENT)
OWN_SSH_KEY = (
    "Create it with ssh-keygen -t rsa -b 3072, and have an Account Administrator add the public half, the .pub file, "
    f"under {_PAGE} for the SCP user. Never give the private half to anyone."
)
"""How a person gets their own SSH key (Responsys help, file server and Managing SSH2 keys; documented)."""


async def report_refused_key(c: Check, error: SftpLoginError) -> None:
    """Report `sftp-auth` with its probable cause: the key itself, the SCP user, or a key that is not registered yet."""
    user = c.known.text("destination-connectivity.user_name")
    usual = f"{c.known.text('account.account_name')}_scp"
    key = f"{error.kind}, {error.bits} bits, {error.fingerprint}" if error.kind else "of this file"
    # Many servers do not report which signatures they accept, and refuse others like an unknown key.
    rsa = error.kind in ("", "ssh-rsa")
    sha_1 = " A server that accepts only SHA-1 signatures refuses every RSA key in the same way." if rsa else ""
    ask = (
        " If all of this is right, ask Oracle Support whether the file server accepts rsa-sha2-256 signatures."
        if rsa
        else ""
    )
    if error.kind and error.kind not in _TAKEN:
        seen = f"The key has the type {error.kind} ({error.fingerprint})."
        why = "Oracle names only RSA and DSA keys for the Responsys file server, so it probably refuses other types."
        remedy = (
            f"Create an RSA key (ssh-keygen -t rsa -b 3072), add its public half under {_PAGE} for the SCP user "
            f"{user}, wait for the status Completed, and enter the new private key file here."
        )
    elif error.kind and error.bits < MIN_BITS:
        seen = f"The key has {error.bits} bits ({error.fingerprint})."
        why = f"The Responsys file server accepts keys of at least {MIN_BITS} bits."
        remedy = f"Create an RSA key of 3072 bits and add its public half under {_PAGE}."
    elif user != usual:
        seen = f"The server refused the key ({key}) for {user}; the SCP user is usually {usual}."
        why = f"A key is registered for one SCP user and does not work for another.{sha_1}"
        remedy = (
            "Compare User name with the Destination Connectivity screen of the export job and with the SCP user of "
            f"the key under {_PAGE}.{ask}"
        )
    else:
        seen = f"The server refused the key ({key}) for {user}.{await _registered(c)}"
        why = f"Probably the key is not registered for this SCP user, or Oracle has not finished adding it.{sha_1}"
        remedy = (
            f"Open {_PAGE} and check that it shows this key for {user} with the status Completed. If it is missing, "
            "add its public half. If it shows Processing, wait, or continue without your own key."
            f"{ask}"
        )
    c.report.fail("sftp-auth", seen, why, remedy)


async def _registered(c: Check) -> str:
    """Return which keys the page shows, where the sandbox's operator can look."""
    shown = await shown_on_screen(c, Site.RESPONSYS, SSH2_KEYS_MANAGEMENT)
    if shown is None:
        return ""
    tags = [f"{tag}: {status}" for tag, status in shown.items()]
    return f" SSH2 Keys management shows {', '.join(tags) or 'no key'}."
