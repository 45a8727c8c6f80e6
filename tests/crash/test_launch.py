"""A process tells what it came to by one line of a file, which others read while it writes."""

import json
from dataclasses import asdict
from pathlib import Path

from sandbox.crash.kill_points import Point
from sandbox.crash.launch import POINTS, read_points


def test_a_line_counts_once_it_is_whole(tmp_path: Path) -> None:
    line = json.dumps([asdict(Point("before it", 2))]) + "\n"
    file = tmp_path / POINTS
    seen = []
    for length in range(len(line) + 1):
        file.write_text(line + line[:length], encoding="utf-8")
        seen.append(len(read_points(tmp_path)))
    assert seen == [1] * len(line) + [2]


def test_a_process_that_told_nothing_has_no_points(tmp_path: Path) -> None:
    assert read_points(tmp_path) == []
