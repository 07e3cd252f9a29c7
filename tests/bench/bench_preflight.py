"""How fast a file is judged, held against gpg alone, and whether it is judged right.

`python tests bench.bench_preflight [--rows 1000000] [--against N] [--repeat 3] [--check] [--others] [--folder DIR]`
makes a file of that many records (some 200 bytes each) and the same encrypted and compressed by gpg, and measures, one
after the other, wall time and processor time:

- `gpg --decrypt FILE > /dev/null`
- `cxr-tui preflight` of the plain file
- `cxr-tui preflight` of the encrypted file, and the peak memory of the whole process tree

`--against` measures a file of another size too, and says how time grows with size. `--check` has the reference reader
of the tests judge the file too, and compares every count and line. `--others` measures what one would otherwise do,
where it is installed: `gpg -d` into pandas, into the DuckDB library, or into csvkit. With `--folder` the files stay
there, and are used again the next time.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxr_tui.preflight.result import ColumnCount, MatchCount, PreflightResult, ReasonCount, SharedValue
from cxr_tui.preflight.validation.rules import Code
from support.gpg_keys import GpgBench, gpg_bench
from support.preflight_files import KINDS

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


def _family(root: int) -> list[int]:
    """Return a process and all below it; looking at every process there is would cost what is to be measured."""
    family = [root]
    for pid in family:
        try:
            for task in Path(f"/proc/{pid}/task").iterdir():
                family += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return family


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


@dataclass(frozen=True)
class Took:
    """What a command took: seconds, seconds of processor time with all its children, peak bytes of its tree."""

    wall: float
    cpu: float
    peak: int


def timed(commands: list[list[str]], env: dict[str, str] | None = None) -> tuple[Took, bytes]:
    """Run commands, each reading what the one before writes; return what they took, and what the last one printed."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    running: list[subprocess.Popen[bytes]] = []
    for at, command in enumerate(commands):
        last = at == len(commands) - 1
        running.append(
            subprocess.Popen(
                command,
                stdin=running[-1].stdout if running else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=env,
            )
        )
        if len(running) > 1:
            feeding = running[-2].stdout
            assert feeding is not None
            feeding.close()
        if last:
            trees = [Tree(one.pid) for one in running]
    out, _ = running[-1].communicate()
    for one in running:
        one.wait()
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(wall, cpu, sum(tree.stop() for tree in trees)), out


def preflight(path: Path, columns: Path, home: Path, *options: str) -> tuple[Took, dict[str, Any]]:
    """Run the program as a person would."""
    command = [sys.executable, "-m", "cxr_tui", "preflight", str(path), "--columns", str(columns)]
    command += ["--mapping", json.dumps(MAPPED), "--match", "CUSTOMER_ID_", "--json", *options]
    took, out = timed([command], {**os.environ, "CXR_TUI_HOME": str(home)})
    return took, json.loads(out)


def check(path: Path, document: dict[str, Any]) -> list[str]:
    """Hold the document against the reference reader."""
    from support import reference_reader
    from support.preflight_files import differences

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
        ReasonCount(Code(code), one["rows"], one["column"], tuple(one["lines"]), one["columns"], ())
        for code, one in document["reasons"].items()
    )
    match = document["match"]
    examples = tuple(SharedValue(tuple(one["lines"]), one["wins"]) for one in match["examples"])
    answer = PreflightResult(
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


EMAIL_FULL = r"^[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+$"
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
duckdb.execute('set enable_progress_bar = false')
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
    decrypt = ["gpg", "--homedir", str(bench.home), "--batch", "--quiet", "--decrypt", str(message)]
    csvkit = [str(Path(sys.executable).with_name(name)) for name in ("csvclean", "csvgrep", "csvstat")]
    ways: list[tuple[str, list[list[str]]]] = [
        (name, [[sys.executable, "-c", script]])
        for name, script in (("pandas", PANDAS), ("duckdb", DUCKDB))
        if not subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, check=False).returncode
    ]
    if all(Path(one).exists() for one in csvkit):
        # for one of the checks alone: how many addresses are none
        clean = [csvkit[0], "-u", "3", "--length-mismatch", "--omit-error-rows", "-"]
        ways.append(
            ("csvkit", [clean, [csvkit[1], "-i", "-c", "EMAIL_ADDRESS_", "-r", EMAIL_FULL], [csvkit[2], "--count"]])
        )
    for name, commands in ways:
        took, out = timed([decrypt, *commands])
        say(f"gpg -d | {name:<17} {spent(took)}   {took.peak / 1e6:6,.0f} MB   {out.decode().strip()[:80]}")
    for name in {"pandas", "duckdb", "csvkit"} - {name for name, _ in ways}:
        say(f"gpg -d | {name}: not installed")


