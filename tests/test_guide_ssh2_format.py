"""SSH2 key files: real ones from OpenSSH, and everything that arrives in their place."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_tui.guide.ssh2_format import Form, accepted, read_key_file, ssh2_file
from cxr_tui.model.ssh_key import key_of

KINDS = (("rsa", 2048), ("rsa", 1024), ("ed25519", 256), ("ecdsa", 256))


@cache
def made(kind: str, bits: int) -> dict[str, str]:
    """Make a key with OpenSSH: its private file, one-line and SSH2 forms, and fingerprint."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "key"
        command = ["ssh-keygen", "-q", "-t", kind, "-b", str(bits), "-N", "", "-C", "cxaudience key", "-f", str(path)]
        subprocess.run(command, check=True)
        public = str(path) + ".pub"

        def told(*arguments: str) -> str:
            return subprocess.run(["ssh-keygen", *arguments], check=True, capture_output=True, text=True).stdout

        return {
            "private": path.read_text(),
            "line": Path(public).read_text(),
            "ssh2": told("-e", "-m", "RFC4716", "-f", public),
            "pem": told("-e", "-m", "PEM", "-f", public) if kind == "rsa" else "",
            "fingerprint": told("-l", "-f", public).split()[1],
        }


@pytest.mark.parametrize(("kind", "bits"), KINDS)
@pytest.mark.parametrize("form", ["line", "ssh2"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_real_files_are_read(kind: str, bits: int, form: str, ending: str) -> None:
    reading = read_key_file(made(kind, bits)[form].replace("\n", ending).encode())
    assert reading.form is (Form.OPENSSH if form == "line" else Form.SSH2)
    key = reading.key
    assert key is not None
    assert key.fingerprint == made(kind, bits)["fingerprint"]
    assert accepted(key) is (kind == "rsa")
    assert key.bits == (bits if kind == "rsa" else 0)
    assert key.comment == "cxaudience key" if form == "line" else "converted by" in key.comment


def test_what_is_written_is_what_openssh_reads(tmp_path: Path) -> None:
    key = read_key_file(made("rsa", 2048)["line"].encode()).key
    assert key is not None
    assert key.one_line().split()[:2] == made("rsa", 2048)["line"].split()[:2]
    path = tmp_path / "key.ssh2"
    path.write_text(ssh2_file(key))
    assert max(map(len, ssh2_file(key).splitlines())) <= 72
    back = subprocess.run(["ssh-keygen", "-i", "-f", str(path)], check=True, capture_output=True, text=True).stdout
    assert back.split()[:2] == made("rsa", 2048)["line"].split()[:2]


def test_a_small_key_is_not_accepted() -> None:
    # 768 bit can no longer be made by OpenSSH, so the wire form is put together here.
    def part(data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + data

    blob = part(b"ssh-rsa") + part(b"\x01\x00\x01") + part((1 << 767 | 1).to_bytes(97, "big"))
    key = key_of(blob, "")
    assert key is not None
    assert (key.bits, accepted(key)) == (768, False)
    assert key_of(blob[:-1], "") is None
    assert key_of(blob + b"x", "") is None


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"", Form.EMPTY),
        (b" \r\n\t", Form.EMPTY),
        (b"PuTTY-User-Key-File-3: ssh-rsa\r\nEncryption: none\r\n", Form.PUTTY),
        (b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>", Form.HTML),
        (b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n", Form.OTHER),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), Form.OTHER),
        (b"ssh-rsa AAAAB3NzaC1yc2E", Form.DAMAGED),
        (b"---- BEGIN SSH2 PUBLIC KEY ----\nnothing\n---- END SSH2 PUBLIC KEY ----\n", Form.DAMAGED),
    ],
)
def test_other_files_are_named(data: bytes, form: Form) -> None:
    reading = read_key_file(data)
    assert reading.form is form
    assert reading.key is None


@pytest.mark.parametrize(("kind", "bits"), KINDS)
def test_private_keys_are_named_and_not_read(kind: str, bits: int) -> None:
    private = made(kind, bits)["private"]
    assert read_key_file(private.encode()).form is Form.PRIVATE
    legacy = re.sub("OPENSSH PRIVATE", "RSA PRIVATE", private)
    assert read_key_file(legacy.encode()).form is Form.PRIVATE
    # A file that holds both halves is a private key file too.
    both = made(kind, bits)["line"] + private
    assert read_key_file(both.encode()).form is Form.PRIVATE


@given(
    form=st.sampled_from(["line", "ssh2"]),
    width=st.integers(20, 110),
    quote=st.sampled_from(["", "> ", ">> ", "    ", "| ", "\t"]),
    ending=st.sampled_from(["\n", "\r\n", " \n", "\n\n"]),
    lead=st.sampled_from(["", "Dear customer,\nplease find your key below.\n\n"]),
    tail=st.sampled_from(["", "\n-- \nOracle\n"]),
)
def test_what_a_mail_program_has_done_is_undone(
    form: str, width: int, quote: str, ending: str, lead: str, tail: str
) -> None:
    text = made("rsa", 2048)[form]
    if form == "line":
        text = " ".join(text.split()[:2])
        tail = f"\n{tail}" if tail else ""
    wrapped = [line[start : start + width] for line in text.splitlines() for start in range(0, len(line), width)]
    if form == "ssh2" and width < 40:
        return  # the marker lines themselves are broken up then; nobody can tell what it was
    mail = lead + "".join(f"{quote}{line}{ending}" for line in wrapped) + tail
    reading = read_key_file(mail.encode())
    assert reading.form in (Form.SSH2, Form.OPENSSH, Form.MAIL_WRAPPED)
    assert reading.key is not None
    assert reading.key.fingerprint == made("rsa", 2048)["fingerprint"]


def test_quoted_printable_and_html_mails_are_undone() -> None:
    ssh2 = made("rsa", 2048)["ssh2"]
    quoted = "".join(f"{line[:60]}=\n{line[60:]}\n" if len(line) > 60 else f"{line}\n" for line in ssh2.splitlines())
    quoted = quoted.replace("==", "=3D=3D")
    page = "<html><body><pre>" + "<br>\n".join(ssh2.splitlines()) + "</pre></body></html>"
    joined = " ".join(ssh2.split("\n"))
    for mail in (quoted, page, joined):
        reading = read_key_file(mail.encode())
        assert reading.form is Form.MAIL_WRAPPED
        assert reading.key is not None
        assert reading.key.fingerprint == made("rsa", 2048)["fingerprint"]


def test_a_missing_end_is_told_from_a_missing_piece() -> None:
    lines = made("rsa", 2048)["ssh2"].splitlines()
    without_end = "\n".join(lines[:-1])
    assert read_key_file(without_end.encode()).form is Form.MAIL_WRAPPED
    without_piece = "\n".join([*lines[:4], *lines[5:]])
    assert read_key_file(without_piece.encode()).form is Form.DAMAGED


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    for prefix in (b"", b"ssh-rsa AAAA", b"---- BEGIN SSH2 PUBLIC KEY ----\n"):
        reading = read_key_file(prefix + data)
        assert reading.form in Form
        assert reading.key is None or reading.key.algorithm
