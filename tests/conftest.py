"""The world of the tests, and at their end what was judged, and what nobody did."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from bot.store.engines.engine import Database, open_database
from sandbox.discord_api import DiscordStandIn
from sandbox.geeknow import GeekNowStandIn
from sandbox.postgres_server import (
    PostgresServer,
    PostgresUnavailableError,
    find_programs,
    private_postgres,
)
from tests.journeys import Logbook, session_journeys
from tests.media.s3_server import S3Server, s3_server
from tests.openapi_judge import Verdict, session_judge
from tests.store.engines import (
    ENGINES,
    TEMPLATE,
    Engine,
    PostgresEngine,
    SqliteEngine,
    make_template,
    sqlite_url,
)
from tests.world import World, judged_discord, running, settings_for

LOGGERS = ("", "PIL", "aiohttp", "aiohttp.access", "aiosqlite", "asyncio", "discord")
VERDICTS = pytest.StashKey[list[Verdict]]()
VERDICT = "verdict"
"""Under which a process of a distributed run hands in what it judged."""
LOGBOOK = "logbook"
"""Under which it hands in what people did there."""
JOURNEYS = ("tests/cogs", "tests/e2e")
"""Where everything is done that can be done with the bot."""

# How long an example takes is a matter of the machine, and of what else runs on it.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        choices=ENGINES,
        help="run what holds on any database on this engine only; both are the default",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("engine") != "postgres":
        return
    try:
        find_programs()
    except PostgresUnavailableError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("engine")
        metafunc.parametrize("engine", [chosen] if chosen else ENGINES, indirect=True)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - pytest-xdist has no types
    output = getattr(node, "workeroutput", {})
    handed_in = output.get(VERDICT)
    if handed_in is not None:
        requests, replies, events, problems = handed_in
        verdicts = node.config.stash.setdefault(VERDICTS, [])
        verdicts.append(Verdict(requests, replies, events, tuple(problems)))
    if LOGBOOK in output:
        session_journeys().log.add(Logbook.from_plain(output[LOGBOOK]))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    log = session_journeys().log
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[LOGBOOK] = log.as_plain()
    elif tells_all(session.config) and log.missing:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    judge = session_judge()
    if judge is None:
        return
    own = judge.verdict()
    if hasattr(session.config, "workeroutput"):
        handed_in = (own.requests, own.replies, own.events, list(own.problems))
        session.config.workeroutput[VERDICT] = handed_in
    if total(session.config).problems:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    log = session_journeys().log
    for line in log.lines():
        terminalreporter.write_line(line)
    for title in log.missing if tells_all(config) else ():
        terminalreporter.write_line(f"Nobody did this in {' and '.join(JOURNEYS)}: {title}.")
    if session_judge() is None:
        terminalreporter.write_line(
            "Discord's OpenAPI document is not beside this project: nothing was held against it."
        )
        return
    verdict = total(config)
    terminalreporter.write_line(str(verdict))
    for problem in verdict.problems:
        terminalreporter.write_line(problem)


def tells_all(config: pytest.Config) -> bool:
    """Tell whether every journey is in this run: nothing of their two folders was left out."""
    root = config.rootpath
    chosen = [(config.invocation_params.dir / arg).resolve() for arg in config.args]
    narrowing = ("keyword", "markexpr", "deselect", "lf")
    is_narrowed = any(config.getoption(name, None) for name in narrowing)
    return not is_narrowed and all(
        any((root / place).is_relative_to(one) for one in chosen) for place in JOURNEYS
    )


def total(config: pytest.Config) -> Verdict:
    judge = session_judge()
    own = Verdict() if judge is None else judge.verdict()
    handed_in: list[Verdict] = config.stash.get(VERDICTS, [])
    return sum(handed_in, own)


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    # The bot's commands set up the log of the whole process, on a stream that is soon closed.
    root = logging.getLogger()
    handlers = list(root.handlers)
    levels = {name: logging.getLogger(name).level for name in LOGGERS}
    yield
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3") / "server.log") as opened:
        yield opened


@pytest.fixture
async def chat() -> AsyncIterator[DiscordStandIn]:
    async with judged_discord() as opened:
        yield opened


@pytest.fixture
async def provider() -> AsyncIterator[GeekNowStandIn]:
    async with GeekNowStandIn(clip_scale=0.1) as opened:
        yield opened


@pytest.fixture
async def world(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> AsyncIterator[World]:
    async with running(settings_for(chat, provider, tmp_path), chat) as app:
        yield World(chat, provider, app)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    try:
        find_programs()
    except PostgresUnavailableError as error:
        pytest.skip(str(error))
    with private_postgres() as server:
        server.create(TEMPLATE)
        make_template(server.url(TEMPLATE))
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "bot.sqlite3"
    make_template(sqlite_url(path))
    return path


@pytest.fixture(scope="session")
def spare_databases() -> list[str]:
    return []


@pytest.fixture
def postgres_engine(
    postgres: PostgresServer, spare_databases: list[str]
) -> Iterator[PostgresEngine]:
    engine = PostgresEngine(postgres, spare_databases)
    yield engine
    engine.clear()


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    if request.param == "postgres":
        server: PostgresEngine = request.getfixturevalue("postgres_engine")
        return server
    return SqliteEngine(tmp_path, request.getfixturevalue("sqlite_template"))


@pytest.fixture
async def database(engine: Engine) -> AsyncIterator[Database]:
    async with open_database(engine.migrated()) as opened:
        yield opened
