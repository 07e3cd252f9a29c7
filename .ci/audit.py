"""Asks pip-audit for known weaknesses of the locked packages, and says how many of them could be looked at.

`python .ci/audit.py .ci/requirements/run.txt` ends with 1 where a weakness is known. Where the service that knows them
cannot be reached, it says so and ends with 0: that is no reason to stop, and no proof either. pip-audit itself ends
with 0 and `No known vulnerabilities` when an index answers for no package at all.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LIMIT = 300


def verdict(document: Mapping[str, Any]) -> tuple[int, list[str]]:
    """Return the exit code and the lines to print for a report of pip-audit."""
    packages = document["dependencies"]
    unseen = [one["name"] for one in packages if "skip_reason" in one]
    known = [
        f"{one['name']} {one['version']}: {weakness['id']}"
        + (f", mended in {', '.join(weakness['fix_versions'])}" if weakness["fix_versions"] else "")
        for one in packages
        for weakness in one.get("vulns", ())
    ]
    if known:
        return 1, [f"audit: {len(known)} known weaknesses", *known]
    seen = len(packages) - len(unseen)
    if unseen or not packages:
        names = "" if not seen else f": {', '.join(unseen)}"
        return 0, [f"audit: UNKNOWN, could not look at {len(unseen)} of {len(packages)} packages{names}"]
    return 0, [f"audit: none of {seen} packages has a known weakness"]


def audit(requirements: Path) -> tuple[int, list[str]]:
    """Run pip-audit on a list with hashes; nothing is installed or resolved."""
    pip_audit = Path(sys.executable).with_name("pip-audit")
    words = ["-r", str(requirements), "--disable-pip", "--require-hashes", "-f", "json", "--progress-spinner", "off"]
    try:
        ended = subprocess.run([pip_audit, *words], capture_output=True, text=True, timeout=LIMIT, check=False)  # noqa: S603 - fixed words and our own path
        return verdict(json.loads(ended.stdout))
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError) as error:
        return 0, [f"audit: UNKNOWN, pip-audit gave no answer ({type(error).__name__})"]


if __name__ == "__main__":
    code, lines = audit(Path(sys.argv[1]))
    sys.stdout.write("\n".join([*lines, ""]))
    sys.exit(code)
