"""Step 9: whether CX Audience inserts records of Responsys, and saving the page."""

from __future__ import annotations

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Fix, Outcome
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.guide.checks.sandbox_screen import shown_on_screen
from cxr_tui.guide.definition import Check, Choice, Fact, Field, Kind, Note, Part, Product, Step, keys_of
from cxr_tui.guide.help_links import DATA_PRIVACY, PROFILE_INSERTS
from cxr_tui.guide.screens import INTEGRATION_SETTINGS

INSERT = "Insert new profile list records from Responsys"
PHRASE = "Yes, this cannot be undone"
NO, YES = "no", "yes"
_ID = "record-handling"
_FOR_GOOD = "Once saved as Yes, this cannot be changed on the page; only Oracle Support can help then."


def _undecided(known: Known) -> bool:
    """Return whether Yes is entered without its sentence: then the page must not be saved yet."""
    return known.text(f"{_ID}.insert_new") == YES and known.text(f"{_ID}.confirmation") != PHRASE


def _visits(known: Known) -> tuple[Visit, ...]:
    if _undecided(known):
        return ()
    return (
        Visit(
            Site.AUDIENCE,
            INTEGRATION_SETTINGS,
            {INSERT: known.text(f"{_ID}.insert_new") == YES},
            ("Save",),
            note="Review the whole page (entries of step 8), then click Save. Saving may log in to Responsys (not "
            "documented), so click it only once.",
        ),
    )


async def _check(c: Check) -> Outcome:
    report, known = c.report, c.known
    wanted = known.text(f"{_ID}.insert_new") == YES
    if _undecided(known):
        report.fail(
            "insert-irreversible",
            "Yes is entered, but not confirmed.",
            _FOR_GOOD,
            f'To confirm Yes, type "{PHRASE}"; otherwise select No. Do not click Save before that.',
            Fix("Use No", {f"{_ID}.insert_new": NO}),
            hard_stop=True,
        )
        return report.verified()
    page = await shown_on_screen(c, Site.AUDIENCE, INTEGRATION_SETTINGS)
    if wanted:
        report.learn("answered_yes", True)
        report.entered("insert-confirmed", "Yes, and you confirmed that this cannot be undone.", _FOR_GOOD)
    elif page and page.get(INSERT) is True:
        report.fail(
            "insert-irreversible",
            f"{INSERT}: saved as Yes, entered here as No.",
            f"{_FOR_GOOD} Until then CX Audience inserts every profile that exists only in Responsys.",
            "Ask Oracle Support to set it back, then check again. If you want Yes after all, select Yes here and type "
            f'"{PHRASE}".',
        )
    else:
        report.entered("insert-off", "No; profiles arrive only through the import job.")
        if known.flag(f"{_ID}.answered_yes") and not page:
            report.warn(
                "insert-irreversible",
                "Yes was entered before.",
                f"{_FOR_GOOD} If Yes was saved, the checkbox stays selected.",
                f"Open {' > '.join(INTEGRATION_SETTINGS)}. If the checkbox is selected, ask Oracle Support, or select "
                "Yes here.",
            )
    return report.confirmable()


STEP = Step(
    id=_ID,
    title="List record handling",
    part=Part.AUDIENCE,
    product=Product.AUDIENCE,
    purpose="Decide whether CX Audience inserts profiles that exist only in Responsys, then save the settings.",
    check=_check,
    source="Integrating with Responsys, set up the integration in CX Audience, step 4.8 (documented)",
    fields=(
        Field(
            "insert_new",
            INSERT,
            Kind.CHOICE,
            help="With Yes, CX Audience inserts profiles that the match column finds only in Responsys, with the "
            "columns that have the same properties in both lists. The import job brings profiles either way.",
            default=NO,
            choices=(
                Choice(NO, "No", "Profiles arrive only through the import job"),
                Choice(YES, "Yes", "CX Audience also inserts profiles it does not have yet; this cannot be undone"),
            ),
        ),
        Field(
            "confirmation",
            "To confirm Yes, type: Yes, this cannot be undone",
            Kind.CONFIRM,
            help=_FOR_GOOD,
            shown=lambda known: known.text(f"{_ID}.insert_new") == YES,
            # Where it is empty, the check names the consequence; the form would only ask for a value.
            optional=True,
            phrase=PHRASE,
        ),
    ),
    notes=(
        Note(
            f"{_FOR_GOOD} If you are not sure, leave it at No.",
            warning=True,
        ),
        Note(
            "The insert uses the match column of step 8 to find profiles that exist in Responsys but not in CX "
            "Audience."
        ),
        Note(
            "Only columns with the same properties in both lists are inserted. Example: AGE_RANGE is not synced if the "
            "CX Audience list has no such column."
        ),
        Note(
            "If two Responsys profile lists have a column of the same name, the value of the record updated last is "
            "inserted. Example: customer 1001 is in two lists with two cities; the city updated last is inserted."
        ),
        Note("Permission and deliverability status are not synced; Responsys maintains them."),
    ),
    links=(DATA_PRIVACY, PROFILE_INSERTS),
    facts=(Fact("answered_yes", "Yes was entered before"),),
    visits=_visits,
    rests_on=(
        *keys_of("integration-settings", "profile_list", "match_column"),
        "record-handling.answered_yes",
    ),
)
