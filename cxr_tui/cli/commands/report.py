"""`report`: what was set up and by which evidence, and the texts for others; without secrets."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.open_integration import attached_sandbox, open_real
from cxr_tui.cli.step_output import SCHEMA, say, tell
from cxr_tui.integration.integration import Integration
from cxr_tui.reports.files import save
from cxr_tui.reports.handover import handover
from cxr_tui.reports.handover_formats import handover_html, handover_markdown
from cxr_tui.reports.messages import Text, texts, texts_document
from cxr_tui.security.redaction import redact, redact_document

REPORT_SCHEMA = 2
"""Version of the report as JSON."""


async def report(args: Namespace) -> Exit:
    """Print or write the handover report, or the texts for others."""
    if args.at:
        async with attached_sandbox(Path(args.at), args.integration) as integration:
            return _give(args, integration)
    integration = open_real(args.integration)
    try:
        return _give(args, integration)
    finally:
        await integration.close()


def _give(args: Namespace, integration: Integration) -> Exit:
    told = _texts(args, integration) if args.texts else _report(args, integration)
    if told is None:
        return Exit.USAGE
    if args.output is None:
        say(told)
        return Exit.OK
    try:
        path = save(Path(args.output), f"{redact(told)}\n")
    except OSError as error:
        tell(f"{args.output}: nothing was written: {error.strerror or error}")
        return Exit.USAGE
    tell(f"Written, for you alone: {path}")
    return Exit.OK


def _report(args: Namespace, integration: Integration) -> str:
    document = redact_document(handover(integration, notes=args.notes))
    match args.format:
        case "json":
            return _json({"schema": REPORT_SCHEMA, **document})
        case "html":
            return handover_html(document).rstrip("\n")
        case _:
            return handover_markdown(document)


def _texts(args: Namespace, integration: Integration) -> str | None:
    found = texts(integration)
    wanted = [one for one in found if args.texts in ("all", one.id)]
    if not wanted and args.texts != "all":
        tell(f"There is no text {args.texts} by now; there are: {', '.join(one.id for one in found) or 'none'}")
        return None
    if args.format == "json":
        return _json({"integration": integration.name, "texts": texts_document(tuple(wanted))})
    if args.texts != "all":
        return wanted[0].whole
    return "\n\n".join(map(_with_head, wanted)) or "There is nothing to write by now."


def _with_head(text: Text) -> str:
    rule = "─" * min(len(text.title), 78)
    return f"{text.title}  [{text.id}]\n{rule}\nTo: {text.to}\n\n{text.whole}"


def _json(document: dict[str, object]) -> str:
    return json.dumps({"schema": SCHEMA, **document}, ensure_ascii=False, indent=2)
