"""How many small faults in a module its unit tests notice: each mutant is one operator, constant or statement changed.

`python tests tools.mutants` tries a sample of every module of `TESTS`; `python tests tools.mutants gate schedule` of
some, `--sample 0` all of their mutants. A run prints the mutants that no test notices, and ends with 1 where one module
has less than 90 % noticed.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import NoReturn

from support.paths import PACKAGE, ROOT

SAMPLE = 24
WANTED = 0.9
PATIENCE = 10
"""A mutant is noticed where its tests take this many times as long as without it, and 20 seconds: it loops."""
UNIT = "tests/unit"
PRELOADED = "ignore:Module already imported so cannot be rewritten"

TESTS = {
    "journal.gate": ("journal/test_gate.py", "integration"),
    "journal.state": ("journal/test_state.py", "journal", "integration"),
    "gateways.rest.login_limit": ("gateways/test_login_limit.py", "gateways/test_session.py"),
    "rotation.transitions": ("rotation/test_transitions.py",),
    "domain.schedule": ("domain/test_schedule.py", "jobs/test_expected_runs.py"),
    "preflight.validation.rules": ("preflight/test_rules.py", "preflight/test_preflight_findings.py"),
    "jobs.expected_runs": ("jobs/test_expected_runs.py", "jobs/test_job_state.py"),
    "security.redaction": ("security/test_redaction.py", "domain/test_secret.py"),
    "domain.url_policy": ("domain/test_url_policy.py", "gateways/test_session.py"),
    "domain.finding": ("domain/test_report.py", "domain/test_finding.py"),
}
"""The modules whose faults cost an administrator most, each with the unit tests of it, nearest first."""

COMPARED: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">="),
    ast.LtE: ("<", ">"),
    ast.Gt: (">=", "<="),
    ast.GtE: (">", "<"),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
}
CALCULATED: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "//",
    ast.FloorDiv: "*",
    ast.Div: "*",
    ast.BitOr: "&",
    ast.BitAnd: "|",
    ast.Mod: "*",
}


@dataclass(frozen=True)
class Mutant:
    """One change of a source text."""

    line: int
    start: int
    """Offset in the bytes of the source."""
    end: int
    becomes: str

    def applied(self, source: bytes) -> bytes:
        return source[: self.start] + self.becomes.encode() + source[self.end :]

    def shown(self, source: bytes) -> str:
        before = " ".join(source[self.start : self.end].decode().split())
        return f"line {self.line}: {before[:70]}  ->  {self.becomes[:70]}"


def mutants(source: bytes) -> list[Mutant]:
    """Return every mutant of a module, in the order of its lines."""
    return sorted(_Changes(source).all(), key=lambda one: (one.start, one.end, one.becomes))


class _Changes:
    def __init__(self, source: bytes) -> None:
        self._source = source
        self._tree = ast.parse(source)
        lengths = [0]
        for line in source.splitlines(keepends=True):
            lengths.append(lengths[-1] + len(line))
        self._offsets = lengths

    def all(self) -> Iterator[Mutant]:
        left_out = set(self._annotations())
        todo: list[ast.AST] = [self._tree]
        while todo:
            node = todo.pop()
            if node in left_out:
                continue
            todo.extend(ast.iter_child_nodes(node))
            yield from self._of(node)

    def _annotations(self) -> Iterator[ast.AST]:
        """Yield types and decorators: the first do nothing, of the others a change shows in no behavior."""
        for node in ast.walk(self._tree):
            yield from getattr(node, "decorator_list", ())
            for name in ("annotation", "returns"):
                if (found := getattr(node, name, None)) is not None:
                    yield found

    def _of(self, node: ast.AST) -> Iterator[Mutant]:
        match node:
            case ast.Compare(ops=[op], left=left, comparators=[right]):
                for text in COMPARED[type(op)]:
                    yield self._between(left, right, text)
            case ast.BoolOp(op=op, values=values):
                text = "or" if isinstance(op, ast.And) else "and"
                words = " ".join([f"({self._text(values[0])})", *(f"{text} ({self._text(one)})" for one in values[1:])])
                yield self._instead(node, f"({words})")
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield self._instead(node, f"({self._text(operand)})")
            case ast.BinOp(left=left, op=op, right=right) if type(op) in CALCULATED:
                yield self._between(left, right, CALCULATED[type(op)])
            case ast.Constant(value=bool() as value):
                yield self._instead(node, str(not value))
            case ast.Constant(value=int() | float() as value):
                yield self._instead(node, f"({value + 1})")
            case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
                yield self._instead(test, f"(not ({self._text(test)}))")
            case ast.comprehension(ifs=[test]):
                yield self._instead(test, "True")
            case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
                yield self._instead(value, "None")
            case ast.Raise() | ast.Continue() | ast.Break() | ast.AugAssign():
                yield self._instead(node, "pass")
            case ast.Expr(value=ast.Call() | ast.Await()):
                yield self._instead(node, "pass")

    def _at(self, line: int, column: int) -> int:
        return self._offsets[line - 1] + column

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._at(node.lineno, node.col_offset), self._at(node.end_lineno, node.end_col_offset)

    def _text(self, node: ast.expr) -> str:
        start, end = self._span(node)
        return self._source[start:end].decode()

    def _instead(self, node: ast.AST, becomes: str) -> Mutant:
        assert isinstance(node, ast.expr | ast.stmt)
        return Mutant(node.lineno, *self._span(node), becomes)

    def _between(self, left: ast.expr, right: ast.expr, operator: str) -> Mutant:
        start, end = self._span(left)[0], self._span(right)[1]
        return Mutant(left.lineno, start, end, f"(({self._text(left)}) {operator} ({self._text(right)}))")


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module from another text than that of its file."""

    def __init__(self, name: str, path: str, text: bytes) -> None:
        super().__init__(name, path)
        self._mutated = text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._mutated, self.path, "exec", dont_inherit=True)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the mutated module before any other finder does."""

    def __init__(self, name: str, path: Path, text: bytes) -> None:
        self._name = name
        self._loader = _Loader(name, str(path), text)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._loader.path, loader=self._loader)


def noticed(name: str, path: Path, text: bytes, tests: str, limit: float = 600) -> bool:
    """Run the tests in a fork that loads this text as the module; say whether one fails or none ends in time."""
    child = os.fork()
    if child == 0:
        _run(name, path, text, tests)
    until = time.monotonic() + limit
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status != 0
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _run(name: str, path: Path, text: bytes, tests: str) -> NoReturn:
    os.setsid()
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    os.chdir(ROOT)
    sys.meta_path.insert(0, _Finder(name, path, text))
    import pytest

    code = 70
    try:
        code = int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-W", PRELOADED, tests]))
    finally:
        os._exit(code)


def _preload() -> None:
    """Load what the tests load, so that a fork need not."""
    # not Polars: its threads do not survive a fork
    for library in ("httpx", "paramiko", "cryptography.x509", "starlette.routing", "uvicorn", "msgspec"):
        importlib.import_module(library)
    for library in (
        "jinja2",
        "keyring",
        "textual.app",
        "textual.pilot",
        "pytest",
        "hypothesis",
        "pytest_asyncio",
        "jsonschema",
    ):
        importlib.import_module(library)


def _limits(name: str, path: Path, source: bytes, tests: Sequence[str]) -> dict[str, float]:
    """Return how many seconds the tests may take with a mutant, from what they take without one."""
    limits = {}
    for one in tests:
        began = time.monotonic()
        if noticed(name, path, source, one):
            raise SystemExit(f"{one} fails without any mutant")
        limits[one] = PATIENCE * (time.monotonic() - began) + 20
    return limits


def try_module(short: str, sample: int, seed: int) -> tuple[int, int]:
    """Try mutants of a module, print those that nobody notices, and return how many were noticed and tried."""
    name = f"cxr_tui.{short}"
    path = PACKAGE.joinpath(*short.split(".")).with_suffix(".py")
    tests = [f"{UNIT}/{one}" for one in TESTS[short]]
    source = path.read_bytes()
    limits = _limits(name, path, source, tests)  # nearest first: the others run only where those notice nothing
    found = mutants(source)
    if sample and len(found) > sample:
        found = sorted(random.Random(seed).sample(found, sample), key=lambda one: one.start)  # noqa: S311 - no secret
    missed = [
        one
        for one in found
        if not any(noticed(name, path, one.applied(source), test, limit) for test, limit in limits.items())
    ]
    print(f"{short}: {len(found) - len(missed)} of {len(found)} noticed")  # noqa: T201 - the answer of a tool
    for one in missed:
        print(f"    {one.shown(source)}")  # noqa: T201 - likewise
    return len(found) - len(missed), len(found)


def interrupted(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


def main() -> int:
    """Try the modules that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="such as gate; without any, all of them")
    parser.add_argument("--sample", type=int, default=SAMPLE, help="mutants of each module; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupted)
    chosen = [one for one in TESTS if not given.modules or any(one.endswith(word) for word in given.modules)]
    _preload()
    counts = [try_module(one, given.sample, given.seed) for one in chosen]
    return 0 if all(seen >= WANTED * tried for seen, tried in counts) else 1


if __name__ == "__main__":
    sys.exit(main())
