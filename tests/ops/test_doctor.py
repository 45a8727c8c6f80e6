from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.domain import PauseReason
from bot.ops.doctor import examine
from bot.ops.finding import Finding
from bot.settings import ProviderSettings, Settings
from bot.store.engines.engine import open_database
from bot.store.migrate import migrate
from bot.store.pauses import PauseStore
from tests.manual_clock import START, ManualClock
from tests.media.file_host import FileHost
from tests.media.s3_server import ACCESS_KEY, SECRET_KEY, S3Server
from tests.ops.trial_desk import Desk
from tests.store.engines import Engine, PostgresEngine


async def found(settings: Settings, what: str) -> Finding | None:
    findings = await examine(settings, ManualClock())
    return next((finding for finding in findings if finding.what == what), None)


@pytest.mark.usefixtures("desk")
async def test_the_doctor_says_development_loudly(host: FileHost) -> None:
    host.serve("/v1/models", b'{"data": []}')
    given = ProviderSettings(api_key=SecretStr("sk-a-key"), base_url=host.base_url)
    settings = Settings(
        _env_file=None, allow_private_hosts=("127.0.0.1",), providers={"geeknow": given}
    )

    finding = await found(settings, "development")

    assert finding is not None
    assert (finding.is_good, finding.is_warning) == (True, True)
    assert finding.how.startswith("DEVELOPMENT ONLY. The key of GeekNow goes to http://127.0.0.1")


@pytest.mark.usefixtures("desk")
async def test_the_doctor_is_silent_about_development_where_there_is_none() -> None:
    assert await found(Settings(_env_file=None), "development") is None


@pytest.mark.parametrize(
    ("reason", "how", "fix"),
    [
        (PauseReason.KEY, "its key was refused", "Set PROVIDERS__GEEKNOW__API_KEY"),
        (PauseReason.CREDIT, "its credit is used up", "Top up your account at GeekNow."),
        (PauseReason.ADDRESS, "what answers at its address is not its API", "Correct"),
    ],
)
async def test_the_doctor_shows_a_paused_provider_in_red(
    desk: Desk, reason: PauseReason, how: str, fix: str
) -> None:
    url = f"sqlite+aiosqlite:///{desk.folder}/bot.sqlite3"
    clock = ManualClock()
    async with open_database(url) as database:
        await migrate(database)
        await PauseStore(database, clock).pause("geeknow", reason, "it said no")
    settings = Settings(_env_file=None, database_url=url)

    finding = await found(settings, "GeekNow")

    assert finding is not None
    assert not finding.is_good
    assert finding.how == f"paused since 2026-11-20 12:00 UTC: {how}"
    assert finding.fix.startswith(fix)
    assert "`grok-bot resume geeknow` does it at once" in finding.fix


async def test_a_pause_that_an_older_version_left_is_shown_by_its_name(desk: Desk) -> None:
    url = f"sqlite+aiosqlite:///{desk.folder}/bot.sqlite3"
    async with open_database(url) as database:
        await migrate(database)
        await PauseStore(database, ManualClock()).pause("olden", PauseReason.KEY, "no")

    finding = await found(Settings(_env_file=None, database_url=url), "olden")

    assert finding is not None
    assert finding.fix.startswith("This version does not know it.")


async def test_the_doctor_makes_no_database_to_look_for_pauses(desk: Desk) -> None:
    await examine(Settings(_env_file=None), ManualClock())

    assert list(desk.folder.rglob("*.sqlite3")) == []


@pytest.mark.usefixtures("desk")
async def test_an_address_that_no_key_can_go_to_is_a_red_line() -> None:
    given = ProviderSettings(api_key=SecretStr("sk-a-key"), base_url="https://:80")

    finding = await found(Settings(_env_file=None, providers={"geeknow": given}), "keys")

    assert finding is not None
    assert "not an http(s) address" in finding.how
    assert not finding.is_good


@pytest.mark.usefixtures("desk")
async def test_a_clock_that_can_not_be_right_is_a_red_line() -> None:
    clock = ManualClock(START - timedelta(days=9000))

    findings = await examine(Settings(_env_file=None), clock)

    assert "Set the clock; switch time synchronization on." in [each.fix for each in findings]


async def the_database(url: str) -> Finding:
    finding = await found(Settings(_env_file=None, database_url=url), "database")
    assert finding is not None
    return finding


@pytest.mark.usefixtures("desk")
async def test_the_doctor_tries_to_write_on_either_engine(engine: Engine) -> None:
    finding = await the_database(engine.migrated())

    assert finding == Finding("database", "writable and migrated")


