"""Runs a module of the tests as a program, from any folder: `python tests bench.bench_check --help`."""

import runpy
import sys

runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
