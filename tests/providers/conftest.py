"""What the tests of operators' files have in common."""

from pathlib import Path

import pytest

from bot.providers.catalogue import Catalogue
from bot.providers.overrides import load_catalogue
from tests.providers.model_files import BUILT_IN, KNOWN, Load


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def from_text(text: str) -> Catalogue:
        path = tmp_path / "models.toml"
        path.write_text(text, encoding="utf-8")
        return load_catalogue(BUILT_IN, path, KNOWN)

    return from_text
