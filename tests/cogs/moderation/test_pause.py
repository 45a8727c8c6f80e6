from bot.domain import EVERYWHERE, PolicyName, Scope
from bot.store.moderation.policies import Where
from tests.cogs.moderation.asking import recorded, told
from tests.world import World


async def test_a_pause_says_that_what_is_running_goes_on(world: World) -> None:
    paused = await told(world, "pause", reason="the *party*")
    resumed = await told(world, "resume")
    again = await told(world, "resume")

    assert "Before: not paused\nNow: paused: the \\*party\\*" in paused
    assert "What is running goes on" in paused
    assert resumed.endswith("Before: paused: the \\*party\\*\nNow: not paused")
    assert again.endswith("It was so before: not paused")
    target = f"server:{world.chat.guild.id} pause"
    assert await recorded(world) == [f"policy.set {target}", f"policy.remove {target}"]


async def test_what_was_running_is_posted_during_a_pause(world: World) -> None:
    await world.ask()
    await world.card()

    await told(world, "pause")
    final = await world.final()

    assert final.attachments
    assert (await world.job()).video is not None


async def test_resume_tells_of_a_pause_that_the_operator_has_set(world: World) -> None:
    policies = world.app.bot.services.policies
    await policies.set_policy(
        Where(EVERYWHERE, Scope.EVERYWHERE), PolicyName.PAUSE, {"reason": ""}, None
    )
    await told(world, "pause")

    answer = await told(world, "resume")

    assert "Before: paused\nNow: not paused" in answer
    assert "The people who run this bot have paused it everywhere" in answer
