import json
from datetime import timedelta

import pytest

from bot.domain import JobState, Recipe, SentFile, Unit
from bot.store.community.drafts import DraftStore
from bot.store.community.preferences import PreferenceStore
from bot.store.community.presets import PresetStore
from bot.store.community.votes import VoteStore
from bot.store.moderation.reports import ReportStore
from bot.store.privacy import PrivacyStore
from bot.store.record.audit import AuditFilter
from tests.factories import GUILD, REQUESTER, make_origin, make_reference
from tests.manual_clock import START
from tests.store.stories import make_stories
from tests.store.voting import nowhere, vote
from tests.store.world import World

MODERATOR = 770077
OTHER = 440044
WEEK = timedelta(days=7)


@pytest.fixture
def privacy(world: World) -> PrivacyStore:
    return PrivacyStore(world.database, world.clock)


async def fill(world: World) -> None:
    """Leave traces of a member in every table, and of others beside them."""
    await world.bring_to(JobState.POSTED, references=[make_reference()])
    await world.reserve(2, origin=make_origin(2, requester_id=OTHER), prompt="of somebody else")
    await make_stories(world).tell(2, 11)
    await world.members.block(
        GUILD, REQUESTER, until_at=START + WEEK, reason="too loud", by_id=MODERATOR
    )
    await world.members.grant(
        GUILD,
        REQUESTER,
        unit=Unit.JOBS,
        amount=3,
        expires_at=START + WEEK,
        reason="a party",
        by_id=MODERATOR,
    )
    await ReportStore(world.database, world.clock).report("job0000001", OTHER, "their words")
    await ReportStore(world.database, world.clock).report("job0000002", REQUESTER, "my words")
    drafts = DraftStore(world.database, world.clock)
    await drafts.keep(GUILD, REQUESTER, [SentFile("fox.png", "https://cdn.example/fox")])
    await drafts.keep(GUILD, OTHER, [SentFile("theirs.png", "https://cdn.example/theirs")])
    other = await world.job("job0000002")
    await VoteStore(world.database, world.clock).apply([vote(other, REQUESTER)], nowhere)
    await world.execute(
        "INSERT INTO blocked_attempts VALUES (5, :guild, :member, NULL, :at)",
        guild=GUILD,
        member=REQUESTER,
        at=START,
    )
    presets = PresetStore(world.database, world.clock)
    await presets.save(GUILD, REQUESTER, "Fox", Recipe("my preset"))
    await presets.save(GUILD, OTHER, "Fox", Recipe("their preset"))
    await PreferenceStore(world.database, world.clock).change(REQUESTER, mentions=False)


async def test_an_export_has_everything_about_a_member_and_nothing_about_others(
    world: World, privacy: PrivacyStore
) -> None:
    await fill(world)

    kept = await privacy.export(GUILD, REQUESTER)

    text = json.dumps(kept)
    counts = {name: len(rows) for name, rows in kept.items() if isinstance(rows, list)}
    assert counts == {
        "jobs": 3,
        "ledger": 3,
        "storyboards": 1,
        "reports": 1,
        "blocks": 1,
        "grants": 1,
        "cases": 1,
        "blocked_attempts": 1,
        "presets": 1,
        "preferences": 1,
        "drafts": 1,
        "votes": 1,
        "record": 3,
    }
    assert (kept["jobs"][0]["prompt"], kept["jobs"][0]["guild_id"]) == (
        "A fox in the snow",
        str(GUILD),
    )
    assert {"my words", "too loud", "a party", "my preset"} <= set(
        text.replace('"', ",").split(",")
    )
    others = ("their words", "of somebody else", "their preset", "theirs.png")
    for absent in (MODERATOR, OTHER, *others):
        assert str(absent) not in text
    (row,) = await world.audit.newest(AuditFilter(action="privacy"), limit=5)
    assert (row.action, row.actor_id, row.after) == ("privacy.export", REQUESTER, "null")


async def test_the_files_that_are_kept_are_listed(world: World, privacy: PrivacyStore) -> None:
    await fill(world)
    await world.execute("UPDATE jobs SET references_removed_at = :at", at=START)

    (kept,) = await privacy.files(REQUESTER)
    await world.execute("UPDATE jobs SET file_removed_at = :at", at=START)

    assert (kept.job.id, kept.has_video, kept.has_references) == ("job0000001", True, False)
    assert await privacy.files(REQUESTER) == []


async def test_forgetting_takes_words_at_once_and_owes_the_rest(
    world: World, privacy: PrivacyStore
) -> None:
    await fill(world)

    await privacy.forget(GUILD, REQUESTER)

    (oblivion,) = await privacy.due(limit=5)
    assert (oblivion.member_id, oblivion.asked_at, oblivion.attempts) == (REQUESTER, START, 0)
    assert await world.count("SELECT count(*) FROM blocked_attempts") == 0
    assert await world.count("SELECT count(*) FROM drafts") == 1
    assert await world.count("SELECT count(*) FROM reports WHERE reason <> ''") == 1
    assert await world.count("SELECT count(*) FROM reports") == 2
    assert await world.count("SELECT count(*) FROM votes") == 0
    assert await world.count("SELECT count(*) FROM cases WHERE why LIKE '%my words%'") == 0
    (row,) = await world.audit.newest(AuditFilter(action="privacy"), limit=5)
    assert (row.action, row.target) == ("privacy.forget", f"member:{REQUESTER}")


async def test_what_is_done_is_over_unless_it_was_asked_for_again(
    world: World, privacy: PrivacyStore
) -> None:
    await privacy.forget(GUILD, REQUESTER)
    (first,) = await privacy.due(limit=5)
    await privacy.retry(first, START + WEEK)
    waiting = await privacy.due(limit=5)
    world.clock.advance(seconds=1)
    await privacy.forget(GUILD, REQUESTER)

    await privacy.finish(first)
    (second,) = await privacy.due(limit=5)
    await privacy.finish(second)

    assert waiting == []
    assert await privacy.due(limit=5) == []
