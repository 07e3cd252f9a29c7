"""Host keys and fingerprints: every notation that people pass on, and everything that is neither."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest

from cxr_tui.domain.answers import Known
from cxr_tui.domain.ssh_public_key import HostKey, NoFingerprintError, fingerprint_in
from cxr_tui.guide.steps.export.destination_connectivity import STEP
from support.servers.real_parts import make_key


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the public key file of an RSA host key, whose line is the longest."""
    return Path(f"{make_key(tmp_path_factory.mktemp('host') / 'key', 'rsa', '-C', 'root@files.example')}.pub")


def listed(public: Path, *options: str) -> str:
    """Return the line that ssh-keygen prints for a key."""
    told = subprocess.run(["ssh-keygen", "-l", *options, "-f", public], check=True, capture_output=True, text=True)
    return told.stdout.strip()


def notations(public: Path) -> dict[str, str]:
    """Return the key in every notation of its SHA256 fingerprint."""
    kind, blob, _ = public.read_text().split()
    line = listed(public)
    fingerprint = line.split()[1]
    bare = fingerprint.removeprefix("SHA256:")
    digits = base64.b64decode(bare + "=").hex()
    return {
        "usual": fingerprint,
        "padded": f"{fingerprint}=",
        "lower": f"sha256:{bare}",
        "bare": bare,
        "bare-padded": f"{bare}=",
        "hex": digits,
        "hex-upper-colons": ":".join(digits[at : at + 2] for at in range(0, 64, 2)).upper(),
        "hex-prefixed": f"SHA256:{digits}",
        "line": line,
        "line-winscp": f"ssh-rsa 2048 {bare}=",
        "both-kinds": f"SHA256: {bare} ({listed(public, '-E', 'md5').split()[1]})",
        "key": f"{kind} {blob} root@files.example",
        "key-alone": blob,
        "known-hosts": f"[files.example]:2222 {kind} {blob}",
    }


def md5_notations(public: Path) -> dict[str, str]:
    """Return the key in every notation of its MD5 fingerprint."""
    line = listed(public, "-E", "md5")
    fingerprint = line.split()[1]
    bare = fingerprint.removeprefix("MD5:")
    return {
        "usual": fingerprint,
        "lower": f"md5:{bare}",
        "bare": bare,
        "upper": bare.upper(),
        "dashes": bare.replace(":", "-"),
        "blanks": bare.replace(":", " "),
        "digits": bare.replace(":", ""),
        "line": line,
    }


def test_each_notation_names_the_same_key(public: Path) -> None:
    kind, blob, _ = public.read_text().split()
    shown = HostKey.of(kind, base64.b64decode(blob))
    rule = next(one.rule for one in STEP.fields if one.name == "host_key")
    assert rule is not None
    for wanted, written in ((shown.fingerprint, notations(public)), (shown.md5, md5_notations(public))):
        for name, text in written.items():
            assert fingerprint_in(text) == wanted, name
            assert shown.in_form_of(fingerprint_in(text)) == wanted, name
            assert rule(text, Known({})) is None, name


DIGEST = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"SHA256:{DIGEST[:30]}", "This SHA256 fingerprint is damaged"),
        ("MD5:6a:cb:00", "This MD5 fingerprint is damaged"),
        ("6a:cb:" * 7 + "6a", "This has 30 hexadecimal digits"),
        ("SHA512:" + "A" * 86, "SHA512 fingerprints cannot be compared here"),
        ("SHA1:2jmj7l5rSw0yVb/vlWAYkK/YBwk", "SHA1 fingerprints cannot be compared here"),
        ("ABCD 1234 " * 5, "the fingerprint of an OpenPGP key"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFtooShort", "This public key is cut off or damaged"),
        ("ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAx", "This is a certificate"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "This is a private key"),
        ("files.responsys.net", "is the name of a server"),
        ("sftp://files.responsys.net:22", "is the name of a server"),
        ("the key is right", "is not a fingerprint"),
        ("cxaudienceintegrations", "is not a fingerprint"),  # 16 octets in base64
        (f"SHA256:{DIGEST} SHA256:{DIGEST.replace('A', 'B')}", "This names 2 different keys"),
    ],
)
def test_what_is_no_fingerprint_is_refused_at_the_field_with_what_it_is(text: str, said: str) -> None:
    with pytest.raises(NoFingerprintError, match=said):
        fingerprint_in(text)
    rule = next(one.rule for one in STEP.fields if one.name == "host_key")
    assert rule is not None
    problem = rule(text.strip(), Known({})) or ""
    assert said in problem
    assert "SHA256:..." in problem
