import re
from pathlib import Path

import pytest

from bot.providers import PROVIDERS
from bot.providers.connections import schedule_of
from bot.settings import ProviderSettings, Settings

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / ".env.example"
DOCS = sorted(
    path for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")] if path.is_file()
)
FOLDERS = (
    "bot",
    "cogs",
    "sandbox",
    "benchmarks",
    "tests",
    "docs",
    "requirements",
    ".github",
    ".ci",
)
SETTING = re.compile(r"^(# )?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)
FILLED_IN = {
    "DISCORD_TOKEN": "a-token",
    "PROVIDERS__GEEKNOW__API_KEY": "a-key",
}

pytestmark = pytest.mark.usefixtures("empty_environment")


@pytest.fixture
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def example() -> str:
    return EXAMPLE.read_text(encoding="utf-8")


def setting_names() -> list[str]:
    return [match[2] for match in SETTING.finditer(example())]


def comment_above(name: str) -> str:
    before = example().split("\n\n")
    (block,) = (part for part in before if re.search(rf"^(# )?{name}=", part, re.MULTILINE))
    return " ".join(
        line.removeprefix("# ")
        for line in block.splitlines()
        if line.startswith("#") and not SETTING.match(line)
    )


def load(text: str, folder: Path) -> Settings:
    file = folder / "settings.env"
    file.write_text(text, encoding="utf-8")
    return Settings(_env_file=file)


def fill_in(text: str) -> str:
    for name, value in FILLED_IN.items():
        text, count = re.subn(rf"^{name}=$", f"{name}={value}", text, flags=re.MULTILINE)
        assert count == 1, f"{name} is not there to be filled in"
    return text


@pytest.mark.parametrize("field", [*Settings.model_fields])
def test_every_setting_is_in_the_example_and_is_explained(field: str) -> None:
    if field == "providers":
        assert any(name.startswith("PROVIDERS__") for name in setting_names())
        return

    assert field.upper() in setting_names()
    assert len(comment_above(field.upper())) > 20


@pytest.mark.parametrize("provider", [*PROVIDERS])
def test_the_key_of_every_provider_is_in_the_example(provider: str) -> None:
    assert f"PROVIDERS__{provider}__API_KEY".upper() in setting_names()


@pytest.mark.parametrize("field", [*ProviderSettings.model_fields])
def test_every_setting_of_a_provider_is_in_the_example_and_is_explained(field: str) -> None:
    assert len(comment_above(f"PROVIDERS__GEEKNOW__{field}".upper())) > 20


def test_every_setting_in_the_example_is_read() -> None:
    known = {field.upper() for field in Settings.model_fields} | {
        f"PROVIDERS__{provider}__{field}".upper()
        for provider in PROVIDERS
        for field in ProviderSettings.model_fields
    }

    assert set(setting_names()) - known == set()


def test_no_setting_is_in_the_example_twice() -> None:
    names = setting_names()

    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ["DISCORD_API_URL", "DISCORD_GATEWAY_URL", "ALLOW_PRIVATE_HOSTS"])
def test_what_is_for_development_says_so_and_is_switched_off(name: str) -> None:
    assert comment_above(name).startswith("DEVELOPMENT ONLY.")
    assert f"\n# {name}=" in example()


def test_the_example_as_it_is_sets_nothing(tmp_path: Path) -> None:
    assert load(example(), tmp_path) == Settings(_env_file=None)


def test_the_example_filled_in_loads(tmp_path: Path) -> None:
    settings = load(fill_in(example()), tmp_path)

    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == "a-token"
    key = settings.providers["geeknow"].api_key
    assert key is not None
    assert key.get_secret_value() == "a-key"


def test_every_optional_line_holds_a_value_that_is_accepted(tmp_path: Path) -> None:
    settings = load(SETTING.sub(r"\2=\3", fill_in(example())), tmp_path)

    assert str(settings.discord_api_url).startswith("http://127.0.0.1")
    shown, provider = settings.providers["geeknow"], PROVIDERS["geeknow"]
    assert shown.base_url == provider.default_base_url
    assert shown.requests_per_minute == provider.requests_per_minute
    assert schedule_of(provider, settings) == provider.schedule


def test_the_defaults_that_the_example_shows_are_the_defaults(tmp_path: Path) -> None:
    shown = load(SETTING.sub(r"\2=\3", example()), tmp_path)
    with_default = {
        name: field.default
        for name, field in Settings.model_fields.items()
        if field.default not in (None, (), {})
    }

    assert {name: getattr(shown, name) for name in with_default} == with_default


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_relative_link_leads_to_a_file(doc: Path) -> None:
    links = re.findall(r"\]\(([^)\s#]+)[^)]*\)", doc.read_text(encoding="utf-8"))
    relative = [link for link in links if "://" not in link and not link.startswith("mailto:")]

    assert [link for link in relative if not (doc.parent / link).exists()] == []


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_file_named_in_a_doc_exists(doc: Path) -> None:
    named = re.findall(r"`([\w.<>*/-]+)`", doc.read_text(encoding="utf-8"))
    paths = [name for name in named if name.startswith(tuple(f"{folder}/" for folder in FOLDERS))]
    patterns = {name: re.sub(r"<\w+>", "*", name).rstrip("/") for name in paths}

    assert [name for name, pattern in patterns.items() if not any(ROOT.glob(pattern))] == []


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_make_target_named_in_a_doc_exists(doc: Path) -> None:
    targets = set(
        re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    named = re.findall(r"(?:`|^)make (\w+)", doc.read_text(encoding="utf-8"), re.MULTILINE)

    assert set(named) - targets == set()


def test_every_line_of_the_log_that_is_explained_can_be_written() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = text.partition("| the log says |")[2].partition("\n\n")[0]
    explained = re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))

    assert len(explained) > 5
    assert [phrase for phrase in explained if phrase not in code] == []


@pytest.mark.parametrize("name", ["compose.postgres.yaml", "docs/operations.md"])
def test_plain_compose_commands_can_mean_the_services_with_postgresql(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    assert "COMPOSE_FILE=compose.postgres.yaml" in text
    assert "--file compose.postgres.yaml" not in text


def test_there_are_docs_to_check() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in DOCS}

    assert {
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "docs/architecture.md",
        "docs/operations.md",
        "docs/extending.md",
        "docs/decisions/README.md",
    } <= names


def test_the_list_of_decisions_is_whole() -> None:
    folder = ROOT / "docs" / "decisions"
    decisions = sorted(path.name for path in folder.glob("0*.md"))

    listed = re.findall(r"\]\((0[\w.-]+)\)", (folder / "README.md").read_text(encoding="utf-8"))

    assert listed == decisions


@pytest.mark.parametrize(
    "decision", sorted((ROOT / "docs" / "decisions").glob("0*.md")), ids=lambda path: path.stem
)
def test_each_decision_has_the_four_parts(decision: Path) -> None:
    headings = re.findall(r"^## (.+)$", decision.read_text(encoding="utf-8"), re.MULTILINE)

    assert headings == ["Status", "Context", "Decision", "Consequences"]
