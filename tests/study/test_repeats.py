"""A study leaves the same bytes whatever the number of workers and the order of Python's hashes."""

import os
import subprocess
import sys


def bytes_of(folder):
    """Of every file but those that say how long runs took."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "times.parquet"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_comparison_leaves_the_same_bytes_for_one_and_two_workers_and_any_hash_seed(tmp_path):
    for workers in ("1", "2"):
        words = (
            "compare",
            "full_plan",
            "--firms",
            "300",
            "--replications",
            "2",
            "--workers",
            workers,
            "--json",
            "--draws",
            "4",
            "--clause-replications",
            "0",
        )
        subprocess.run(
            [sys.executable, "-c", "from sim.cli import main; main()", *words, "--out", workers],
            cwd=tmp_path, env={**os.environ, "PYTHONHASHSEED": workers}, check=True, capture_output=True,
        )  # fmt: skip
    one, two = (bytes_of(tmp_path / n) for n in ("1", "2"))
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
