import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot.__main__ import cli
from bot.ops.commands.catalogue import as_markdown, as_objects, as_table
from bot.providers import CATALOGUE
from bot.providers.catalogue import Catalogue
from tests.providers.entries import make_model, make_plain

BOTH = Catalogue(
    (make_model(title="[red]One"), make_plain("plain|1", source="a | b"), make_plain("off")),
    {"fast": ("scripted/model-1", "scripted/plain|1")},
    frozenset({"scripted/off"}),
)


def drawn(catalogue: Catalogue, keys: frozenset[str], width: int = 100) -> str:
    screen = StringIO()
    Console(width=width, file=screen).print(as_table(catalogue, keys))
    return screen.getvalue()


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without settings, and an environment with one key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROVIDERS__XAI__API_KEY", "key")
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def run(*arguments: str) -> None:
    cli(["models", *arguments], standalone_mode=False)


@pytest.mark.parametrize("width", [80, 200])
def test_a_terminal_shows_every_model_whole_and_whether_it_is_usable(width: int) -> None:
    text = drawn(CATALOGUE, frozenset({"xai"}), width)

    assert all(entry.key in text for entry in CATALOGUE)
    assert text.count("│ yes ") == 2
    assert text.count("│ no key ") == len(CATALOGUE) - 2


def test_a_terminal_shows_what_was_taken_off_and_reads_no_markup() -> None:
    text = drawn(BOTH, frozenset({"scripted"}))

    assert text.count("│ off ") == 1
    assert "price: $0.05 at 480p, $0.07 at 720p a second" in text
    assert "price: unknown" in text


def test_programs_get_numbers_and_the_obstacle() -> None:
    one, two, three = as_objects(BOTH, frozenset())

    assert (one["key"], one["modes"], one["most_images"]) == (
        "scripted/model-1",
        ["text", "image", "references", "edit", "extend"],
        7,
    )
    assert one["price"]["per_second_micros"] == {"480p": 50_000, "720p": 70_000}
    assert one["editing"] == {"longest_seconds": 8.7, "resolution": "720p"}
    assert (one["looks"], three["looks"]) == (["fast"], [])
    assert (one["is_usable"], one["obstacle"]) == (False, "set PROVIDERS__SCRIPTED__API_KEY")
    assert (two["price"], two["extending"]) == (None, None)
    assert three["obstacle"] == "taken off the list by MODELS_FILE"
    (usable, *_) = as_objects(BOTH, frozenset({"scripted"}))
    assert (usable["is_usable"], usable["obstacle"]) == (True, None)


def test_a_page_keeps_its_table_whatever_the_texts_hold() -> None:
    rows = [line for line in as_markdown(BOTH).splitlines() if line.startswith("| ")]

    assert len(rows) == 5
    assert {row.replace("\\|", "").count("|") for row in rows} == {8}


@pytest.mark.usefixtures("alone")
def test_models_shows_what_the_keys_allow(capsys: pytest.CaptureFixture[str]) -> None:
    run()

    shown = capsys.readouterr().out
    assert "xai/grok-imagine-video-1.5" in shown
    assert "balanced: xai/grok-imagine-video\n" in shown
    assert "PROVIDERS__<NAME>__API_KEY" in shown


@pytest.mark.usefixtures("alone")
def test_models_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    run("--json")

    listed = json.loads(capsys.readouterr().out)
    assert [model["provider"] for model in listed if model["is_usable"]] == ["xai", "xai"]


def test_models_shows_what_the_operators_file_changes(
    alone: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = alone / "models.toml"
    file.write_text('[looks]\nmine = ["xai/grok-imagine-video"]\n', encoding="utf-8")
    monkeypatch.setenv("MODELS_FILE", str(file))

    run("--markdown")

    assert "- `mine`: `xai/grok-imagine-video`" in capsys.readouterr().out


@pytest.mark.usefixtures("alone")
def test_models_prints_the_page_of_the_docs(capsys: pytest.CaptureFixture[str]) -> None:
    run("--markdown")

    assert capsys.readouterr().out == as_markdown(CATALOGUE)
