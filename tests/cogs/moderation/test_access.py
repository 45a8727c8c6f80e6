import pytest

from bot.domain import PolicyName
from bot.store.moderation.policies import server
from tests.cogs.moderation.asking import admin, recorded, shown, told
from tests.world import World


async def test_channels_are_set_with_before_and_after(world: World) -> None:
    arts = world.chat.guild.add_category("arts")

    first = await told(world, "channels set", mode="only in", channel=world.channel, channel3=arts)
    second = await told(world, "channels set", mode="everywhere but", channel=arts)
    last = await told(world, "channels set", mode="everywhere")

    both = ", ".join(f"<#{one}>" for one in sorted((world.channel.id, arts.id)))
    assert first == f"**Channels** for this server\nBefore: everywhere\nNow: only in {both}"
    assert f"Before: only in {both}\nNow: everywhere but in <#{arts.id}>" in second
    assert f"Before: everywhere but in <#{arts.id}>\nNow: everywhere" in last
    target = f"server:{world.chat.guild.id} channels"
    assert await recorded(world) == [
        f"policy.set {target}",
        f"policy.set {target}",
        f"policy.remove {target}",
    ]


async def test_single_channels_join_and_leave_the_list(world: World) -> None:
    other = world.chat.guild.add_channel("other")
    await told(world, "channels set", mode="only in", channel=world.channel)

    added = await told(world, "channels add", channel=other)
    removed = await told(world, "channels remove", channel=world.channel)
    refused = await told(world, "channels remove", channel=other)

    assert f"<#{other.id}>" in added.partition("Now: ")[2]
    assert removed.endswith(f"Now: only in <#{other.id}>")
    assert "the last one" in refused
    assert f"only in <#{other.id}>" in await shown(world, "channels show")


async def test_the_same_again_is_said_to_be_so(world: World) -> None:
    await told(world, "channels set", mode="only in", channel=world.channel)

    again = await told(world, "channels add", channel=world.channel)

    assert again.endswith(f"It was so before: only in <#{world.channel.id}>")


@pytest.mark.parametrize(
    ("path", "options", "sentence"),
    [
        ("channels set", {"mode": "only in"}, "Name 1 to 100 channels"),
        ("roles set", {"mode": "everyone but"}, "Name 1 to 100 roles"),
        ("models set", {"mode": "only"}, "Name 1 to 100 models"),
        ("models set", {"mode": "only", "model": "sora"}, "no such model"),
        ("models set", {"mode": "all", "model": "geeknow/grok-video-3"}, "“all” takes no list"),
        ("models add", {"model": "geeknow/grok-video-3"}, "no list yet"),
        ("models remove", {"model": "geeknow/grok-video-3"}, "not on the list"),
        ("allow resolution", {"size": "huge"}, "is no size"),
    ],
)
async def test_what_will_not_do_gets_a_sentence_and_changes_nothing(
    world: World, path: str, options: dict[str, str], sentence: str
) -> None:
    answer = await told(world, path, **options)

    assert sentence in answer
    assert await recorded(world) == []


async def test_roles_are_set_for_the_server_and_for_a_channel(world: World) -> None:
    artists = world.chat.guild.add_role("artists")
    guests = world.chat.guild.add_role("guests")

    for_all = await told(world, "roles set", mode="only for", role=artists)
    here = await told(world, "roles set", mode="everyone but", role=guests, channel=world.channel)
    more = await told(world, "roles add", role=guests)
    less = await told(world, "roles remove", role=guests, channel=world.channel)

    assert for_all.endswith(f"Before: everyone\nNow: only for <@&{artists.id}>")
    assert here.startswith(f"**Roles** for <#{world.channel.id}>")
    assert f"<@&{guests.id}>" in more.partition("Now: ")[2]
    assert less.endswith(f"Before: everyone but <@&{guests.id}>\nNow: everyone")
    listed = await shown(world, "roles show")
    assert f"for this server: only for <@&{artists.id}>, <@&{guests.id}>" in listed