def spent(took: Took) -> str:
    return f"{took.wall:8.2f} s ({took.cpu:7.2f} s of processor time)"


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def files(folder: Path, rows: int, bench: GpgBench) -> tuple[Path, Path]:
    """Make the files, or take those that are there from an earlier time; return the plain and the encrypted one."""
    plain, message = folder / f"customers-{rows}.csv", folder / f"customers-{rows}.csv.gpg"
    if not message.exists():
        make(plain, rows)
        fresh = message.with_suffix(".new")
        bench.gpg("--recipient", "bench@example.com", "--output", str(fresh), "--encrypt", str(plain))
        fresh.rename(message)
    return plain, message


def measure(folder: Path, rows: int, bench: GpgBench, args: argparse.Namespace) -> tuple[Took, dict[str, Any]]:
    """Measure one size and print; return the fastest judgement of the encrypted file and what it found."""
    plain, message = files(folder, rows, bench)
    columns = folder / "columns.json"
    fields = [{"fieldName": name, "fieldType": TYPES[name]} for name in HEADER[1:]]
    columns.write_text(json.dumps({"name": "CUSTOMER_PROFILES", "fields": fields}))
    sizes = [path.stat().st_size / 1e6 for path in (plain, message)]
    say(f"{rows:,} records, {sizes[0]:,.0f} MB of text, {sizes[1]:,.0f} MB encrypted; load {os.getloadavg()[0]:.1f}")
    decrypt = ["gpg", "--homedir", str(bench.home), "--batch", "--quiet", "--decrypt", str(message)]
    alone, of_plain, of_message = "gpg --decrypt > /dev/null", "preflight, plain file", "preflight, encrypted"
    runs: dict[str, list[Took]] = {alone: [], of_plain: [], of_message: []}
    document: dict[str, Any] = {}
    for _ in range(args.repeat):
        runs[alone].append(discarded(decrypt))
        took, plainly = preflight(plain, columns, folder)
        runs[of_plain].append(took)
        took, document = preflight(message, columns, folder, "--key", str(bench.home))
        runs[of_message].append(took)
        same = {"file": "", "seconds": 0, "recipients": []}
        assert plainly | same == document | same, "they differ"
    median = {name: sorted(took, key=lambda one: one.wall)[len(took) // 2] for name, took in runs.items()}
    for name, took_all in runs.items():
        each = ", ".join(f"{one.wall:.2f}" for one in took_all)
        say(f"{name:<26} {spent(median[name])}   median of {each}")
    slower = max(median[alone].wall, median[of_plain].wall)
    say(f"ratio to the slower of the two: {median[of_message].wall / slower:.2f} (at most 1.15 is wanted)")
    say(f"peak memory of the process tree: {max(one.peak for one in runs[of_message]) / 1e6:,.0f} MB (below 1,000)")
    counts = {code: one["rows"] for code, one in document["reasons"].items()}
    say(f"found: {document['rejected']:,} rejected, {counts}, {document['match']['duplicate_rows']:,} duplicates")
    if args.others:
        others(message, bench)
    return median[of_message], document


def discarded(command: list[str]) -> Took:
    """Run a command whose output nobody wants."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Took(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 0)


def run(folder: Path, bench: GpgBench, args: argparse.Namespace) -> bool:
    """Measure all that was asked for; return whether everything that was checked holds."""
    took, document = measure(folder, args.rows, bench, args)
    if args.against:
        say("")
        other, _ = measure(folder, args.against, bench, argparse.Namespace(**{**vars(args), "others": False}))
        sizes = args.rows / args.against
        say(
            f"{sizes:g} times the records take {took.wall / other.wall:.2f} times the time, "
            f"{took.cpu / other.cpu:.2f} times the processor time"
        )
    if not args.check:
        return True
    found = check(folder / f"customers-{args.rows}.csv", document)
    say("the reference reader agrees on every count and line" if not found else "\n".join(found))
    return not found


def keyed(bench: GpgBench, folder: Path) -> None:
    """Have a key in the home, the same one as last time where files of that time are there."""
    kept = folder / "bench-key.asc"
    if kept.exists():
        bench.gpg("--import", given=kept.read_bytes())
        return
    bench.add(bench.make("bench", "rsa3072", "sign"), "rsa3072")
    kept.write_bytes(bench.private("bench"))


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--against", type=int, default=0)
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--check", action="store_true")
    options.add_argument("--others", action="store_true")
    options.add_argument("--folder", type=Path, default=None)
    args = options.parse_args()
    folder = args.folder or Path(tempfile.mkdtemp(prefix="cxr-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with gpg_bench() as bench:
            keyed(bench, folder)
            return 0 if run(folder, bench, args) else 1
    finally:
        if args.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
