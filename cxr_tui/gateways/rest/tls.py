"""TLS: the trusted certificate authorities, and the defects of a server's certificate.

Revoked certificates are not detected: CRL and OCSP are not reachable from every network, and the library can only
require them for every connection.
"""

from __future__ import annotations

import functools
import os
import ssl
import sys
from pathlib import Path

import httpx
import truststore

from cxr_tui.domain.errors import Flaw
from cxr_tui.domain.text import visible

_BY_CODE = {
    9: Flaw.CERTIFICATE_NOT_YET_VALID,
    10: Flaw.CERTIFICATE_EXPIRED,
    18: Flaw.CERTIFICATE_SELF_SIGNED,
    19: Flaw.CERTIFICATE_UNKNOWN_AUTHORITY,  # its chain ends in a self-signed certificate
    20: Flaw.CERTIFICATE_UNKNOWN_AUTHORITY,
    21: Flaw.CERTIFICATE_UNKNOWN_AUTHORITY,
    62: Flaw.CERTIFICATE_WRONG_HOST,
    64: Flaw.CERTIFICATE_WRONG_HOST,
    66: Flaw.CERTIFICATE_WEAK,
    67: Flaw.CERTIFICATE_WEAK,
    68: Flaw.CERTIFICATE_WEAK,
}
"""By verification code (OpenSSL, X509_STORE_CTX_get_error; documented)."""

_TOO_OLD = (
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "UNSUPPORTED_PROTOCOL",
    "DH_KEY_TOO_SMALL",
    "SSLV3_ALERT_HANDSHAKE_FAILURE",
    "NO_SHARED_CIPHER",
)
"""OpenSSL's reasons if both sides have no version or cipher in common (observed)."""


class TrustError(Exception):
    """A variable names certificates that cannot be used; the text names the variable."""


@functools.cache
def trusted() -> ssl.SSLContext:
    """Return the certificate authorities of this system, which may include a company's own; TrustError.

    SSL_CERT_FILE and SSL_CERT_DIR replace them. On Linux, those of httpx are trusted too, because a small system has
    none, and all are read once: `truststore` would read them for every connection, which takes 30 ms.
    """
    os.environ.pop("SSLKEYLOGFILE", None)  # a file of session keys would reveal what is sent
    file, folder = os.environ.get("SSL_CERT_FILE", ""), os.environ.get("SSL_CERT_DIR", "")
    if file and not Path(file).is_file():  # opening a pipe would block
        raise TrustError(f"SSL_CERT_FILE names {visible(file, 200)}, which is not an existing file")
    if not file and folder and not any(Path(one).is_dir() for one in folder.split(os.pathsep)):
        raise TrustError(f"SSL_CERT_DIR names {visible(folder, 200)}, which is not an existing folder")
    if sys.platform != "linux" and not (file or folder):
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context = httpx.create_ssl_context()
    except ssl.SSLError:
        raise TrustError(f"SSL_CERT_FILE names {visible(file, 200)}, which holds no certificate") from None
    except OSError as error:
        raise TrustError(f"SSL_CERT_FILE names {visible(file, 200)}: {error.strerror or error}") from None
    context.load_default_certs()
    # Not every system's OpenSSL has this default (facts A.1: TLS 1.2 is required).
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def tls_defect(error: ssl.SSLError) -> Flaw | None:
    """Return the defect of a server's certificate or TLS version; None: the server does not speak TLS."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _BY_CODE.get(error.verify_code, Flaw.CERTIFICATE_UNFIT)
    return Flaw.TLS_TOO_OLD if error.reason in _TOO_OLD else None
