"""The traps of the first half, as a table: what is planted, and where and how it must be named."""

from __future__ import annotations

from typing import NamedTuple


class Trap(NamedTuple):
    """A planted fault, the step at which it is named, and what evidence, reason and remedy must say."""

    scenario: str
    step: str
    seen: tuple[str, ...]
    why: tuple[str, ...]
    remedy: tuple[str, ...]
    variant_of: str = ""
    status: str = "fail"
    until: str = "first-password"

    @property
    def code(self) -> str:
        return self.variant_of or self.scenario


NETWORK = ("network team",)
USER = "CXAudienceIntegrationacmeretail"
SETTINGS = "integration-settings"
KEY_PAIR = ("Select or generate key",)
ANOTHER_PAIR = ("Generate a key pair under another name",)

TRAPS = (
    # The two that wait for a time-out come first, so that the others run beside them.
    Trap(
        "service-fault-timeout",
        "first-password",
        ("no answer in time",),
        ("has answered before",),
        ("saved",),
        "service-fault",
        "unknown",
    ),
    Trap(
        "host-unreachable-timeout",
        "account",
        ("no answer in time",),
        ("firewall",),
        NETWORK,
        "host-unreachable",
        until="account",
    ),
    Trap("host-unreachable", "account", ("does not resolve",), ("DNS",), NETWORK, until="account"),
    Trap(
        "host-unreachable-dns",
        "account",
        ("login5.responsys.invalid",),
        ("DNS",),
        NETWORK,
        "host-unreachable",
        until="account",
    ),
    Trap(
        "host-unreachable-refused",
        "account",
        ("connection was refused",),
        ("refuses connections on this port",),
        ("firewall or proxy",),
        "host-unreachable",
        until="account",
    ),
    Trap(
        "host-unreachable-tls",
        "account",
        ("certificate: self-signed",),
        ("(TLS)", "Nothing secret was sent"),
        ("never switched off",),
        "host-unreachable",
        until="account",
    ),
    Trap(
        "identity-cloud-account",
        "account",
        ("Oracle Identity Cloud",),
        ("Add user page",),
        ("identity administrator",),
        until="account",
    ),
    Trap(
        "account-name-mismatch",
        "first-password",
        ('"acmeretail" was found', '"Acme Retail" was entered'),
        ("exact account name", "display name"),
        ('Use "acmeretail"',),
    ),
    Trap(
        "account-name-mismatch-case",
        "first-password",
        ('"Acmeretail" was entered',),
        ("same case",),
        ('Use "acmeretail"',),
        "account-name-mismatch",
    ),
    Trap(
        "wrong-login-host",
        "first-password",
        ("400 INVALID_USER_NAME_PASSWORD", USER),
        ("another pod", "refused login 1"),
        ("https://login2.responsys.net", "https://login.rsys9.net", "Account configuration"),
    ),
    Trap(
        "temporary-password",
        "first-password",
        ("400 INVALID_USER_NAME_PASSWORD", "The host is right"),
        ("temporary password from the email", "refused login 1", "stops after 2", "5 in a row lock"),
        ("Open the email", "ui.authentication.login.browserLoginNotAllowed", "Reset password"),
    ),
    Trap(
        "password-expired",
        "first-password",
        ("401 PASSWORD_EXPIRED",),
        ("has expired",),
        ("Account Administrator", "Reset password", "rotation"),
    ),
    Trap(
        "password-locked",
        "first-password",
        ("401 PASSWORD_LOCKOUT",),
        ("60 minutes", "does not try again on its own"),
        ("Account Administrator unlock",),
    ),
    Trap("password-characters", "first-password", ("+ & %", "No login was tried"), ("form data",), ("without + & %",)),
    Trap(
        "api-disabled",
        "first-password",
        ("401 API_DISABLED_FOR_USER",),
        ("suspended",),
        ("User status is Active", "Oracle Support"),
    ),
    Trap(
        "api-disabled-suspended",
        "first-password",
        ("401 API_DISABLED_FOR_USER",),
        ("suspended",),
        ("User status is Active",),
        "api-disabled",
    ),
    Trap(
        "ip-restricted",
        "first-password",
        ("LOGIN_BLOCKED_INVALID_IPRANGE",),
        ("certain networks only", "CX Audience"),
        ("View login IP restrictions", "Oracle Support"),
    ),
    Trap(
        "throttled",
        "first-password",
        ("API_LIMIT_EXCEEDED",),
        ("for this minute are used up",),
        ("Wait for a minute",),
        status="unknown",
    ),
    Trap("service-fault", "first-password", ("503: an HTML page",), ("Oracle's side",), ("saved",), status="unknown"),
    Trap(
        "service-fault-500",
        "first-password",
        ("500: UNEXPECTED_EXCEPTION",),
        ("Oracle's side",),
        ("saved",),
        "service-fault",
        "unknown",
    ),
    Trap(
        "service-fault-cut",
        "first-password",
        ("the connection was cut",),
        ("lost while the answer arrived",),
        ("saved",),
        "service-fault",
        "unknown",
    ),
    Trap(
        "missing-list-role",
        "role-assignment",
        ("Role Assignment shows Functional roles", "List Web Services Manager is missing"),
        ("two roles and no other",),
        ("select List Web Services Manager",),
    ),
    Trap(
        "missing-table-role",
        "role-assignment",
        ("Role Assignment shows Functional roles", "Table Web Services Manager is missing"),
        ("two roles and no other",),
        ("select Table Web Services Manager",),
    ),
    Trap(
        "extra-role",
        "role-assignment",
        ("Campaign Web Services Manager",),
        ("two roles and no other",),
        ("clear Campaign Web Services Manager",),
    ),
    Trap(
        "organization-not-root",
        "organization-assignment",
        ("Organization Assignment shows Organization",),
        ("may not see every list",),
        ('set Organization to "Root"',),
    ),
    Trap(
        "user-email-mismatch",
        "first-password",
        ('"crm.team@acmeretail.example" was found', '"jordan.rivera@acmeretail.example" was entered'),
        ("password reset",),
        ("or change it there",),
    ),
    Trap("user-locale", "first-password", ("User locale: de",), ("asks for English",), ("to English",)),
    Trap(
        "integration-not-enabled",
        SETTINGS,
        ("not selected, or not saved",),
        ("does not work until it is enabled",),
        ("Account > CX Audience settings", "step 7"),
        until=SETTINGS,
    ),
    Trap(
        "list-missing",
        SETTINGS,
        ('no list "CUSTOMER_PROFILES"', "Nearest: Customer_Profiles"),
        ("lower case matter",),
        ("Select a list",),
        until=SETTINGS,
    ),
    Trap(
        "match-column-absent",
        SETTINGS,
        ("CUSTOMER_PROFILES in CX Audience has no column CUSTOMER_ID_",),
        ("could not be matched",),
        ("EMAIL_ADDRESS_, MOBILE_NUMBER_",),
        until=SETTINGS,
    ),
    Trap(
        "match-column-empty",
        SETTINGS,
        ("9 sample records", "78% empty"),
        ("cannot be matched",),
        ("EMAIL_ADDRESS_ (",),
        until=SETTINGS,
    ),
    Trap(
        "match-column-empty-repeated",
        SETTINGS,
        ("sample records", "% duplicated"),
        ("treated as one profile",),
        ("EMAIL_ADDRESS_ (",),
        "match-column-empty",
        until=SETTINGS,
    ),
    Trap(
        "column-type-mismatch",
        SETTINGS,
        ("LIFETIME_VALUE is NUMBER in Responsys and STR25", "LOYALTY_TIER is STR25 in Responsys and STR4"),
        ("silently stay empty",),
        ("Change Schema",),
        until=SETTINGS,
    ),
    Trap(
        "insert-irreversible",
        "record-handling",
        ("Yes is entered, but not confirmed",),
        ("only Oracle Support",),
        ("Yes, this cannot be undone",),
        until="record-handling",
    ),
    Trap(
        "insert-irreversible-saved",
        "record-handling",
        ("saved as Yes, entered here as No",),
        ("only Oracle Support",),
        ("Ask Oracle Support",),
        "insert-irreversible",
        until="record-handling",
    ),
    Trap(
        "private-key-file",
        "generate-key",
        ("agency-secret.asc contains a private key",),
        ("Never upload or email it",),
        ("click Download",),
        until="generate-key",
    ),
    Trap("not-a-key-file", "generate-key", ("HTML page",), ("public key",), KEY_PAIR, until="generate-key"),
    Trap(
        "not-a-key-file-empty",
        "generate-key",
        ("empty file",),
        ("public key",),
        KEY_PAIR,
        "not-a-key-file",
        until="generate-key",
    ),
    Trap(
        "not-a-key-file-ssh",
        "generate-key",
        ("SSH public key",),
        ("public key",),
        KEY_PAIR,
        "not-a-key-file",
        until="generate-key",
    ),
    Trap(
        "not-a-key-file-truncated",
        "generate-key",
        ("cut off or was changed",),
        ("public key",),
        KEY_PAIR,
        "not-a-key-file",
        until="generate-key",
    ),
    Trap("key-expired", "generate-key", ("expired on 20",), ("no longer",), ANOTHER_PAIR, until="generate-key"),
    Trap(
        "key-expired-soon",
        "generate-key",
        ("expires on 20", "days"),
        ("would fail from that day on",),
        ANOTHER_PAIR,
        "key-expired",
        until="generate-key",
    ),
    Trap(
        "key-expired-revoked",
        "generate-key",
        ("has been revoked",),
        ("should be encrypted to it",),
        ANOTHER_PAIR,
        "key-expired",
        until="generate-key",
    ),
    Trap(
        "key-cannot-encrypt",
        "generate-key",
        ("can sign, but no part of it can encrypt",),
        ("could not encrypt",),
        ("encryption subkey",),
        until="generate-key",
    ),
    Trap(
        "key-weak", "generate-key", ("RSA key has 1024 bits",), ("personal data",), ANOTHER_PAIR, until="generate-key"
    ),
    Trap(
        "key-announces-aead",
        "generate-key",
        ("AEAD (OCB)",),
        ("cannot read",),
        ("no-aead",),
        until="generate-key",
    ),
    Trap(
        "key-mismatch",
        "import-key",
        ("now contains key", "at step 10 it was"),
        ("no file could be read",),
        ("Download the public key of step 10 again",),
        until="import-key",
    ),
)
INVISIBLE = "token-expired"
NOBODY_CAN_MEND = {"identity-cloud-account"}

EXACT = {"host-unreachable-tls": ("certificate-self-signed",)}
"""Codes that stand beside that of the trap and say more exactly what it is."""
