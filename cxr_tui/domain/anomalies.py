"""Flaws: what no honest and healthy server or file does, each with the code of the finding that it becomes.

Whoever reads something from outside names the flaw; what it means for a person is written in `guide/flaws.py`. That a
certificate was revoked is not among them: no revocation lists are fetched, as in most programs outside of browsers.
"""

from __future__ import annotations

from enum import StrEnum


class Flaw(StrEnum):
    """What is wrong with how a server or a file presents itself; the value is the finding's code."""

    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_NOT_YET_VALID = "certificate-not-yet-valid"
    CERTIFICATE_SELF_SIGNED = "certificate-self-signed"
    CERTIFICATE_UNKNOWN_AUTHORITY = "certificate-unknown-authority"
    CERTIFICATE_WRONG_HOST = "certificate-wrong-host"
    CERTIFICATE_WEAK = "certificate-weak"
    CERTIFICATE_UNFIT = "certificate-unfit"
    """Any other reason for which the verification refuses it."""
    TLS_TOO_OLD = "tls-too-old"

    REDIRECTED = "redirected"
    ANSWER_TOO_LARGE = "answer-too-large"
    ANSWER_HEAD_TOO_LARGE = "answer-head-too-large"
    ANSWER_ENDLESS = "answer-endless"
    """It began, went on coming, and did not end in time."""
    ANSWER_ENCODING = "answer-encoding"
    """It has a content encoding, and none was asked for."""
    ANSWER_TYPE = "answer-type"
    """Announced as something else than JSON."""
    ANSWER_NOT_UTF8 = "answer-not-utf8"
    ANSWER_TOO_DEEP = "answer-too-deep"

    SSH_TOO_OLD = "ssh-too-old"
    HOST_KEY_DOWNGRADED = "host-key-downgraded"
    SFTP_BROKEN = "sftp-broken"
    """Packets of a size or with lengths that cannot be."""
    SFTP_TEXT = "sftp-text"
    """Text in the place of packets."""
    LISTING_ENDLESS = "listing-endless"
    FILE_NAMES_STRANGE = "file-names-strange"
    FILE_ANSWER_TOO_LARGE = "file-answer-too-large"
    """More bytes of a file than were asked for."""

    KEY_FILE_TOO_LARGE = "key-file-too-large"
    KEY_FILE_NESTED = "key-file-nested"
    """Packets within packets: a compressed or signed message in the place of a key."""
    KEY_FILE_CUT_OFF = "key-file-cut-off"
    """A packet that claims more bytes than there are."""
    KEY_TOO_MANY_USER_IDS = "key-too-many-user-ids"
