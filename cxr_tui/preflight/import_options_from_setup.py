"""Reads the options of an integration's import job from its screens if they can be read, else from answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.instruction import Site, VisitRefusedError
from cxr_tui.domain.ports import World
from cxr_tui.domain.responsys_data import ListSchema
from cxr_tui.guide.forms.connect_job import job_screen
from cxr_tui.preflight.import_options import FileForm, ImportOptions, Target, charset_of, delimiter_of, enclosure_of


@dataclass(frozen=True)
class ExpectedOptions:
    """The options of the import job, and why some of them are not known."""

    options: ImportOptions
    unseen: tuple[str, ...] = ()
    """One sentence for each."""


async def expected_options(known: Known, world: World) -> ExpectedOptions:
    """Return the options of the integration's import job; ImportOptionsError.

    Screens come first: an input mistake shows there and not in the answers.
    """
    unseen: list[str] = []
    job = known.text("source-connectivity.job_name")
    source = await _shown(world, job, "Source Specification")
    target = await _shown(world, job, "Target Definition")
    lists: Sequence[ListSchema] = ()
    audience = world.audience()
    if audience is None:
        unseen.append(
            "Without an API user for CX Audience, the columns of the list are not known, so types are not checked."
        )
    else:
        try:
            lists = await audience.lists()
        except OutsideError as error:
            unseen.append(f"The lists of CX Audience could not be read ({error}), so types are not checked.")
    name = _text(target, "Target Tables") or known.text(
        "target-definition.target_list", known.text("integration-settings.profile_list")
    )
    schema = next((one for one in lists if one.name == name), None)
    mapping = target.get("Column mapping") or known.pairs("target-definition.mapping") or None
    columns = schema.columns if schema is not None else ()
    match_column = _text(target, "Match column") or known.text(
        "target-definition.match_column", known.text("integration-settings.match_column")
    )
    members = known.number("select-object.records") or None
    return ExpectedOptions(
        ImportOptions(
            _form(known, source),
            Target(
                match_column,
                dict(mapping) if isinstance(mapping, dict) else None,
                columns,
                name,
                members,
                known.text("target-definition.upload_format"),
            ),
        ),
        tuple(unseen),
    )


def _form(known: Known, source: Mapping[str, Value]) -> FileForm:
    step = "destination-specification"
    form = FileForm()
    delimiter = _text(source, "Field delimiter") or known.text(f"{step}.delimiter")
    enclosure = _text(source, "Field enclosure") or known.text(f"{step}.enclosure")
    charset = _text(source, "Character set") or known.text(f"{step}.character_set")
    header = source.get("First line contains column names")
    if header is None:
        header = known.value("source-specification.first_line")
    return replace(
        form,
        delimiter=delimiter_of(delimiter) if delimiter else form.delimiter,
        enclosure=enclosure_of(enclosure),
        charset=charset_of(charset) if charset else form.charset,
        header=header is not False,
    )


async def _shown(world: World, job: str, screen: str) -> Mapping[str, Value]:
    if world.screens is None or not job:
        return {}
    try:
        return await world.screens.look(Site.AUDIENCE, job_screen(job, screen))
    except (VisitRefusedError, OutsideError):
        return {}


def _text(shown: Mapping[str, Value], label: str) -> str:
    value = shown.get(label)
    return value if isinstance(value, str) else ""
