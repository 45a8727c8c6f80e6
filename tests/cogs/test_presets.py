from bot.domain import Recipe, Viewer
from sandbox.discord_api import Member
from tests.cogs.removing import given_up, said
from tests.world import World


async def save(world: World, name: str = "Fox", **options: str | int) -> str:
    return await said(world, world.requester, "grok presets save", name=name, **options)


async def listed(world: World, member: Member) -> str:
    run = await member.slash(world.channel, "grok presets list")
    return str((await run.answer()).embeds)


async def suggested(world: World, member: Member, path: str, option: str) -> list[tuple[str, str]]:
    found = await member.autocomplete(world.channel, path, focused=option, value="", **EXTRA[path])
    return [(one["name"], one["value"]) for one in found]


EXTRA: dict[str, dict[str, str]] = {
    "grok presets use": {},
    "grok presets share": {},
    "grok video": {"prompt": "x"},
}


async def test_a_request_is_kept_and_used(world: World) -> None:
    saved = await save(world, prompt="a red fox", duration=10)

    await said(world, world.requester, "grok presets use", name="Fox", prompt="in the snow")
    await world.final()
    spec = (await world.job()).spec

    assert "Kept as **Fox**" in saved
    assert (spec.prompt, spec.seconds) == ("a red fox, in the snow", 10)


async def test_the_words_go_where_the_preset_has_a_hole(world: World) -> None:
    await save(world, prompt="{} as a watercolour")

    await said(world, world.requester, "grok video", prompt="a heron", preset="Fox")
    await world.final()

    assert (await world.job()).spec.prompt == "a heron as a watercolour"


async def test_what_is_said_goes_before_what_is_kept(world: World) -> None:
    await save(world, prompt="a fox", duration=10)

    await said(world, world.requester, "grok video", prompt="red", preset="Fox", duration=6)
    await world.final()

    assert (await world.job()).spec.seconds == 6


async def test_the_request_of_a_job_can_be_kept(world: World) -> None:
    await (await world.ask()).answer()
    await world.final()
    job = await world.job()

    await save(world, job=job.id)

    viewer = Viewer(world.chat.guild.id, world.channel.id, world.requester.id, is_moderator=False)
    (preset,) = await world.app.bot.services.presets.usable(viewer)
    spec = job.spec
    assert preset.recipe == Recipe(
        spec.prompt, f"{spec.provider}/{spec.model}", spec.seconds, spec.aspect_ratio, "720p"
    )


async def test_the_request_of_a_job_that_was_given_up_is_kept_by_its_requester_alone(
    world: World,
) -> None:
    job = await given_up(world)

    others = await said(world, world.visitor, "grok presets save", name="Fox", job=job.id)
    own = await save(world, job=job.id)

    assert "its prompt stays with its requester" in others
    assert "You have no presets" in await listed(world, world.visitor)
    assert "Kept as **Fox**" in own


async def test_saving_again_replaces(world: World) -> None:
    await save(world, prompt="a fox")
    await save(world, prompt="a vixen")

    text = await listed(world, world.requester)

    assert "a vixen" in text
    assert "a fox" not in text


async def test_a_shared_preset_is_for_everybody_and_an_unshared_one_is_not(world: World) -> None:
    await save(world, prompt="a red fox")
    before = await listed(world, world.visitor)

    shared = await said(world, world.requester, "grok presets share", name="Fox")
    offered = await suggested(world, world.visitor, "grok presets use", "name")
    await said(world, world.visitor, "grok presets use", name=offered[0][1])
    await world.final()
    unshared = await said(world, world.requester, "grok presets share", name="Fox", enabled=False)

    assert "You have no presets" in before
    assert "Everybody on this server" in shared
    assert offered[0][0] == "Fox (shared)"
    assert "yours alone" in unshared
    assert "You have no presets" in await listed(world, world.visitor)


async def test_only_its_owner_shares_or_deletes_a_preset(world: World) -> None:
    await save(world, prompt="a red fox")
    await said(world, world.requester, "grok presets share", name="Fox")

    texts = [
        await said(world, world.visitor, "grok presets delete", name="Fox"),
        await said(world, world.visitor, "grok presets share", name="Fox", enabled=False),
    ]

    assert all("You have no such preset" in text for text in texts)
    assert "Fox" in await listed(world, world.visitor)
    assert await suggested(world, world.visitor, "grok presets share", "name") == []


async def test_a_preset_is_deleted(world: World) -> None:
    await save(world, prompt="a red fox")

    gone = await said(world, world.requester, "grok presets delete", name="Fox")
    used = await said(world, world.requester, "grok presets use", name="Fox")

    assert "forgotten" in gone
    assert "You have no such preset" in used
    assert await world.jobs() == []


async def test_blanks_in_a_name_make_no_difference(world: World) -> None:
    saved = await save(world, "red  fox", prompt="a red fox")

    shared = await said(world, world.requester, "grok presets share", name=" red   fox ")
    used = await said(world, world.requester, "grok presets use", name="red  fox")
    gone = await said(world, world.requester, "grok presets delete", name="red  fox")

    assert ["**red fox**" in one for one in (saved, shared, gone)] == [True] * 3
    assert "Accepted as job" in used


async def test_bad_names_and_empty_requests_are_refused(world: World) -> None:
    for name in ("", " ", "*bold*", "x" * 33):
        assert "A name is" in await save(world, name or "_", prompt="a fox")
    assert "Say a prompt" in await save(world)
    assert "There is no such job" in await save(world, job="0000000000")
    assert "The prompt is empty" in await save(world, prompt="\u200b")


async def test_there_is_an_end_to_presets(world: World) -> None:
    for number in range(25):
        await save(world, f"fox {number}", prompt="a fox")

    assert "that is how many fit" in await save(world, "one more", prompt="a fox")
    assert "Kept" in await save(world, "fox 3", prompt="a fox again")


async def test_presets_are_suggested_in_the_video_command(world: World) -> None:
    await save(world, prompt="a red fox")

    assert [
        name for name, _ in await suggested(world, world.requester, "grok video", "preset")
    ] == ["Fox"]
