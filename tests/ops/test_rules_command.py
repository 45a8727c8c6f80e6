import pytest

from bot.errors import ConfigurationError
from bot.store.engines.engine import open_database
from bot.store.migrate import migrate
from bot.store.record.audit import AuditFilter, AuditLog
from tests.ops.trial_desk import Desk

URL = "sqlite+aiosqlite:///data/bot.sqlite3"


@pytest.fixture(autouse=True)
async def migrated(desk: Desk) -> None:
    url = f"sqlite+aiosqlite:///{desk.folder}/data/bot.sqlite3"
    (desk.folder / "data").mkdir(exist_ok=True)
    async with open_database(url) as database:
        await migrate(database)


async def test_the_operator_makes_tries_lists_and_removes_a_rule(desk: Desk) -> None:
    added = await desk.run("rules", "add", "word", "red fox", "refuse")
    tested = await desk.run("rules", "test", "a R3D fox")
    listed = await desk.run("rules", "list")
    removed = await desk.run("rules", "remove", "1")

    line = "1  word  red fox  -> refuse (everywhere)\n"
    assert added.output == f"Added: {line}"
    assert tested.output == f"{line}    at 2-9: R3D fox\n"
    assert listed.output == line
    assert removed.output == f"Removed: {line}"
    async with open_database(URL) as database:
        rows = await AuditLog(database).newest(AuditFilter(), limit=9)
    assert [(row.action, row.guild_id, row.actor_id) for row in rows] == [
        ("rule.remove", 0, None),
        ("rule.add", 0, None),
    ]


async def test_without_rules_it_says_so(desk: Desk) -> None:
    listed = await desk.run("rules", "list")
    tested = await desk.run("rules", "test", "a fox")

    assert listed.output == "There are no rules for all servers.\n"
    assert tested.output == "No rule fires at this text.\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "pattern", "(a+)+$", "refuse"), "takes too long"),
        (("add", "similar", "lots", "hold"), "in percent"),
        (("remove", "7"), "no such rule here"),
    ],
)
async def test_what_will_not_do_is_a_sentence(
    desk: Desk, words: tuple[str, ...], sentence: str
) -> None:
    result = await desk.run("rules", *words)

    assert sentence in str(result.exception)


async def test_without_a_database_none_is_made(desk: Desk) -> None:
    (desk.folder / "data" / "bot.sqlite3").unlink()

    result = await desk.run("rules", "list")

    assert isinstance(result.exception, ConfigurationError)
