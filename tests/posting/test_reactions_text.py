import json

import pytest

from bot.domain import AuditRow
from bot.language import languages, speaking
from bot.limits.reactions import acts_of
from bot.posting.moderation.reactions_text import reactions_list, reactions_text
from bot.posting.record.lines import LONGEST_LINE, sentence
from bot.posting.words_reactions import HELP as REACTIONS_HELP
from tests.factories import GUILD
from tests.manual_clock import START


def row(name: str, before: object, after: object) -> AuditRow:
    target = f"server:{GUILD} {name}"
    was, now = json.dumps(before), json.dumps(after)
    return AuditRow(1, START, GUILD, 44, "policy.set", target, "", was, now, "", "")


def test_the_record_says_what_became_of_a_gallery() -> None:
    gallery = {"channel": 7, "votes": 3, "weekly": True}

    assert sentence(row("gallery", None, gallery)) == (
        "<@44> set the gallery for this server: <#7>, from 3 votes on, with the best of each "
        "week; before: nothing."
    )


def test_the_record_says_what_emojis_did_and_do() -> None:
    told = sentence(
        row("reactions", {"acts": {}, "own": []}, {"acts": {"again": ["🔁"]}, "own": []})
    )

    assert "🔁 again; the bot puts up none itself; before: no emoji does anything" in told


def test_the_longest_list_of_emojis_fits_a_line_of_the_record() -> None:
    many = {"acts": {"favour": [f"{'x' * 30}:{10**18 + n}" for n in range(30)]}, "own": []}

    assert len(sentence(row("reactions", many, many))) < LONGEST_LINE
    assert reactions_text(many, room=50).endswith("…")


def test_every_emoji_of_the_usual_ones_is_explained() -> None:
    text = reactions_list(None)

    assert all(one.shown in text for emojis in acts_of(None).values() for one in emojis)
    assert "no emoji does anything" in reactions_list({"acts": {}, "own": []})


@pytest.mark.parametrize("language", languages())
def test_the_help_about_reactions_fits_a_message(language: str) -> None:
    with speaking(language):
        assert len(REACTIONS_HELP()) < 2000
