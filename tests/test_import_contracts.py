import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "cogs", "sandbox", "benchmarks")
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("pristine")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tree)
    return tree


def check_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    # From another folder it would find the installed project instead of the copy.
    return subprocess.run(  # noqa: S603 - the tool of this environment, on a copy
        [LINT_IMPORTS, "--no-cache", "--no-logo"],
        cwd=tree,
        env={"COLUMNS": "200"},
        check=False,
        capture_output=True,
        text=True,
    )


def broken_contracts(output: str) -> list[str]:
    return re.findall(r"^(.+?) BROKEN\b", output, flags=re.MULTILINE)


def test_the_tree_as_it_is_keeps_every_contract(pristine: Path) -> None:
    result = check_imports(pristine)

    assert result.returncode == 0, result.stdout + result.stderr
    assert broken_contracts(result.stdout) == []


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("bot/store/jobs.py", "import discord", "discord.py enters by"),
        ("bot/domain.py", "import discord", "discord.py enters by"),
        ("bot/limits/wording.py", "import discord", "discord.py enters by"),
        ("bot/limits/wording.py", "import bot.store.jobs", "Modules of bot import downwards"),
        ("bot/pipeline/submit.py", "import sqlalchemy", "SQLAlchemy and Alembic stay"),
        ("bot/providers/geeknow.py", "import aiohttp", "aiohttp enters by"),
        (
            "bot/posting/moderation/charts.py",
            "import matplotlib",
            "matplotlib stays with the sheet",
        ),
        ("bot/domain.py", "import bot.store.jobs", "Modules of bot import downwards"),
        ("bot/app.py", "import cogs.grok", "Packages import downwards"),
        ("cogs/grok.py", "import sandbox", "Packages import downwards"),
        ("cogs/grok.py", "import cogs.controls", "Cogs do not know each other"),
    ],
)
def test_an_import_against_the_direction_is_found(
    pristine: Path, tmp_path: Path, path: str, line: str, contract: str
) -> None:
    tree = shutil.copytree(pristine, tmp_path / "tree")
    with (tree / path).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")

    result = check_imports(tree)

    assert result.returncode == 1
    (broken,) = broken_contracts(result.stdout)
    assert broken.startswith(contract)


def test_a_module_without_a_layer_is_found(pristine: Path, tmp_path: Path) -> None:
    tree = shutil.copytree(pristine, tmp_path / "tree")
    (tree / "bot" / "utils.py").write_text('"""A drawer."""\n')

    result = check_imports(tree)

    assert result.returncode == 1
    assert broken_contracts(result.stdout) == [
        "Modules of bot import downwards, and each has its layer"
    ]
    assert "bot.utils" in result.stdout


def test_make_lint_asks_for_the_contracts() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (recipe,) = re.findall(r"^lint:.*\n((?:\t.*\n)+)", makefile, flags=re.MULTILINE)

    assert "$(BIN)/lint-imports\n" in recipe
