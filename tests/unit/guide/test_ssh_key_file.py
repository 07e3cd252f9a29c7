"""SSH2 key files: real ones from OpenSSH, and everything that arrives in their place."""

from __future__ import annotations

import re
import subprocess
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from cxr_tui.domain.ssh_public_key import in_ssh2_form, key_of
from cxr_tui.guide.checks.ssh_key_file import Form, of_taken_kind, read_key_file

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
    assert of_taken_kind(key) is (kind == "rsa")
    assert key.bits == (bits if kind == "rsa" else 0)
    assert key.comment == "cxaudience key" if form == "line" else "converted by" in key.comment


def test_what_is_written_is_what_openssh_reads(tmp_path: Path) -> None:
    key = read_key_file(made("rsa", 2048)["line"].encode()).key
    assert key is not None
    assert key.one_line().split()[:2] == made("rsa", 2048)["line"].split()[:2]
    path = tmp_path / "key.ssh2"
    path.write_text(in_ssh2_form(key))
    assert max(map(len, in_ssh2_form(key).splitlines())) <= 72
    back = subprocess.run(["ssh-keygen", "-i", "-f", str(path)], check=True, capture_output=True, text=True).stdout
    assert back.split()[:2] == made("rsa", 2048)["line"].split()[:2]


def test_a_small_key_is_read() -> None:
    # 768 bit can no longer be made by OpenSSH, so the wire form is put together here.
    def part(data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + data

    blob = part(b"ssh-rsa") + part(b"\x01\x00\x01") + part((1 << 767 | 1).to_bytes(97, "big"))
    key = key_of(blob, "")
    assert key is not None
    assert (key.bits, of_taken_kind(key)) == (768, True)
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


UTF_16 = {"little": "utf-16-le", "big": "utf-16-be"}


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("order", UTF_16)
@pytest.mark.parametrize("form", ["line", "ssh2", "private"])
def test_a_file_saved_as_utf_16_is_put_in_order_and_a_private_key_in_it_stays_private(
    form: str, order: str, mark: str
) -> None:
    text = made("rsa", 2048)[form].replace("\n", "\r\n")
    reading = read_key_file((mark + text).encode(UTF_16[order]))
    if form == "private":
        assert (reading.form, reading.key) == (Form.PRIVATE, None)
        return
    assert reading.form is Form.UTF_16
    assert reading.key is not None
    assert reading.key.fingerprint == made("rsa", 2048)["fingerprint"]


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
    assert reading.form in (Form.SSH2, Form.OPENSSH, Form.REWRAPPED)
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
        assert reading.form is Form.REWRAPPED
        assert reading.key is not None
        assert reading.key.fingerprint == made("rsa", 2048)["fingerprint"]


def test_a_missing_end_is_told_from_a_missing_piece() -> None:
    lines = made("rsa", 2048)["ssh2"].splitlines()
    without_end = "\n".join(lines[:-1])
    assert read_key_file(without_end.encode()).form is Form.REWRAPPED
    without_piece = "\n".join([*lines[:4], *lines[5:]])
    assert read_key_file(without_piece.encode()).form is Form.DAMAGED


def mail(*parts: bytes, body: str = "Attached.") -> bytes:
    """Return a mail as it is saved, with each part attached in base64."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "noreply@example.org", "a@example.org", "Your SSH2 public key"
    message.set_content(body)
    for part in parts:
        message.add_attachment(part, maintype="application", subtype="octet-stream", filename="cxa.pub")
    return message.as_bytes()


def altered() -> dict[str, tuple[str | bytes, Form]]:
    """Return one key in every form that holds it whole and is not to be uploaded as it is."""
    line, ssh2 = made("rsa", 2048)["line"], made("rsa", 2048)["ssh2"]
    spki = told_by_openssl(line)
    return {
        "five dashes": (ssh2.replace("----", "-----"), Form.DASHES),
        "em dashes": (ssh2.replace("----", "\u2014\u2014"), Form.DASHES),
        "en dashes and quotes": (ssh2.replace("-", "\u2013").replace('"', "\u201d"), Form.DASHES),
        "options": (f'from="192.0.2.0/24",no-pty,command="internal-sftp -d \\"x\\"" {line}', Form.OPTIONS),
        "bare option": (f"restrict {line}", Form.OPTIONS),
        "PKCS#1": (made("rsa", 2048)["pem"], Form.PEM),
        "SPKI": (spki, Form.PEM),
        "SPKI, quoted": ("".join(f"> {one}\n" for one in spki.splitlines()), Form.PEM),
        "attached SSH2": (mail(ssh2.encode()), Form.MAIL),
        "attached line": (mail(line.encode()), Form.MAIL),
        "attached PEM": (mail(spki.encode()), Form.MAIL),
        "attached twice": (mail(ssh2.encode(), line.encode()), Form.MAIL),
        "mail with the key in its text": (mail(body=f"Here it is:\n\n{ssh2}"), Form.MAIL),
        "forwarded mail": (mail(mail(ssh2.encode())), Form.MAIL),
        "no end": (ssh2.rpartition("----")[0].rpartition("----")[0], Form.REWRAPPED),
        "both forms": (line + ssh2, Form.REWRAPPED),
    }


def told_by_openssl(line: str) -> str:
    """Return a key in the form that openssl writes (SubjectPublicKeyInfo)."""
    key = serialization.load_ssh_public_key(line.encode())
    made_pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return made_pem.decode()


@pytest.mark.parametrize("name", altered())
def test_a_whole_key_in_another_form_is_named_and_repaired(name: str) -> None:
    content, form = altered()[name]
    reading = read_key_file(content if isinstance(content, bytes) else content.encode())
    assert reading.form is form
    assert reading.key is not None
    assert reading.key.fingerprint == made("rsa", 2048)["fingerprint"]


def not_chosen() -> dict[str, tuple[str | bytes, Form]]:
    """Return files in which no key can be chosen."""
    line, other = made("rsa", 2048)["line"], made("rsa", 1024)["line"]
    ssh2, other_ssh2 = made("rsa", 2048)["ssh2"], made("rsa", 1024)["ssh2"]
    return {
        "two lines": (line + other, Form.SEVERAL),
        "two lines without comments": (
            "".join(" ".join(one.split()[:2]) + "\n" for one in (line, other)),
            Form.SEVERAL,
        ),
        "two kinds": (line + made("ed25519", 256)["line"], Form.SEVERAL),
        "two SSH2 keys": (ssh2 + other_ssh2, Form.SEVERAL),
        "a line and another SSH2 key": (other + ssh2, Form.SEVERAL),
        "a whole one and a damaged one": (ssh2 + ssh2[:200], Form.SEVERAL),
        "two in PEM": (made("rsa", 2048)["pem"] + made("rsa", 1024)["pem"], Form.SEVERAL),
        "two attached": (mail(ssh2.encode(), other_ssh2.encode()), Form.SEVERAL),
        "a private key attached": (mail(made("rsa", 2048)["private"].encode()), Form.PRIVATE),
        "nothing attached": (mail(), Form.MAIL),
        "known_hosts": (f"files.example.net,192.0.2.1 {line}", Form.KNOWN_HOSTS),
        "known_hosts, hashed": (
            f"|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= {line}",
            Form.KNOWN_HOSTS,
        ),
        "known_hosts with a port": (f"[files.example.net]:2222 {line}", Form.KNOWN_HOSTS),
        "OpenSSH certificate": (
            "ssh-rsa-cert-v01@openssh.com AAAAHHNzaC1yc2EtY2VydC12MDFAb3BlbnNzaC5jb20 x",
            Form.CERTIFICATE,
        ),
        "X.509 certificate": ("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", Form.CERTIFICATE),
        "damaged PEM": (made("rsa", 2048)["pem"].replace("M", "N", 9), Form.DAMAGED),
    }


@pytest.mark.parametrize("name", not_chosen())
def test_no_key_is_chosen_where_it_is_not_the_only_one_or_not_the_right_one(name: str) -> None:
    content, form = not_chosen()[name]
    reading = read_key_file(content if isinstance(content, bytes) else content.encode())
    assert (reading.form, reading.key) == (form, None)


@pytest.mark.parametrize("depth", [5, 3000])
def test_mails_in_mails_end(depth: int) -> None:
    nested = b"".join(
        b'From: a@b\nSubject: x\nContent-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (at, at)
        for at in range(depth)
    )
    assert read_key_file(nested).key is None


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    headers = b"From: a@b\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n"
    for prefix in (
        b"",
        b"ssh-rsa AAAA",
        b"---- BEGIN SSH2 PUBLIC KEY ----\n",
        b"-----BEGIN PUBLIC KEY-----\n",
        headers,
        headers + b"\n--b\nContent-Transfer-Encoding: ",
    ):
        reading = read_key_file(prefix + data)
        assert reading.form in Form
        assert reading.key is None or reading.key.algorithm
