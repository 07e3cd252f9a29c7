"""Messages of the APIs of Responsys and CX Audience: REST, Connect, SOAP."""

from __future__ import annotations

from functools import partial

from cxr_tui.domain.certainty import Basis
from cxr_tui.domain.errors import LoginRefusedError, NoAccessError, NotFoundError, RefusedError, ThrottledError
from cxr_tui.guide.catalog.errors import cause_of
from cxr_tui.guide.catalog.explanation import Cause, Message, Origin, cause, message
from cxr_tui.guide.definition import Product
from cxr_tui.guide.screens import USER_MANAGEMENT

_SUPPORT = "Send the whole answer to Oracle Support."
_CERTIFICATE_LOGIN = (
    "The integration user logs in with user name and password. If another program logs in with a certificate, check "
    "the certificates in the settings of its user."
)


def _as_refused(error: RefusedError) -> Cause:
    """Return the cause that a check reports for the same answer."""
    return cause_of(error, Product.RESPONSYS, first_contact=False)


def _login(code: str, title: str = "") -> Cause:
    return _as_refused(LoginRefusedError(401, code, title))


_DEAD_TOKEN = cause(
    "token-expired",
    "The token of this session has expired, or was not sent as documented: without a prefix, in the Authorization "
    "header, to the address that the login returned.",
    "cxr-tui logs in again once on its own. In another program: log in again, send the token without Bearer, and to "
    "endPoint instead of the login host.",
)
_NOT_THERE = _as_refused(NotFoundError(404, "NOT_FOUND"))
_PARAMETER = cause(
    "call-refused",
    "A value in the request does not have the format that the call accepts.",
    "Read the detail of the answer, which names the value. Correct it in the program that sent the request.",
)
_LOCKED = _login("PASSWORD_LOCKOUT")
_CAPACITY = cause(
    "throttled",
    "The pod has reached its capacity; its counters are reset every 10 minutes. The account's limits are not used up.",
    "Wait for 10 minutes, then check again.",
)


_rest = partial(message, origin=Origin.REST, basis=Basis.DOCUMENTED, facts="A.5")


_REST = (
    _rest(
        ("INVALID_USER_NAME_PASSWORD",),
        _as_refused(LoginRefusedError(400, "INVALID_USER_NAME_PASSWORD")),
    ),
    _rest(("PASSWORD_EXPIRED",), _login("PASSWORD_EXPIRED")),
    _rest(("PASSWORD_LOCKOUT",), _LOCKED),
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
    _rest(("INVALID_TOKEN", "Not a valid authentication token"), _DEAD_TOKEN),
    _rest(("TOKEN_EXPIRED",), _DEAD_TOKEN),
    _rest(
        ("API_LIMIT_EXCEEDED", "You exceeded your allowable limit to call the"),
        _as_refused(ThrottledError(400, "API_LIMIT_EXCEEDED")),
    ),
    _rest(("INTERNAL_CAPACITY_LIMIT_EXCEEDED",), _CAPACITY),
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
        f"Try again in a few minutes. If it continues: {_SUPPORT}",
        basis=Basis.OBSERVED,
    ),
    _rest(
        ("SERVICE_UNAVAILABLE",),
        "service-fault",
        "The service cannot answer now.",
        "Try again in a few minutes; planned maintenance takes longer.",
    ),
    _rest(("INVALID_NUMBER",), _PARAMETER),
    _rest(("INVALID_DATE",), _PARAMETER),
    _rest(("INVALID_PARAMETER",), _PARAMETER),
    _rest(("INVALID_OBJECT",), _PARAMETER),
    _rest(("INVALID_REQUEST_CONTENT",), _PARAMETER),
    _rest(
        ("INVALID_FIELD_NAME",),
        "call-refused",
        "The call names a column that the list does not have.",
        "Compare the name with the columns of the list.",
    ),
    _rest(
        ("METHOD_NOT_SUPPORTED",),
        "call-refused",
        "The address exists, but does not accept this kind of call.",
        "Correct the program that sent it.",
    ),
    _rest(
        ("RESOURCE_NOT_FOUND",),
        "not-found",
        "The address of the call does not exist: the path is wrong, or the host belongs to another product.",
        "Compare host and path with the documentation.",
    ),
    _rest(("CAMPAIGN_NOT_FOUND",), _NOT_THERE),
    _rest(
        ("CAMPAIGN_ALREADY_EXISTS",),
        "call-refused",
        "A campaign with this name exists.",
        "Use another name. This integration needs no campaign.",
    ),
    _rest(
        ("RECIPIENT_LIMIT_EXCEEDED",),
        "call-refused",
        "A call accepts at most 200 records.",
        "Send them in several calls.",
        facts="A.7",
    ),
    _rest(
        ("MAX_ATTACHMENT_SIZE_EXCEEDED",),
        "call-refused",
        "An attachment is larger than the limit.",
        "Make it smaller. This integration sends no attachments.",
    ),
    _rest(("NO_RECIPIENT_FOUND",), _NOT_THERE),
    _rest(("RECORD_NOT_FOUND",), "not-found", "The list has no member with this value.", "Compare the value."),
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
        ("CLIENT_CERTIFICATE_EXPIRED",),
        "login-refused",
        "The client's certificate has expired.",
        _CERTIFICATE_LOGIN,
    ),
    _rest(
        ("CLIENT_CERTIFICATE_NOT_YET_VALID",),
        "login-refused",
        "The client's certificate is not valid yet.",
        _CERTIFICATE_LOGIN,
    ),
    _rest(
        ("CLIENT_CERTIFICATE_NOT_FOUND",),
        "login-refused",
        "The user has no client certificate.",
        _CERTIFICATE_LOGIN,
    ),
    _rest(
        ("SERVER_CERTIFICATE_EXPIRED", "SERVER_CERTIFICATE_NOT_YET_VALID", "SERVER_CERTIFICATE_NOT_FOUND"),
        "login-refused",
        "The server certificate of the certificate login cannot be used.",
        _CERTIFICATE_LOGIN,
    ),
    _rest(
        ("PRIVATE_KEY_NOT_FOUND",),
        "login-refused",
        "The certificate login finds no private key.",
        _CERTIFICATE_LOGIN,
    ),
)

