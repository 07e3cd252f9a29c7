"""Messages on screens and in files of the products: sign-in page, rejected records of an import."""

from __future__ import annotations

from cxr_tui.domain.certainty import Basis
from cxr_tui.guide.catalog.explanation import Message, Origin, cause
from cxr_tui.guide.screens import USER_MANAGEMENT

_SIGN_IN = (
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
)


def _reject(phrase: str, trap: str, why: str, remedy: str) -> Message:
    return Message(Origin.IMPORT, (phrase,), cause(trap, why, remedy), Basis.DOCUMENTED, "C.9")


_IMPORT = (
    _reject(
        "INVALID DATA FORMAT",
        "rows-rejected",
        "A value does not fit its column: a date or number in another format, or a delimiter inside a value, which "
        "breaks the row if the fields have no enclosure.",
        "Read the rejected row. Compare the date formats of both accounts, and search the data for the delimiter: "
        "cxr-tui preflight FILE does both.",
    ),
    _reject(
        "NOT UPDATED PER MERGE RULE",
        "rows-rejected",
        "The merge rule of the import does not update this record.",
        "Open the import job and check its rule for new and existing records.",
    ),
    _reject(
        "MUST HAVE VALID CUSTOMER ID OR EMAIL ADDRESS OR MOBILE NUMBER",
        "rows-rejected",
        "The record has no customer ID, no usable email address and no mobile number.",
        "Fill at least one of the three, and map its column.",
    ),
    _reject(
        "match field cannot be empty",
        "match-column-empty",
        "The match column of this record is empty, so it cannot be matched.",
        "Fill it, or select a match column that every record has; then change the integration settings too.",
    ),
    _reject(
        "POSTAL_STREET_1_ field cannot be empty",
        "rows-rejected",
        "The import requires a postal address, and this record has no street.",
        "Fill the column, or let the import require another channel.",
    ),
    _reject(
        "mobile number field cannot be empty",
        "rows-rejected",
        "The import requires a mobile number, and this record has none.",
        "Fill the column, or let the import require another channel.",
    ),
    _reject(
        "INVALID FORMAT FOR MOBILE NUMBER",
        "rows-rejected",
        "A mobile number has 6 to 15 digits and nothing else.",
        "Remove blanks, plus signs and dashes from the column.",
    ),
    _reject(
        "INVALID FORMAT FOR MOBILE COUNTRY",
        "rows-rejected",
        "A mobile country is the two letters of ISO 3166, such as US.",
        "Correct the column.",
    ),
)

PAGES: tuple[Message, ...] = (*_SIGN_IN, *_IMPORT)
