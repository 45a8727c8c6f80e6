from bot.domain import JobState, PolicyName
from bot.store.moderation.policies import server
from sandbox.discord_api import Message
from tests.cogs.removing import given_up
from tests.world import World

OURS = "its prompt stays with its requester"
HUSHED = "a hushed fox"


def labels(message: Message) -> list[str]:
    return [one["label"] for row in message.components for one in row["components"]]


async def refused(world: World, job_id: str) -> None:
    """Hold what a visitor and a moderator get against the rule: no button, no form, no video."""
    for other in (world.visitor, world.moderator):
        shown = await (await other.slash(world.channel, "grok show", id=job_id)).answer()
        assert labels(shown) == ["Details"]
        for action in ("repeat", "remix"):
            run = await other.press(shown, f"v1:job:{job_id}:{action}")
            assert OURS in (await run.answer()).content
        assert await world.jobs(other) == []


async def test_what_was_given_up_is_made_again_by_its_requester_alone(world: World) -> None:
    job = await given_up(world, HUSHED)

    await refused(world, job.id)
    shown = await (await world.requester.slash(world.channel, "grok show", id=job.id)).answer()
    form = await (await world.requester.click(shown, "Remix")).modal()
    again = await (await world.requester.click(shown, "Again")).answer()

    assert labels(shown) == ["Again", "Remix", "Details"]
    assert form.components[0]["component"]["value"] == HUSHED
    assert "Accepted as job" in again.content


async def test_what_moderators_declined_is_remixed_by_nobody_else(world: World) -> None:
    policies, here = world.app.bot.services.policies, server(world.chat.guild.id)
    await policies.set_policy(here, PolicyName.REVIEW, True, None)  # noqa: FBT003 - as JSON has it
    await world.ask(prompt=HUSHED)
    card = await world.card()
    form = await (await world.moderator.press(card, "v1:case:1:reject")).modal()
    await (await world.moderator.submit(form, reason="too wild")).answer()
    job = await world.job_in(JobState.TOLD)

    await refused(world, job.id)


async def test_a_forged_form_makes_nothing_of_it(world: World) -> None:
    job = await given_up(world, HUSHED)

    run = await world.visitor.send_form(world.channel, f"v1:prompt:remix:{job.id}", prompt="mine")

    assert OURS in (await run.answer()).content
    assert await world.jobs(world.visitor) == []
