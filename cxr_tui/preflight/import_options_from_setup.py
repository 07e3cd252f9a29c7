"""Reads the options of an integration's import job from its screens if they can be read, else from answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.instruction import Site, VisitRefusedError
from cxr_tui.domain.ports import World
from cxr_tui.domain.responsys_data import ListSchema
from cxr_tui.guide.forms.connect_job import job_screen
from cxr_tui.preflight.import_options import FileForm, ImportOptions, Target, charset_of, delimiter_of, enclosure_of


async def expected_options(known: Known, world: World) -> ImportOptions:
    """Return the options of the integration's import job; ImportOptionsError.

    Screens come first: an input mistake shows there and not in the answers.
    """
    settings, export, import_ = "integration-settings", "destination-specification", "target-definition"
    source: Mapping[str, Value | None] = {
        "Field delimiter": known.text(f"{export}.delimiter"),
        "Field enclosure": known.text(f"{export}.enclosure"),
        "Character set": known.text(f"{export}.character_set"),
        "First line contains column names": known.value("source-specification.first_line"),
        **await _shown(known, world, "Source Specification"),
    }
    target: Mapping[str, Value] = {
        "Target Tables": known.text(f"{import_}.target_list", known.text(f"{settings}.profile_list")),
        "Match column": known.text(f"{import_}.match_column", known.text(f"{settings}.match_column")),
        "Column mapping": known.pairs(f"{import_}.mapping"),
        **await _shown(known, world, "Target Definition"),
    }
    name, mapping = str(target["Target Tables"]), target["Column mapping"]
    lists, unseen = await _lists(world)
    return ImportOptions(
        FileForm(
            delimiter_of(str(source["Field delimiter"]) or "Comma"),
            enclosure_of(str(source["Field enclosure"])),
            charset_of(str(source["Character set"]) or "UTF-8"),
            header=source["First line contains column names"] is not False,
        ),
        Target(
            str(target["Match column"]),
            mapping if isinstance(mapping, dict) and mapping else None,
            next((one.columns for one in lists if one.name == name), ()),
            name,
            known.number("select-object.records") or None,
            known.text(f"{import_}.upload_format"),
        ),
        unseen,
    )


async def _lists(world: World) -> tuple[Sequence[ListSchema], tuple[str, ...]]:
    """Return the lists of CX Audience, and why they are not known, if so."""
    audience = world.audience()
    if audience is None:
        why = "Without an API user for CX Audience, the columns of the list are not known, so types are not checked."
        return (), (why,)
    try:
        return await audience.lists(), ()
    except OutsideError as error:
        return (), (f"The lists of CX Audience could not be read ({error}), so types are not checked.",)


async def _shown(known: Known, world: World, screen: str) -> Mapping[str, Value]:
    """Return the filled entries of a screen of the import job; none if it cannot be read."""
    job = known.text("source-connectivity.job_name")
    if world.screens is None or not job:
        return {}
    try:
        shown = await world.screens.look(Site.AUDIENCE, job_screen(job, screen))
    except (VisitRefusedError, OutsideError):
        return {}
    return {label: value for label, value in shown.items() if value not in ("", {})}