async def test_models_are_set_for_whoever_is_named(world: World) -> None:
    role = world.chat.guild.add_role("artists")
    member = world.requester

    for_all = await told(world, "models set", mode="only", model="fast", model2="best")
    for_role = await told(world, "models set", mode="all but", model="grok-video-3", role=role)
    for_one = await told(world, "models set", mode="only", model="grok-video-3", member=member)
    more = await told(world, "models add", model="geeknow/grok-video-3-pro", member=member)
    less = await told(world, "models remove", model="geeknow/grok-video-3", member=member)

    assert "Now: only `geeknow/grok-video-3`, `geeknow/grok-video-3-max`" in for_all
    assert f"for members with <@&{role.id}>" in for_role
    assert for_role.endswith("Now: all but `geeknow/grok-video-3`")
    assert f"for <@{member.id}>" in for_one
    assert more.endswith("Now: only `geeknow/grok-video-3`, `geeknow/grok-video-3-pro`")
    assert less.endswith("Now: only `geeknow/grok-video-3-pro`")
    assert len((await shown(world, "models show")).splitlines()) == 3


async def test_models_are_suggested_from_the_catalogue_and_from_the_list(world: World) -> None:
    await told(world, "models set", mode="only", model="geeknow/grok-video-3-pro")

    async def suggested(path: str, value: str, **options: str) -> list[str]:
        found = await world.moderator.autocomplete(
            world.channel, f"grok-admin {path}", focused="model", value=value, **options
        )
        return [one["value"] for one in found]

    offered = await suggested("models set", "grok-video-3", mode="only")
    listed = await suggested("models remove", "")

    assert "geeknow/grok-video-3-max" in offered
    assert listed == ["geeknow/grok-video-3-pro"]


async def test_what_else_is_allowed_is_set_and_taken_back(world: World) -> None:
    where = {"channel": world.channel}

    longest = await told(world, "allow longest", seconds=5, **where)
    anything = await told(world, "allow longest", **where)
    size = await told(world, "allow resolution", size="720P")
    images = await told(world, "allow references", allowed=False)
    adults = await told(world, "allow age-restricted", only=True)
    everybody = await told(world, "allow age-restricted", only=False)

    assert longest.endswith("Before: any length\nNow: at most 5 s")
    assert anything.endswith("Before: at most 5 s\nNow: any length")
    assert size.endswith("Now: at most 720p")
    assert images.endswith("Before: not set\nNow: not allowed")
    assert adults.endswith("Now: age-restricted channels only")
    assert everybody.endswith("Now: all channels")
    assert len((await shown(world, "allow show")).splitlines()) == 2


async def test_sizes_are_suggested(world: World) -> None:
    found = await world.moderator.autocomplete(
        world.channel, "grok-admin allow resolution", focused="size", value="10"
    )

    assert [one["value"] for one in found] == ["1080p"]


async def test_a_setting_is_for_one_scope(world: World) -> None:
    role = world.chat.guild.add_role("artists")

    answer = await told(world, "allow longest", seconds=5, role=role, member=world.requester)

    assert "not several of them" in answer
    assert await recorded(world) == []


async def test_where_nothing_is_set_that_is_said(world: World) -> None:
    answer = await admin(world, "channels show")

    assert answer.embeds[0]["description"] == "Nothing is set here."


async def test_a_long_list_is_shown_with_the_number_of_what_is_left_out(world: World) -> None:
    guild = world.chat.guild
    places = [guild.add_category(f"place-{number}") for number in range(60)]
    await told(world, "channels set", mode="everywhere but", channel=places[0])
    policies = world.app.bot.services.policies
    listed = {"mode": "except", "items": [place.id for place in places]}
    await policies.set_policy(server(guild.id), PolicyName.CHANNELS, listed, None)

    answer = await told(world, "channels remove", channel=places[0])

    assert len(answer) < 2000
    assert " more\nNow: everywhere but in" in answer
    assert " more" in answer.partition("Now: ")[2]


async def test_nothing_of_another_server_is_shown_or_suggested(world: World) -> None:
    policies, elsewhere = world.app.bot.services.policies, server(77)
    listed = {"mode": "only", "items": ["geeknow/grok-video-3"]}
    await policies.set_policy(elsewhere, PolicyName.MODELS, listed, 1)

    suggested = await world.moderator.autocomplete(
        world.channel, "grok-admin models remove", focused="model", value=""
    )

    assert suggested == []
    assert await shown(world, "models show") == "Nothing is set here."
    assert await shown(world, "settings show") == "Nothing is set here."
