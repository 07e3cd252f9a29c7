"""`report`: what was set up and how it was verified, and messages for colleagues; without secrets."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.open_integration import open_integration
from cxr_tui.cli.output import SCHEMA, print_data, print_diagnostic
from cxr_tui.domain.errors import InputError
from cxr_tui.integration.integration import Integration
from cxr_tui.reports.files import save
from cxr_tui.reports.handover import handover
from cxr_tui.reports.handover_formats import handover_html, handover_markdown
from cxr_tui.reports.messages import Text, texts
from cxr_tui.security.redaction import redact, redact_document

REPORT_SCHEMA = 2
"""Version of the report as JSON."""


async def report(args: Namespace) -> Exit:
    """Print or write the handover report, or messages for colleagues."""
    async with open_integration(args) as integration:
        text = _texts(args, integration) if args.texts else _report(args, integration)
    if args.output is None:
        print_data(text)
        return Exit.OK
    try:
        path = save(Path(args.output), f"{redact(text)}\n")
    except OSError as error:
        raise InputError(f"{args.output} was not written: {error.strerror or error}") from error
    print_diagnostic(f"Written, readable only by you: {path}")
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


def _texts(args: Namespace, integration: Integration) -> str:
    found = texts(integration)
    wanted = [text for text in found if args.texts in ("all", text.id)]
    if not wanted and args.texts != "all":
        raise InputError(
            f"Unknown text: {args.texts}. Texts at this point: {', '.join(text.id for text in found) or 'none'}"
        )
    if args.format == "json":
        return _json({"integration": integration.name, "texts": [asdict(text) for text in wanted]})
    if args.texts != "all":
        return wanted[0].whole
    return "\n\n".join(map(_with_head, wanted)) or "There are no texts at this point."


def _with_head(text: Text) -> str:
    rule = "─" * min(len(text.title), 78)
    return f"{text.title}  [{text.id}]\n{rule}\nTo: {text.to}\n\n{text.whole}"


def _json(document: dict[str, object]) -> str:
    return json.dumps({"schema": SCHEMA, **document}, ensure_ascii=False, indent=2)
