import re
from pathlib import Path

import pytest

from bot.ops.commands.catalogue import as_markdown
from bot.providers import CATALOGUE, PROVIDERS
from bot.providers.overrides import load_catalogue

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "models.md"


def examples() -> list[tuple[str, str]]:
    """Every example of an operator's file in the docs, by its page."""
    return [
        (page.name, block)
        for page in sorted((ROOT / "docs").rglob("*.md"))
        for block in re.findall(
            r"^```toml\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        )
        if "[[model]]" in block or "[looks]" in block
    ]


def test_the_page_of_the_models_is_what_the_command_prints() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown(CATALOGUE), (
        "write it anew: grok-bot models --markdown > docs/models.md"
    )


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_page_of_the_models_has_every_model(provider: str) -> None:
    text = PAGE.read_text(encoding="utf-8")

    for entry in PROVIDERS[provider].models:
        assert text.count(f"\n| `{entry.key}` |") == 1


@pytest.mark.parametrize(("page", "example"), examples(), ids=lambda value: value[:12])
def test_an_example_of_an_operators_file_is_accepted(
    page: str, example: str, tmp_path: Path
) -> None:
    file = tmp_path / page
    file.write_text(example, encoding="utf-8")

    assert load_catalogue(CATALOGUE, file, PROVIDERS) != CATALOGUE


def test_the_page_of_the_models_has_an_example() -> None:
    assert "models.md" in [page for page, _ in examples()]
