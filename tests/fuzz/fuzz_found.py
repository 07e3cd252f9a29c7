"""Inputs that once failed, hung or filled the memory, by parser; every run of the tests tries them again."""

from __future__ import annotations

FOUND: dict[str, tuple[bytes, ...]] = {
    "openpgp": (
        b"-----BEGIN PGP MESSAGE-----\n" + b":\n" * 300_000,  # a minute: each header was taken off a long list
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n" + b"QUFB" * 300_000 + b"\n=AAAA\n",  # two seconds for its checksum
    ),
    "ssh2-key": (b"#ssh-rsa AAAAB3NzaC1yc2EAAAADAQ\n",),  # nothing but a comment: a crash
    "answers-file": (
        b"a." * 100_000 + b"a=1",  # all memory of a machine: the square of its parts
        b"[account]\naccount_name = 0x" + b"f" * 60_000,  # a number that nothing can print
        b"a = " + b"9" * 60_000,  # another error than the library documents
    ),
    "json-answer": (
        b"[" * 300 + b"]" * 300,  # read, and then too deep for whoever walks through it
        b'{"items": [{"name": "\\ud800"}]}',  # half a character, which can be neither kept nor printed
        b'{"errorCode": ' + b"[" * 900 + b"]" * 900 + b"}",
    ),
    "delimited-text": (
        b"\x10\xfe\xff" + "\ufffe\U0001fffe,b\nx".encode("utf-16-be"),  # characters that are none reached the screen
        b"\x00" + "\u3164,\u115f\nx,y\n".encode(),  # letters that nobody sees did
    ),
    "moment": (
        b"Fri, 31 Dec 9999 23:59:59 -2300",  # beyond the end of the calendar, in the middle of any call
        b"9999-12-31T23:59:59+00:00",  # at its end, where one more day is an error
        b"\x1c7",  # a digit to one function of the language, none to the next
        b"\xb2",  # likewise: a superscript two
    ),
    "address": (
        b"https://evil.example\\.responsys.net",  # one host here, another one for whoever connects
        b"https://login5.responsys.net:99999",
        b"127.0.0.1:41587x",  # a server with a port that is none: an error in the middle of a check
        b"a..b:22",  # a name that the resolver refuses with an error of another kind
    ),
}
