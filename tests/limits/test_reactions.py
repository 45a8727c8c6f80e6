import pytest

from bot.domain import Act, Emoji, PolicyName, Scope
from bot.errors import InvalidRequestError
from bot.limits.exchange import PolicySetting, ServerSettings, write_settings
from bot.limits.reactions import (
    MOST_EMOJIS,
    acts_of,
    read_emoji,
    read_emojis,
    rules_of,
    with_act,
    with_own,
)
from bot.limits.values import check_policy, gallery_of

STAR, HEART, EYES = Emoji("⭐"), Emoji("❤️"), Emoji("👀")
OURS = Emoji("blob_cat", 123456789012345678)


def check(value: object) -> object:
    return check_policy(Scope.SERVER, PolicyName.REACTIONS, value)


@pytest.mark.parametrize(
    ("emoji", "act"),
    [
        ("✉️", Act.SEND),
        ("✉", Act.SEND),
        ("⭐", Act.FAVOUR),
        ("❤", Act.FAVOUR),
        ("👍🏽", Act.FAVOUR),
        ("👎🏿", Act.DISFAVOUR),
        ("🔁", Act.AGAIN),
        ("🙈", Act.COVER),
        ("❌", Act.REMOVE),
        ("🗑️", Act.REMOVE),
        ("🚩", Act.REPORT),
        ("🎉", None),
    ],
)
def test_every_dress_of_an_emoji_means_the_same(emoji: str, act: Act | None) -> None:
    assert rules_of(None).act(Emoji(emoji)) is act


def test_an_emoji_of_a_server_is_known_by_its_number_under_any_name() -> None:
    rules = rules_of(with_act(None, OURS, Act.FAVOUR))

    assert rules.act(Emoji("renamed", OURS.id)) is Act.FAVOUR
    assert rules.act(Emoji("blob_cat", 1)) is None


@pytest.mark.parametrize(
    ("typed", "emoji"),
    [
        (" ⭐ ", STAR),
        ("<:blob_cat:123456789012345678>", OURS),
        ("<a:blob_cat:123456789012345678>", OURS),
        ("🇵🇱", Emoji("🇵🇱")),
        ("1️⃣", Emoji("1️⃣")),
        ("👩🏽‍🚀", Emoji("👩🏽‍🚀")),
    ],
)
def test_an_emoji_is_read_as_it_is_typed(typed: str, emoji: Emoji) -> None:
    assert read_emoji(typed) == emoji
    assert read_emoji(emoji.shown) == emoji


@pytest.mark.parametrize(
    "typed", ["", "a", "1", "#", "⭐⭐", ":star:", "<:x:1>", "⭐a", "@everyone"]
)
def test_what_is_no_emoji_is_refused(typed: str) -> None:
    with pytest.raises(InvalidRequestError, match="no emoji"):
        read_emoji(typed)


def test_several_emojis_are_read_with_or_without_room_between_them() -> None:
    assert read_emojis("⭐,❤️ ❤<:blob_cat:123456789012345678>") == (STAR, Emoji("❤"), OURS)
    with pytest.raises(InvalidRequestError, match="no list of emojis"):
        read_emojis("⭐ and ❤️")
    with pytest.raises(InvalidRequestError, match="no list of emojis"):
        read_emojis(" ")


def test_a_new_meaning_takes_the_place_of_the_old_one() -> None:
    value = check(with_act(None, STAR, Act.REPORT))

    assert acts_of(value)[Act.FAVOUR] == (HEART, Emoji("👍"))
    assert acts_of(value)[Act.REPORT] == (Emoji("🚩"), STAR)


def test_an_emoji_without_a_meaning_is_not_put_up() -> None:
    value = check(with_own(with_act(None, EYES, Act.FAVOUR), [STAR, EYES]))
    after = check(with_act(value, EYES, None))

    assert rules_of(value).own == (STAR, EYES)
    assert rules_of(after).own == (STAR,)
    with pytest.raises(InvalidRequestError, match="👀 has no meaning here"):
        check(with_own(None, [EYES]))


def test_what_is_as_usual_again_is_not_set_any_more() -> None:
    changed = with_own(with_act(None, EYES, Act.AGAIN), [EYES])

    assert with_act(changed, EYES, None) is None
    assert with_own(with_own(None, [STAR]), []) is None


def test_nothing_need_have_a_meaning() -> None:
    value: object = None
    for emojis in acts_of(None).values():
        for emoji in emojis:
            value = check(with_act(value, emoji, None))

    assert rules_of(value).acts == {}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("⭐", "what the emojis do"),
        ({"acts": {}}, "what the emojis do"),
        ({"acts": {"dance": ["⭐"]}, "own": []}, "what the emojis do"),
        ({"acts": {"favour": "⭐"}, "own": []}, "what the emojis do"),
        ({"acts": {"favour": [1]}, "own": []}, "what the emojis do"),
        ({"acts": {"favour": ["star"]}, "own": []}, "no emoji"),
        ({"acts": {"favour": ["👍"], "report": ["👍🏽"]}, "own": []}, "one meaning only"),
        ({"acts": {"favour": list("⭐👍🎉🎈🎁🎀")}, "own": list("⭐👍🎉🎈🎁🎀")}, "at most 5"),
        (
            {"acts": {"favour": [chr(0x1F600 + n) for n in range(MOST_EMOJIS + 1)]}, "own": []},
            f"At most {MOST_EMOJIS}",
        ),
    ],
)
def test_a_value_that_is_none_is_refused(value: object, text: str) -> None:
    with pytest.raises(InvalidRequestError, match=text):
        check(value)


def test_a_gallery_is_a_channel_and_a_number() -> None:
    value = {"channel": 5, "votes": 3, "weekly": True}

    rules = gallery_of(check_policy(Scope.SERVER, PolicyName.GALLERY, value))

    assert (rules.channel_id, rules.votes, rules.is_weekly) == (5, 3, True)


@pytest.mark.parametrize(
    "change", [{"channel": 0}, {"votes": 0}, {"votes": True}, {"weekly": 1}, {"more": 1}]
)
def test_a_gallery_without_one_of_them_is_refused(change: dict[str, object]) -> None:
    value = {"channel": 5, "votes": 3, "weekly": True, **change}

    with pytest.raises(InvalidRequestError):
        check_policy(Scope.SERVER, PolicyName.GALLERY, value)


def test_the_channel_of_a_gallery_is_a_text_in_the_file_and_known_by_its_number() -> None:
    gallery = {"channel": 10**18 + 1, "votes": 3, "weekly": False}
    setting = PolicySetting(Scope.SERVER, 0, PolicyName.GALLERY, gallery)
    carried = ServerSettings(policies=(setting,))

    assert '"channel": "1000000000000000001"' in write_settings(carried)
    assert carried.channel_ids == {10**18 + 1}
