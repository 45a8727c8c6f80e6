import ast
import importlib.metadata
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("bot", "cogs", "sandbox", "benchmarks")
FILE_LINES = 300
FUNCTION_LINES = {"tests": 60} | dict.fromkeys(OURS, 40)
DRAWERS = {"utils", "util", "helpers", "common", "core", "misc", "constants", "models"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(*packages: str) -> list[Path]:
    files = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    return sorted(path for path in files if "versions" not in path.parts)


def tracked_files() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("only a git checkout knows which files belong to it")
    listing = subprocess.run(  # noqa: S603 - a fixed command
        [git, "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
    ).stdout.decode()
    paths = [ROOT / name for name in listing.split("\0") if name]
    return [path for path in paths if path.is_file()]


def tracked_texts() -> Iterator[tuple[Path, str]]:
    for path in tracked_files():
        if path.suffix != ".png":
            yield path, path.read_bytes().decode()  # as it is: no line end is translated


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def code_lines(function: Function, lines: list[str]) -> int:
    body = lines[function.lineno - 1 : function.end_lineno]
    code = [line.strip() for line in body if line.strip() and not line.strip().startswith("#")]
    docstring = ast.get_docstring(function, clean=False) or ""
    in_docstring = [line for line in docstring.splitlines() if line.strip()]
    return len(code) - len(in_docstring)


def foreign_names() -> set[str]:
    distributions = importlib.metadata.packages_distributions()
    return set(sys.stdlib_module_names) | (set(distributions) - set(OURS) - {"tests"})


def pins(text: str) -> list[str]:
    return re.split(r"\n(?=\S)", text.strip())


def test_no_file_is_longer_than_300_lines() -> None:
    lengths = {
        shown(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files(*OURS, "tests")
    }

    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES} == {}


@pytest.mark.parametrize("package", FUNCTION_LINES)
def test_no_function_is_longer_than_a_screen(package: str) -> None:
    long = {}
    for path in python_files(package):
        text = path.read_text(encoding="utf-8")
        for function in functions(ast.parse(text)):
            lines = code_lines(function, text.splitlines())
            if lines > FUNCTION_LINES[package]:
                long[f"{shown(path)}:{function.name}"] = lines

    assert long == {}


def test_each_module_says_its_role_in_a_sentence() -> None:
    silent = []
    for path in python_files(*OURS):
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        if not docstring.partition("\n")[0].endswith("."):
            silent.append(shown(path))

    assert silent == []


def test_no_module_is_a_drawer_or_has_the_name_of_a_library() -> None:
    forbidden = DRAWERS | foreign_names()
    modules = {path for path in python_files(*OURS) if not path.stem.startswith("__")}
    packages = {path.parent for path in python_files(*OURS) if path.parent.parent != ROOT}

    assert [shown(path) for path in sorted(modules | packages) if path.stem in forbidden] == []


def test_a_module_named_after_a_library_would_be_found() -> None:
    assert {"discord", "logging", "http", "types", "aiohttp", "av"} <= foreign_names()


def test_code_has_no_marks_of_unfinished_work() -> None:
    marks = re.compile(r"\b(?:TO[D]O|FIX[M]E|X{3}|NotImplemented[E]rror)\b")
    found = [
        f"{shown(path)}: {match[0]}"
        for path, text in tracked_texts()
        if path.suffix != ".md"
        for match in marks.finditer(text)
    ]

    assert found == []


def test_nothing_is_mocked() -> None:
    mocks = re.compile(
        r"\b(?:Magic[M]ock|Async[M]ock|unittest\.[m]ock|from unittest import [m]ock)"
    )
    found = [
        f"{shown(path)}: {match[0]}"
        for path in python_files(*OURS, "tests")
        for match in mocks.finditer(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    folder = re.compile(r"(?<![\w.])/(?:work|farm|root|home|Users)/\w")
    found = [
        f"{shown(path)}: {match[0]}"
        for path, text in tracked_texts()
        for match in folder.finditer(text)
    ]

    assert found == []


def test_every_tracked_file_is_text_with_a_last_line() -> None:
    unfinished = [
        shown(path)
        for path, text in tracked_texts()
        if "\0" in text or "\r" in text or (text and not text.endswith("\n"))
    ]

    assert unfinished == []


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_every_requirement_is_pinned_with_a_hash_and_without_an_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")

    assert "http" not in text.replace("aiohttp", "")
    assert "--index" not in text
    assert [
        pin.partition("\n")[0]
        for pin in pins(text)
        if not re.match(r"[a-z0-9][\w.\[\],-]*==", pin) or "--hash=sha256:" not in pin
    ] == []


def test_both_locks_agree_on_every_version() -> None:
    runtime, dev = (
        {pin.split()[0] for pin in pins((ROOT / "requirements" / name).read_text(encoding="utf-8"))}
        for name in ("runtime.txt", "dev.txt")
    )

    assert runtime - dev == set()