@pytest.mark.usefixtures("desk")
async def test_the_doctor_tells_a_server_without_tables_from_one_that_is_away(
    postgres_engine: PostgresEngine,
) -> None:
    empty = postgres_engine.empty()
    away = "postgresql+asyncpg://bot:a-secret@127.0.0.1:1/bot"

    findings = [await the_database(url) for url in (empty, away)]

    assert [finding.is_good for finding in findings] == [False, False]
    assert findings[0].fix == "Run grok-bot migrate."
    assert "can't be reached" in findings[1].how
    assert "a-secret" not in str(findings)


@pytest.mark.usefixtures("desk")
async def test_the_doctor_is_red_where_the_bot_may_not_write(
    postgres_engine: PostgresEngine,
) -> None:
    server, url = postgres_engine.server, postgres_engine.migrated()
    server.execute("CREATE ROLE looker LOGIN PASSWORD 'looking'")
    server.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker", url.rpartition("/")[2])

    finding = await the_database(url.replace(f"grok:{server.password}", "looker:looking"))

    assert not finding.is_good
    assert "permission denied" in finding.how
    server.execute("DROP OWNED BY looker; DROP ROLE looker", url.rpartition("/")[2])


def backed_up(desk: Desk, *names: str) -> None:
    (desk.folder / "data" / "backups").mkdir(parents=True)
    for name in names:
        (desk.folder / "data" / "backups" / name).write_bytes(b"a backup")


@pytest.mark.usefixtures("desk")
async def test_without_backups_the_doctor_says_so_and_is_calm() -> None:
    finding = await found(Settings(_env_file=None), "backup")

    assert finding == Finding(
        "backup", "there is none; none is made by itself, for BACKUP_AT is not set"
    )


@pytest.mark.usefixtures("desk")
async def test_the_first_nightly_backup_is_announced() -> None:
    finding = await found(Settings(_env_file=None, backup_at="03:30"), "backup")

    assert finding == Finding("backup", "the first one is made at 03:30 UTC")


@pytest.mark.parametrize(("day", "is_good"), [(19, True), (17, False)])
async def test_nightly_backups_that_stopped_are_red(
    desk: Desk,
    day: int,
    is_good: bool,  # noqa: FBT001 - pytest passes parameters by name
) -> None:
    backed_up(desk, "grok-bot-20260101-033000.sqlite3", f"grok-bot-202611{day}-120000.tar")

    finding = await found(Settings(_env_file=None, backup_at="03:30"), "backup")

    assert finding is not None
    assert finding.how == f"the newest is {(20 - day) * 24} hours old"
    assert finding.is_good is is_good


async def test_backups_by_hand_are_only_mentioned(desk: Desk) -> None:
    backed_up(desk, "grok-bot-20260101-033000.sqlite3")

    finding = await found(Settings(_env_file=None), "backup")

    assert finding is not None
    assert finding.is_good
    assert finding.how.startswith("the newest is of 2026-01-01 03:30 UTC; none is made by itself")


@pytest.mark.usefixtures("desk")
async def test_a_disk_without_room_for_a_video_is_red() -> None:
    more_than_any_disk = Settings(_env_file=None).model_copy(
        update={"result_max_megabytes": 10**12}
    )

    finding = await found(more_than_any_disk, "disk space")

    assert finding is not None
    assert not finding.is_good
    assert "finished videos wait with their provider" in finding.how


@pytest.mark.usefixtures("desk")
async def test_a_bucket_is_tried_out(s3: S3Server) -> None:
    await s3.make_bucket("of-the-doctor")
    settings = Settings(
        _env_file=None,
        allow_private_hosts=("127.0.0.1",),
        results_url="s3://of-the-doctor",
        s3_endpoint=s3.url,
        s3_access_key_id=SecretStr(ACCESS_KEY),
        s3_secret_access_key=SecretStr(SECRET_KEY),
    )
    elsewhere = settings.model_copy(update={"results_url": "s3://missing-bucket"})

    good = await found(settings, "results")
    bad = await found(elsewhere, "results")

    assert good == Finding("results", "s3://of-the-doctor can be written")
    assert bad is not None
    assert bad.how == "bucket: 404 Not Found NoSuchBucket"


async def test_a_bucket_that_does_not_know_the_key_is_red_and_the_key_is_not_shown(
    host: FileHost,
) -> None:
    said = b"<Error><Code>InvalidAccessKeyId</Code></Error>"
    host.serve("/a-bucket/doctor.tmp", said, status=403)
    settings = Settings(
        _env_file=None,
        allow_private_hosts=("127.0.0.1",),
        results_url="s3://a-bucket",
        s3_endpoint=host.base_url,
        s3_access_key_id=SecretStr(ACCESS_KEY),
        s3_secret_access_key=SecretStr(SECRET_KEY),
    )

    finding = await found(settings, "results")

    assert finding is not None
    assert not finding.is_good
    assert finding.how == "bucket: 403 Forbidden InvalidAccessKeyId"
