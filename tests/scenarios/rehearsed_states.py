"""What each step stands on after a clean rehearsal, by kind; the README has the numbers."""

from __future__ import annotations

OWN, WORD = "its own evidence", "a person's word"
"""Verified by the step's own check; confirmed, and no later step has covered it."""

STANDS_ON = {
    # step: (default and --screens, --bare); else the id of the later step whose evidence covers it
    "account": (OWN, OWN),
    "audience-designer": (OWN, OWN),
    "add-user": (OWN, OWN),
    "role-assignment": (WORD, WORD),
    "organization-assignment": (WORD, WORD),
    "first-password": (OWN, OWN),
    "cx-audience-settings": ("go-live", "go-live"),
    "integration-settings": ("go-live", "go-live"),
    "record-handling": (WORD, WORD),
    "generate-key": ("imported-profiles", WORD),
    "import-key": (OWN, WORD),
    "select-object": ("export-schedule", WORD),
    "destination-connectivity": (OWN, WORD),
    "destination-specification": ("exported-file", WORD),
    "export-notification": (WORD, WORD),
    "export-schedule": (OWN, WORD),
    "exported-file": (OWN, WORD),
    "external-server": ("imported-profiles", WORD),
    "ssh2-key": ("imported-profiles", WORD),
    "source-connectivity": ("imported-profiles", WORD),
    "source-specification": ("imported-profiles", WORD),
    "target-definition": ("imported-profiles", WORD),
    "import-notification": (WORD, WORD),
    "import-schedule": ("imported-profiles", WORD),
    "imported-profiles": (OWN, WORD),
    "go-live": (OWN, OWN),
}
"""The screens that `--screens` reads bring findings, never evidence, so its column is that of the default."""
