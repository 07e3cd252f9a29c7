"""Messages of the two products: the sign-in page, REST, Connect, and rejected records of an import."""

from __future__ import annotations

from functools import partial

from cxr_tui.domain.certainty import Basis
from cxr_tui.domain.errors import LoginRefusedError, NoAccessError, RefusedError, ThrottledError
from cxr_tui.guide.catalog.errors import cause_of
from cxr_tui.guide.catalog.explanation import Cause, Message, Origin, cause, message
from cxr_tui.guide.definition import Product
from cxr_tui.guide.screens import USER_MANAGEMENT

_rest = partial(message, origin=Origin.REST, basis=Basis.DOCUMENTED, facts="A.5")
_connect = partial(message, origin=Origin.CONNECT, basis=Basis.DOCUMENTED, facts="A.9")
_reject = partial(message, origin=Origin.IMPORT, basis=Basis.DOCUMENTED, facts="C.9")


def _as_refused(error: RefusedError) -> Cause:
    """Return the cause that a check reports for the same answer."""
    return cause_of(error, Product.RESPONSYS, first_contact=False)


def _login(code: str) -> Cause:
    return _as_refused(LoginRefusedError(401, code))


PRODUCTS: tuple[Message, ...] = (
    Message(
        Origin.SIGN_IN,
        (
            "ui.authentication.login.browserLoginNotAllowed",
            "authentication.login.browserLoginNotAllowed",
            "login.browserLoginNotAllowed",
            "browserLoginNotAllowed",
        ),
        cause(
            "temporary-password",
            "A user with only web services roles cannot use the Responsys interface. If you get it while setting the "
            "password, the temporary password cannot be changed this way.",
            f"An Account Administrator opens {USER_MANAGEMENT}, selects the user and clicks Reset password. The email "
            "lets the recipient set a password without logging in. Give the user no other role.",
        ),
        Basis.DOCUMENTED,
        "B.3",
    ),
    _rest(("INVALID_USER_NAME_PASSWORD",), _login("INVALID_USER_NAME_PASSWORD")),
    _rest(("PASSWORD_EXPIRED",), _login("PASSWORD_EXPIRED")),
    _rest(("PASSWORD_LOCKOUT",), _login("PASSWORD_LOCKOUT")),
    _rest(
        ("API_DISABLED_FOR_USER", "API is disabled for user", "API disabled for user"), _login("API_DISABLED_FOR_USER")
    ),
    _rest(
        ("LOGIN_BLOCKED_INVALID_IPRANGE", "Not a valid client IP range"),
        _login("LOGIN_BLOCKED_INVALID_IPRANGE"),
    ),
    _rest(("LOGIN_BLOCKED_TEMPORARILY", "Login is blocked temporarily"), _login("LOGIN_BLOCKED_TEMPORARILY")),
    _rest(("ACCOUNT_SUSPENDED", "Account is in suspended state"), _login("ACCOUNT_SUSPENDED")),
    _rest(
        ("USER_BLOCKED",),
        "login-unclear",
        "This user is blocked.",
        f"Have an Account Administrator check the user and unlock it: {USER_MANAGEMENT}.",
    ),
    _rest(
        ("WS_ARG_DISABLED", "Account Resource Group (ARG) is disabled"),
        "service-fault",
        "Web services are disabled for the group that this account belongs to.",
        "Try again later. If it continues, open a service request in My Oracle Support.",
    ),
    _rest(("INSUFFICIENT_ACCESS",), _as_refused(NoAccessError(401, "INSUFFICIENT_ACCESS"))),
    _rest(
        ("INVALID_TOKEN", "TOKEN_EXPIRED", "Not a valid authentication token"),
        "token-expired",
        "The token of this session has expired, or was not sent as documented: without a prefix, in the Authorization "
        "header, to the address that the login returned.",
        "cxr-tui logs in again once on its own. In another program: log in again, send the token without Bearer, and "
        "to endPoint instead of the login host.",
    ),
    _rest(
        ("API_LIMIT_EXCEEDED", "You exceeded your allowable limit to call the"),
        _as_refused(ThrottledError(400, "API_LIMIT_EXCEEDED")),
    ),
    _rest(
        ("INTERNAL_CAPACITY_LIMIT_EXCEEDED",),
        "throttled",
        "The pod has reached its capacity; its counters are reset every 10 minutes. The account's limits are not used "
        "up.",
        "Wait for 10 minutes, then check again.",
    ),
    _rest(
        ("API_BLOCKED",),
        "call-refused",
        "This function is blocked for the account or the user.",
        "Ask Oracle Support to make it available.",
    ),
    _rest(
        ("DUPLICATE_API_REQUEST",),
        "call-refused",
        "The same request is still being processed.",
        "Wait for its answer and do not send it twice.",
    ),
    _rest(
        ("UNEXPECTED_EXCEPTION",),
        "service-fault",
        "The service failed. With the text 'Not a valid authentication token' it means that the token has expired.",
        "Try again in a few minutes. If it continues: Send the whole answer to Oracle Support.",
        basis=Basis.OBSERVED,
    ),
    _rest(
        ("SERVICE_UNAVAILABLE",),
        "service-fault",
        "The service cannot answer now.",
        "Try again in a few minutes; planned maintenance takes longer.",
    ),
    _rest(
        ("INVALID_NUMBER", "INVALID_DATE", "INVALID_PARAMETER", "INVALID_OBJECT", "INVALID_REQUEST_CONTENT"),
        "call-refused",
        "A value in the request does not have the format that the call accepts.",
        "Read the detail of the answer, which names the value. Correct it in the program that sent the request.",
    ),
    _rest(
        ("INVALID_FIELD_NAME",),
        "call-refused",
        "The call names a column that the list does not have.",
        "Compare the name with the columns of the list.",
    ),
    _rest(
        ("RESOURCE_NOT_FOUND", "METHOD_NOT_SUPPORTED"),
        "not-found",
        "The address of the call does not exist or does not accept this kind of call: the path is wrong, or the host "
        "belongs to another product.",
        "Compare host and path with the documentation.",
    ),
    _rest(
        ("RECORD_NOT_FOUND", "NO_RECIPIENT_FOUND"),
        "not-found",
        "The list has no member with this value.",
        "Compare the value.",
    ),
    _rest(
        ("MULTIPLE_RECIPIENTS_FOUND",),
        "match-column-empty",
        "Several members have this value, so the column does not identify a single one.",
        "Select a match column whose values are unique.",
    ),
    _rest(
        ("LIST_NOT_FOUND", "PROFILE_LIST_NOT_FOUND", "PROFILE_LIST_NOT_FOUND_IN_FOLDER"),
        "list-missing",
        "No list has this name, or this user cannot see it.",
        "Compare the name with Data > Profile Lists, including upper and lower case. If it is right, check the "
        "organization of the user.",
    ),
    _rest(
        ("MERGEFAILED: Record * is not valid for the field type", "MERGEFAILED"),
        "rows-rejected",
        "A record was rejected, for the reason after the colon; the other records of the call were accepted.",
        "Correct the value or the type of the column, and send the record again.",
        facts="A.8",
        basis=Basis.OBSERVED,
    ),
    _rest(
        (
            "CLIENT_CERTIFICATE_EXPIRED",
            "CLIENT_CERTIFICATE_NOT_YET_VALID",
            "CLIENT_CERTIFICATE_NOT_FOUND",
            "SERVER_CERTIFICATE_EXPIRED",
            "SERVER_CERTIFICATE_NOT_YET_VALID",
            "SERVER_CERTIFICATE_NOT_FOUND",
            "PRIVATE_KEY_NOT_FOUND",
        ),
        "login-refused",
        "A certificate or private key of a certificate login is missing, has expired, or is not valid yet.",
        "The integration user logs in with user name and password. If another program logs in with a certificate, "
        "check the certificates in the settings of its user.",
    ),
    _connect(
        ("CONNECT_DISABLED_FOR_USER", "DataIntegrationGateway not enabled for user"),
        _as_refused(NoAccessError(401, "CONNECT_DISABLED_FOR_USER")),
    ),
    _connect(
        ("CONNECT_JOB_INACTIVE", "Connect job not active", "Connect Job status is Inactive and can't be run"),
        "job-inactive",
        "The job was saved, but not activated.",
        "Open the job in Connect, set its expiration, and click Activate, then Save & Close.",
    ),
    _connect(
        ("Job Id should be a numeric value",),
        "call-refused",
        "The call needs the number of the job, not its name.",
        "Use the job id that Connect shows.",
    ),
    _reject(
        ("INVALID DATA FORMAT",),
        "rows-rejected",
        "A value does not fit its column: a date or number in another format, or a delimiter inside a value, which "
        "breaks the row if the fields have no enclosure.",
        "Read the rejected row. Compare the date formats of both accounts, and search the data for the delimiter: "
        "cxr-tui preflight FILE does both.",
    ),
    _reject(
        ("NOT UPDATED PER MERGE RULE",),
        "rows-rejected",
        "The merge rule of the import does not update this record.",
        "Open the import job and check its rule for new and existing records.",
    ),
    _reject(
        ("MUST HAVE VALID CUSTOMER ID OR EMAIL ADDRESS OR MOBILE NUMBER",),
        "rows-rejected",
        "The record has no customer ID, no usable email address and no mobile number.",
        "Fill at least one of the three, and map its column.",
    ),
    _reject(
        ("match field cannot be empty",),
        "match-column-empty",
        "The match column of this record is empty, so it cannot be matched.",
        "Fill it, or select a match column that every record has; then change the integration settings too.",
    ),
    _reject(
        ("POSTAL_STREET_1_ field cannot be empty", "mobile number field cannot be empty"),
        "rows-rejected",
        "The import requires a postal address or a mobile number, and this record has none.",
        "Fill the column, or let the import require another channel.",
    ),
    _reject(
        ("INVALID FORMAT FOR MOBILE NUMBER",),
        "rows-rejected",
        "A mobile number has 6 to 15 digits and nothing else.",
        "Remove blanks, plus signs and dashes from the column.",
    ),
    _reject(
        ("INVALID FORMAT FOR MOBILE COUNTRY",),
        "rows-rejected",
        "A mobile country is the two letters of ISO 3166, such as US.",
        "Correct the column.",
    ),
)
