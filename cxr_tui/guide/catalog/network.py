"""Messages about names, connections, proxies and TLS, from operating systems, OpenSSL, Python, curl and browsers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from cxr_tui.domain.errors import Flaw, Reach, UnreachableError
from cxr_tui.guide.catalog.anomalies import ANOMALIES
from cxr_tui.guide.catalog.errors import cause_of
from cxr_tui.guide.catalog.explanation import Cause, Message, Origin, message
from cxr_tui.guide.definition import Product

_tls = partial(message, origin=Origin.TLS, facts="I.3")
_net = partial(message, origin=Origin.NETWORK, facts="I.4")


def _of(reach: Reach) -> Cause:
    return cause_of(UnreachableError(reach, "", ""), Product.RESPONSYS, first_contact=True)


def _verification(reason: str) -> tuple[str, ...]:
    """Return how Python, curl and openssl write OpenSSL's reason for not trusting a certificate."""
    return (
        f"certificate verify failed: {reason}",
        f"SSL certificate problem: {reason}",
        f"verify error:num=*:{reason}",
    )


_FLAWS: Mapping[Flaw, tuple[str, ...]] = {
    Flaw.CERTIFICATE_EXPIRED: (
        *_verification("certificate has expired"),
        "NET::ERR_CERT_DATE_INVALID",
        "SEC_ERROR_EXPIRED_CERTIFICATE",
        "CERT_HAS_EXPIRED",
    ),
    Flaw.CERTIFICATE_NOT_YET_VALID: _verification("certificate is not yet valid"),
    Flaw.CERTIFICATE_SELF_SIGNED: (
        *_verification("self-signed certificate"),
        *_verification("self signed certificate"),
        "DEPTH_ZERO_SELF_SIGNED_CERT",
    ),
    Flaw.CERTIFICATE_UNKNOWN_AUTHORITY: (
        *_verification("self-signed certificate in certificate chain"),
        *_verification("self signed certificate in certificate chain"),
        "SELF_SIGNED_CERT_IN_CHAIN",
        "unable to get local issuer certificate",
        "unable to verify the first certificate",
        "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        "certificate signed by unknown authority",
        "unable to find valid certification path to requested target",
        "NET::ERR_CERT_AUTHORITY_INVALID",
        "SEC_ERROR_UNKNOWN_ISSUER",
        "SEC_E_UNTRUSTED_ROOT",
    ),
    Flaw.CERTIFICATE_WRONG_HOST: (
        "Hostname mismatch, certificate is not valid for",
        "NET::ERR_CERT_COMMON_NAME_INVALID",
        "SSL_ERROR_BAD_CERT_DOMAIN",
        "no alternative certificate subject name matches target host name",
        "hostname * doesn't match either of",
    ),
    Flaw.CERTIFICATE_WEAK: (
        "ee key too small",
        "EE_KEY_TOO_SMALL",
        "EE certificate key too weak",
        "ca md too weak",
        "CA_MD_TOO_WEAK",
        "CA signature digest algorithm too weak",
    ),
    Flaw.CERTIFICATE_UNFIT: ("unsuitable certificate purpose", "invalid CA certificate"),
    Flaw.TLS_TOO_OLD: (
        "tlsv1 alert protocol version",
        "TLSV1_ALERT_PROTOCOL_VERSION",
        "SSL: UNSUPPORTED_PROTOCOL",
        "SSL routines:*:unsupported protocol",
        "ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
        "SSL_ERROR_UNSUPPORTED_VERSION",
        "dh key too small",
        "DH_KEY_TOO_SMALL",
        "UNSAFE_LEGACY_RENEGOTIATION_DISABLED",
        "unsafe legacy renegotiation disabled",
    ),
}

_REACH: Mapping[Reach, tuple[str, ...]] = {
    Reach.DNS: (
        "Could not resolve hostname",
        "Name or service not known",
        "Temporary failure in name resolution",
        "nodename nor servname provided, or not known",
        "getaddrinfo failed",
        "getaddrinfo ENOTFOUND",
        "No address associated with hostname",
        "Could not resolve host",
        "DNS_PROBE_FINISHED_NXDOMAIN",
        "ERR_NAME_NOT_RESOLVED",
    ),
    Reach.REFUSED: (
        "Connection refused",
        "ECONNREFUSED",
        "ERR_CONNECTION_REFUSED",
        "No connection could be made because the target machine actively refused it",
    ),
    Reach.TIMEOUT: (
        "Connection timed out",
        "port *: Operation timed out",
        "[Errno 60] Operation timed out",
        "ETIMEDOUT",
        "ERR_CONNECTION_TIMED_OUT",
        "did not properly respond after a period of time",
    ),
    Reach.CUT: ("Connection reset by peer", "ECONNRESET", "ERR_CONNECTION_RESET", "forcibly closed by the remote host"),
}

NETWORK: tuple[Message, ...] = (
    *(_tls(phrases, ANOMALIES[flaw]) for flaw, phrases in _FLAWS.items()),
    *(_net(phrases, _of(reach)) for reach, phrases in _REACH.items()),
    _tls(
        ("SSL routines:*:wrong version number", "WRONG_VERSION_NUMBER", "SSL_ERROR_RX_RECORD_TOO_LONG"),
        "host-unreachable",
        "The server on this port does not use TLS: the port is wrong, or it is plain http or a proxy.",
        "Compare address and port with the screen. https uses port 443. Check HTTPS_PROXY: its address begins with "
        "http:// for most proxies.",
    ),
    _tls(
        ("sslv3 alert handshake failure", "SSLV3_ALERT_HANDSHAKE_FAILURE", "handshake_failure"),
        "host-unreachable",
        "Both sides have no encryption in common, or the server asks for a client certificate.",
        "Compare the address with the screen. Ask your network team whether a proxy inspects TLS on the way.",
    ),
    _tls(
        ("unexpected eof while reading", "UNEXPECTED_EOF_WHILE_READING", "EOF occurred in violation of protocol"),
        "host-unreachable",
        "The encrypted connection was closed early, by a firewall, a proxy or a server that restarts.",
        "Try again in a minute. If it continues, ask your network team what is between this computer and the host.",
    ),
    _net(
        ("Network is unreachable", "No route to host", "ENETUNREACH", "EHOSTUNREACH", "ERR_INTERNET_DISCONNECTED"),
        "host-unreachable",
        "This computer has no route to the host: there is no network or VPN, or a firewall blocks it.",
        "Check that this computer is online and connected to its VPN; then ask your network team.",
    ),
    _net(
        ("407 Proxy Authentication Required", "ERR_PROXY_AUTH_UNSUPPORTED"),
        "host-unreachable",
        "The proxy of this network requires a user name and password, so the product was not reached.",
        "Ask your network team for the login of the proxy, or for a way around it. Never put a password in an "
        "argument.",
    ),
    _net(
        (
            "Tunnel connection failed",
            "Received HTTP code * from proxy after CONNECT",
            "ERR_TUNNEL_CONNECTION_FAILED",
            "CONNECT tunnel failed, response",
        ),
        "host-unreachable",
        "The proxy of this network refused the connection, so the product was not reached.",
        "Ask your network team to allow this host in the proxy. Check HTTPS_PROXY and NO_PROXY: cxr-tui doctor shows "
        "them.",
    ),
)
