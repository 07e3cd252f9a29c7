"""How fast a file is judged, held against gpg alone, and whether it is judged right.

`python tests/bench_preflight.py [--rows 1000000] [--repeat 3] [--check] [--others] [--folder DIR]` makes a file of that
many records (some 200 bytes each) and the same encrypted and compressed by gpg, and measures, one after the other:

- `gpg --decrypt FILE > /dev/null`
- `cxr-tui preflight` of the plain file
- `cxr-tui preflight` of the encrypted file: wall time, and peak memory of the whole process tree

`--check` has the reference reader of the tests judge the file too, and compares every count and line. `--others`
measures what one would otherwise do: `gpg -d` into pandas, or into the DuckDB library, where they are installed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from gpg_keys import GpgBench, gpg_bench
from preflight_files import KINDS

from cxr_tui.preflight.answer import Answer, ColumnCount, MatchCount, ReasonCount, SharedValue
from cxr_tui.preflight.rules import Code

HEADER = [
    "RIID_",
    "CUSTOMER_ID_",
    "EMAIL_ADDRESS_",
    "EMAIL_SHA256_HASH_",
    "MOBILE_NUMBER_",
    "MOBILE_COUNTRY_",
    "POSTAL_STREET_1_",
    "CITY_",
    "CREATED_DATE_",
    "FIRST_NAME",
    "LIFETIME_VALUE",
]
TYPES = {**KINDS, "EMAIL_SHA256_HASH_": "STR100", "POSTAL_STREET_1_": "STR255"}
MAPPED = {name: name for name in HEADER if name not in ("RIID_", "EMAIL_SHA256_HASH_")}
CITIES = ("New York", "San Francisco", "Köln", "Boston", "Chicago", "Springfield", "Austin", "São Paulo")
NAMES = ("Anna", "Bert", "Carla", "Dieter", "Emile", "Fatima", "George", "Hannah", "Zoë")
ODD = {
    2: ("broken.example", "a@b", "two@at@signs.com"),
    4: ("12345", "+15005550142", "500-555-0142"),
    5: ("USA", "1"),
    6: ("12 Elm St, Apt 4", "x" * 300, "tab\there"),
    8: ("2026-02-30 10:00:00", "31/12/2026", "soon"),
    10: ("1,5", "n/a"),
}


def make(path: Path, rows: int) -> None:
    """Write a file with one defect in some two hundred records, and one in a hundred with another's customer id."""
    chance = random.Random(1)  # noqa: S311 - the same file every time
    draw, pick, bits = chance.random, chance.choice, chance.getrandbits
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(HEADER) + "\n")
        for start in range(0, rows, 10_000):
            lines = []
            for number in range(start, min(rows, start + 10_000)):
                who = number if draw() > 0.01 else int(draw() * rows)
                first, mobile = pick(NAMES), f"1{bits(33):010d}" if draw() > 0.2 else ""
                values = [
                    str(1_000_000_000 + number),
                    f"C{who:09d}",
                    f"{first.lower()}.{who:09d}@example-{who % 997}.com".replace("ë", "e"),
                    f"{bits(256):064x}",
                    mobile,
                    "US" if mobile else "",
                    f"{bits(13)} {pick(CITIES)} Street",
                    pick(CITIES),
                    f"20{10 + bits(4)}-{1 + bits(3):02d}-{1 + bits(4):02d} {bits(4):02d}:{bits(5):02d}:{bits(5):02d}",
                    first,
                    f"{bits(16) / 100}",
                ]
                if draw() < 0.005:
                    place = pick(tuple(ODD))
                    values[place] = pick(ODD[place])
                lines.append(",".join(values))
            file.write("\n".join(lines) + "\n")


class Tree:
    """Watches the memory of a process and all its children while it runs."""

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._over.set()
        self._thread.join()
        return self.peak

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self.peak = max(self.peak, sum(_resident(pid) for pid in _family(self._pid)))


