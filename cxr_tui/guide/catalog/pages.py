"""Messages that the screens and files of the products show: sign-in page, rejected records of an import."""

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
            "A user with only web services roles cannot use the Responsys interface. While the password is being "
            "set, it means that the temporary password cannot be changed this way.",
            f"An Account Administrator opens {USER_MANAGEMENT}, selects the user and presses Reset password. The mail "
            "that follows lets the contact set a password without a login. Give the user no other role.",
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
        "A value does not fit its column: a date or number of another form, or a delimiter inside a value, which "
        "breaks the row where the fields have no enclosure.",
        "Look at the rejected row. Compare the date formats of both accounts, and look for the delimiter in the data: "
        "cxr-tui preflight FILE does both.",
    ),
    _reject(
        "NOT UPDATED PER MERGE RULE",
        "rows-rejected",
        "The merge rule of the import leaves this record alone.",
        "Open the import job and look at its rule for new and existing records.",
    ),
    _reject(
        "MUST HAVE VALID CUSTOMER ID OR EMAIL ADDRESS OR MOBILE NUMBER",
        "rows-rejected",
        "The record has neither a customer id nor a usable email address nor a mobile number.",
        "Fill at least one of the three, and map its column.",
    ),
    _reject(
        "match field cannot be empty",
        "match-column-empty",
        "The match column of this record is empty, so it cannot be matched.",
        "Fill it, or choose a match column that every record has; then change the integration settings too.",
    ),
    _reject(
        "POSTAL_STREET_1_ field cannot be empty",
        "rows-rejected",
        "The import demands a postal address, and this record has no street.",
        "Fill the column, or let the import demand another channel.",
    ),
    _reject(
        "mobile number field cannot be empty",
        "rows-rejected",
        "The import demands a mobile number, and this record has none.",
        "Fill the column, or let the import demand another channel.",
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