_CONNECT = (
    Message(
        Origin.CONNECT,
        ("CONNECT_DISABLED_FOR_USER", "DataIntegrationGateway not enabled for user"),
        _as_refused(NoAccessError(401, "CONNECT_DISABLED_FOR_USER")),
        Basis.DOCUMENTED,
        facts="A.9",
    ),
    Message(
        Origin.CONNECT,
        ("CONNECT_JOB_INACTIVE", "Connect job not active", "Connect Job status is Inactive and can't be run"),
        cause(
            "job-inactive",
            "The job was saved, but not activated.",
            "Open the job in Connect, set its expiration, and click Activate, then Save & Close.",
        ),
        Basis.DOCUMENTED,
        facts="A.9",
    ),
    Message(
        Origin.CONNECT,
        ("Job Id should be a numeric value",),
        cause(
            "call-refused", "The call needs the number of the job, not its name.", "Use the job id that Connect shows."
        ),
        Basis.DOCUMENTED,
        facts="A.9",
    ),
)


def _soap(code: str, trap: str, why: str, remedy: str) -> Message:
    # Oracle lists these names without an explanation, so the name has to explain them.
    return Message(Origin.SOAP, (code,), cause(trap, f"By its name, {why}", remedy), Basis.INFERRED, "A.5")


_SOAP = (
    _soap(
        "INVALID_PASSWORD",
        "login-refused",
        "the password is wrong.",
        "Do not try another login: five refusals lock the user. Check the password first.",
    ),
    _soap(
        "MAX_LOGIN_FAILURES_EXCEEDED",
        "password-locked",
        "too many logins were refused.",
        f"Do not try again. Wait for an hour, or have an Account Administrator unlock the user: {USER_MANAGEMENT}.",
    ),
    _soap(
        "MAX_CONCURRENT_SESSIONS_EXCEEDED",
        "login-unclear",
        "too many sessions are open. This does not mean that the password is wrong.",
        "End the sessions of other programs, then check again.",
    ),
    _soap(
        "LOGINS_DISABLED",
        "login-unclear",
        "logins are disabled for a while, such as during maintenance.",
        "Try again later. If it continues, ask Oracle Support.",
    ),
    _soap(
        "INACTIVE_ACCOUNT",
        "login-unclear",
        "the account is not active.",
        "Ask the Account Administrator of Responsys, and Oracle Support.",
    ),
    _soap(
        "INVALID_AUTH_OPTION",
        "login-unclear",
        "the user may not log in this way, such as with a password where a certificate is required.",
        f"Check the kind of login in the settings of the user: {USER_MANAGEMENT}.",
    ),
    _soap("SERVER_CHALLENGES_DO_NOT_MATCH", "login-refused", "the certificate login failed.", _CERTIFICATE_LOGIN),
    _soap(
        "INVALID_SESSION_ID",
        "token-expired",
        "the session has ended.",
        "Log in again. cxr-tui does so on its own.",
    ),
    _soap(
        "REQUEST_LIMIT_EXCEEDED",
        "throttled",
        "the limit of calls is used up.",
        "Wait for a minute. Make fewer calls, or ask who else uses the account's limit.",
    ),
    _soap("LIST_ALREADY_EXISTS", "call-refused", "a list with this name exists.", "Use another name."),
    _soap("FOLDER_NOT_FOUND", "not-found", "no folder has this name.", "Compare the name in Responsys."),
    _soap("RECORD_LIMIT_EXCEEDED", "call-refused", "a call has too many records.", "Send at most 200 per call."),
)


API: tuple[Message, ...] = (*_REST, *_CONNECT, *_SOAP)