def _family(root: int) -> set[int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
    family, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in family} | family
        grown, family = more != family, more
    return family


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def timed(command: list[str], env: dict[str, str] | None = None, stdin: int | None = None) -> tuple[float, int, bytes]:
    """Run a command; return seconds, peak bytes of its tree, and what it printed."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, stdin=stdin)
    tree = Tree(process.pid)
    out, _ = process.communicate()
    seconds = time.monotonic() - started
    return seconds, tree.stop(), out


def preflight(path: Path, columns: Path, home: Path, *options: str) -> tuple[float, int, dict[str, Any]]:
    """Run the program as a person would."""
    command = [sys.executable, "-m", "cxr_tui.cli", "preflight", str(path), "--columns", str(columns)]
    command += ["--mapping", json.dumps(MAPPED), "--match", "CUSTOMER_ID_", "--json", *options]
    seconds, peak, out = timed(command, {**os.environ, "CXR_TUI_HOME": str(home)})
    return seconds, peak, json.loads(out)


def check(path: Path, document: dict[str, Any]) -> list[str]:
    """Hold the document against the reference reader."""
    import reference_reader
    from preflight_files import differences

    told = reference_reader.read(
        path.read_bytes(),
        charset="utf-8",
        delimiter=",",
        enclosure="",
        mapping=MAPPED,
        kinds=TYPES,
        match_column="CUSTOMER_ID_",
    )
    reasons = tuple(
        ReasonCount(Code(code), one["rows"], one["column"] or "", one["columns"], tuple(one["lines"]), ())
        for code, one in document["reasons"].items()
    )
    match = document["match"]
    examples = tuple(SharedValue(tuple(one["lines"]), one["wins"]) for one in match["examples"])
    answer = Answer(
        document["rows"],
        document["accepted"],
        document["rejected"],
        reasons,
        MatchCount(match["column"], match["empty"], match["distinct"], match["duplicate_rows"], examples),
        tuple(
            ColumnCount(one["name"], one["type"], one["filled"], one["carried"], one["why"])
            for one in document["columns"]
        ),
        document["bytes"],
        0.0,
    )
    return differences(answer, told)


PANDAS = """
import re, sys, pandas as pd
frame = pd.read_csv(sys.stdin.buffer, dtype=str, keep_default_na=False, on_bad_lines="skip", quoting=3)
bad = ~frame.EMAIL_ADDRESS_.str.fullmatch(r"[^@\\s,;]+@[^@\\s,;]+\\.[^@\\s,;.]+")
bad |= ~frame.MOBILE_NUMBER_.str.fullmatch("([0-9]{6,15})?") | ~frame.MOBILE_COUNTRY_.str.fullmatch("([A-Za-z]{2})?")
bad |= pd.to_datetime(frame.CREATED_DATE_, errors="coerce", format="%Y-%m-%d %H:%M:%S").isna()
print(len(frame), int(bad.sum()), int(frame.CUSTOMER_ID_.duplicated().sum()))
"""
DUCKDB = """
import duckdb
print(duckdb.execute('''
select count(*), count(distinct CUSTOMER_ID_), count(*) filter (
  not regexp_full_match(EMAIL_ADDRESS_, '[^@\\\\s,;]+@[^@\\\\s,;]+\\\\.[^@\\\\s,;.]+')
  or not regexp_full_match(MOBILE_NUMBER_, '([0-9]{6,15})?') or not regexp_full_match(MOBILE_COUNTRY_, '([A-Za-z]{2})?')
  or try_strptime(CREATED_DATE_, '%Y-%m-%d %H:%M:%S') is null)
from read_csv('/dev/stdin', header=true, delim=',', quote='', escape='', all_varchar=true, ignore_errors=true)
''').fetchall())
"""


def others(message: Path, bench: GpgBench) -> None:
    """Measure what one would otherwise do for the same counts, without line numbers."""
    for name, script in (("pandas", PANDAS), ("duckdb", DUCKDB)):
        if subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, check=False).returncode:
            say(f"gpg -d | {name}: not installed")
            continue
        gpg = subprocess.Popen(
            ["gpg", "--homedir", str(bench.home), "--batch", "--quiet", "--decrypt", str(message)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert gpg.stdout is not None
        seconds, peak, out = timed([sys.executable, "-c", script], stdin=gpg.stdout.fileno())
        gpg.stdout.close()
        gpg.wait()
        say(f"gpg -d | {name:<8} {seconds:7.2f} s  {peak / 1e6:6.0f} MB   {out.decode().strip()[:80]}")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def measure(folder: Path, bench: GpgBench, args: argparse.Namespace) -> bool:
    """Make the files, measure, print; return whether everything that was checked holds."""
    plain, message, columns = folder / "customers.csv", folder / "customers.csv.gpg", folder / "columns.json"
    make(plain, args.rows)
    fields = [{"fieldName": name, "fieldType": TYPES[name]} for name in HEADER[1:]]
    columns.write_text(json.dumps({"name": "CUSTOMER_PROFILES", "fields": fields}))
    bench.gpg("--recipient", "bench@example.com", "--output", str(message), "--encrypt", str(plain))
    sizes = [path.stat().st_size / 1e6 for path in (plain, message)]
    say(f"{args.rows:,} records, {sizes[0]:,.0f} MB of text, {sizes[1]:,.0f} MB encrypted")
    decrypt = ["gpg", "--homedir", str(bench.home), "--batch", "--quiet", "--decrypt", str(message)]
    runs: dict[str, list[float]] = {
        "gpg --decrypt > /dev/null": [],
        "preflight, plain file": [],
        "preflight, encrypted": [],
    }
    peaks: list[int] = []
    document: dict[str, Any] = {}
    for _ in range(args.repeat):
        started = time.monotonic()
        subprocess.run(decrypt, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        runs["gpg --decrypt > /dev/null"].append(time.monotonic() - started)
        seconds, _, of_plain = preflight(plain, columns, folder)
        runs["preflight, plain file"].append(seconds)
        seconds, peak, document = preflight(message, columns, folder, "--key", str(bench.home))
        runs["preflight, encrypted"].append(seconds)
        peaks.append(peak)
        assert of_plain | {"file": "", "seconds": 0} == document | {"file": "", "seconds": 0}, "they differ"
    medians = {name: statistics.median(seconds) for name, seconds in runs.items()}
    for name, took in runs.items():
        say(f"{name:<26} median {medians[name]:7.2f} s of {', '.join(f'{one:.2f}' for one in took)}")
    ratio = medians["preflight, encrypted"] / max(
        medians["gpg --decrypt > /dev/null"], medians["preflight, plain file"]
    )
    say(f"ratio to the slower of the two: {ratio:.2f} (at most 1.15 is wanted)")
    say(f"peak memory of the process tree: {max(peaks) / 1e6:,.0f} MB (below 1,000 is wanted)")
    counts = {code: one["rows"] for code, one in document["reasons"].items()}
    say(f"found: {document['rejected']:,} rejected, {counts}, {document['match']['duplicate_rows']:,} duplicates")
    if args.others:
        others(message, bench)
    if not args.check:
        return True
    found = check(plain, document)
    say("the reference reader agrees on every count and line" if not found else "\n".join(found))
    return not found


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--check", action="store_true")
    options.add_argument("--others", action="store_true")
    options.add_argument("--folder", type=Path, default=None)
    args = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cxr-bench-", dir=args.folder))
    try:
        with gpg_bench() as bench:
            bench.add(bench.make("bench", "rsa3072", "sign"), "rsa3072")
            return 0 if measure(folder, bench, args) else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
