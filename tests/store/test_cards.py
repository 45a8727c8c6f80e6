from bot.domain import Job, JobState, MessageKind, OwedMessage
from tests.store.world import World


async def post_card(world: World, job: Job) -> OwedMessage:
    message = await world.begin_sending(job.id, MessageKind.CARD)
    await world.outbox.mark_sent(message, channel_id=22, message_id=500)
    return await world.message(job.id, MessageKind.CARD)


async def test_a_card_lives_from_its_posting_until_it_is_folded(world: World) -> None:
    job = await world.reserve()
    before = await world.outbox.live_cards()
    card = await post_card(world, job)

    alive = await world.outbox.live_cards()
    await world.outbox.mark_shown(card, "over", is_folded=True)

    assert before == []
    assert alive == [(job, card)]
    assert await world.outbox.live_cards() == []


async def test_every_live_card_comes_with_its_own_job(world: World) -> None:
    for number in (1, 2, 3):
        await post_card(world, await world.reserve(number))

    live = await world.outbox.live_cards()

    assert sorted(job.id for job, _ in live) == ["job0000001", "job0000002", "job0000003"]
    assert all(job.id == card.job_id for job, card in live)


async def test_a_result_is_not_a_card(world: World) -> None:
    await world.bring_to(JobState.POSTED)

    assert await world.outbox.live_cards() == []


async def test_what_a_card_shows_is_remembered(world: World) -> None:
    job = await world.reserve()
    card = await post_card(world, job)

    await world.outbox.mark_shown(card, "digest-1", is_folded=False)

    ((_, shown),) = await world.outbox.live_cards()
    assert (card.shown, shown.shown) == (None, "digest-1")


async def test_only_confirmed_messages_count_as_sent(world: World) -> None:
    job = await world.bring_to(JobState.STORED)
    before = await world.outbox.sent(job.id)
    card = await post_card(world, job)

    assert before == {}
    assert await world.outbox.sent(job.id) == {MessageKind.CARD: card}
