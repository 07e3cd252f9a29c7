"""How the API refuses: error bodies and the codes in use."""

from __future__ import annotations

from starlette.responses import JSONResponse


class ApiRefusalError(Exception):
    """Refuse: the API answers with an error instead of a result."""

    def __init__(self, status: int, code: str, title: str, detail: str = "") -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail

    def response(self) -> JSONResponse:
        """Return the error body in its documented shape (facts A.5; documented)."""
        body = {"type": "", "title": self.title, "errorCode": self.code, "detail": self.detail, "errorDetails": []}
        return JSONResponse(body, self.status, media_type="application/json;charset=UTF-8")


def wrong_user_or_password() -> ApiRefusalError:
    """Refuse with 400, not 401 (facts A.5; documented and observed)."""
    return ApiRefusalError(400, "INVALID_USER_NAME_PASSWORD", "Invalid username or password")


def password_expired() -> ApiRefusalError:
    """Refuse: the password ran out (documented), or is still the temporary one (facts F; inferred)."""
    return ApiRefusalError(401, "PASSWORD_EXPIRED", "Password expired")


def password_locked() -> ApiRefusalError:
    """Refuse: the user is locked out (facts A.5; documented)."""
    return ApiRefusalError(401, "PASSWORD_LOCKOUT", "Password locked")


def api_disabled() -> ApiRefusalError:
    """Refuse: web services are off for account or user (documented), or the user is suspended (facts F; inferred)."""
    return ApiRefusalError(401, "API_DISABLED_FOR_USER", "API disabled for user", "API is disabled for user")


def connect_disabled() -> ApiRefusalError:
    """Refuse: the user may not use Connect (facts A.5, A.9; documented)."""
    return ApiRefusalError(
        401,
        "CONNECT_DISABLED_FOR_USER",
        "Connect disabled for user",
        "DataIntegrationGateway not enabled for user.",
    )


def address_not_allowed() -> ApiRefusalError:
    """Refuse an address; the restriction is documented, its code for CX Audience (facts A.5; here inferred)."""
    return ApiRefusalError(401, "LOGIN_BLOCKED_INVALID_IPRANGE", "Not a valid client IP range.")


def insufficient_access(detail: str = "") -> ApiRefusalError:
    """Refuse: the user lacks the role or the organization (facts A.5; documented)."""
    return ApiRefusalError(401, "INSUFFICIENT_ACCESS", "Insufficient access", detail)


def invalid_token() -> ApiRefusalError:
    """Refuse: no token, a made-up one, or one of another host (facts A.5; observed)."""
    return ApiRefusalError(401, "INVALID_TOKEN", "Not a valid token", "Not a valid authentication token")


def token_expired() -> ApiRefusalError:
    """Refuse: the token's life is over (facts A.5; documented)."""
    return ApiRefusalError(401, "TOKEN_EXPIRED", "Authentication token expired.")


def limit_exceeded(function: str) -> ApiRefusalError:
    """Refuse: too many calls of one function in this minute (facts A.5, A.6; documented)."""
    return ApiRefusalError(
        400,
        "API_LIMIT_EXCEEDED",
        "API limit exceeded",
        f"You exceeded your allowable limit to call the {function} API function. Please try again in a minute.",
    )


def invalid_parameter(detail: str) -> ApiRefusalError:
    """Refuse: a request the API cannot read (facts A.5; documented)."""
    return ApiRefusalError(400, "INVALID_PARAMETER", "Invalid request parameters", detail)


def invalid_field(name: str) -> ApiRefusalError:
    """Refuse: a column that the list does not have (facts A.5; code documented, text inferred)."""
    return ApiRefusalError(400, "INVALID_FIELD_NAME", "Invalid field name", f"{name} is not a valid field name")


def list_not_found(name: str) -> ApiRefusalError:
    """Refuse: no such list (facts A.5: text observed, status inferred)."""
    return ApiRefusalError(404, "LIST_NOT_FOUND", "List not found", f"{name} List Not Found")


def record_not_found() -> ApiRefusalError:
    """Refuse: no such member (facts A.5: code documented, status inferred)."""
    return ApiRefusalError(404, "RECORD_NOT_FOUND", "Record not found", "No records found for the given ids")


def resource_not_found() -> ApiRefusalError:
    """Refuse: no such path or object (facts A.5; observed)."""
    return ApiRefusalError(404, "RESOURCE_NOT_FOUND", "Resource not found")
