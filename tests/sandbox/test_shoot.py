from pathlib import Path

from PIL import Image
from typer.testing import CliRunner

from sandbox.__main__ import cli
from sandbox.album import PICTURES


def test_the_pictures_of_the_docs_can_be_taken_in_any_language(tmp_path: Path) -> None:
    folders = ("--out", str(tmp_path / "images"), "--work", str(tmp_path / "work"))
    old = tmp_path / "images" / "pl" / PICTURES[0]
    old.parent.mkdir(parents=True)
    old.write_text("an old one")

    result = CliRunner().invoke(
        cli, ["pictures", "--language", "pl", *folders, "--render-seconds", "3"]
    )

    assert (result.exit_code, result.stderr) == (0, "")
    assert "rudy lis biegnie przez świeży śnieg" in result.stdout
    for name in PICTURES:
        with Image.open(old.with_name(name)) as picture:
            assert picture.format == "PNG"
            assert picture.width == 1360


def test_pictures_in_a_language_that_nobody_speaks_are_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["pictures", "--language", "tlh", "--out", str(tmp_path)])

    assert result.exit_code == 2
    assert result.stderr.startswith("The bot speaks en, ")
    assert result.stderr.endswith(", not tlh.\n")
    assert list(tmp_path.iterdir()) == []
