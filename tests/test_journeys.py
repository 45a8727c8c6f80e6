"""Nothing that people can do with the bot goes without a journey unnoticed."""

import pytest

from sandbox.discord_api import DiscordStandIn, Exchange
from tests.journeys import Journeys, Logbook


def exchange(method: str, path: str, request: object) -> Exchange:
    return Exchange(method, path, {}, request, (), 200, None, is_faulted=False)


def registered(*commands: dict[str, object]) -> Journeys:
    journeys = Journeys()
    journeys.observe(exchange("PUT", "/applications/1/commands", list(commands)))
    return journeys


def interaction(kind: int, **data: object) -> dict[str, object]:
    return {"id": "7", "type": kind, "data": data}


def answer(journeys: Journeys, kind: int, **data: object) -> None:
    journeys.observe(
        exchange("POST", "/interactions/7/token/callback", {"type": kind, "data": data})
    )


COMMAND: dict[str, object] = {
    "name": "grok",
    "type": 1,
    "options": [
        {
            "type": 1,
            "name": "video",
            "options": [{"type": 3, "name": "model", "autocomplete": True}],
        }
    ],
}


def test_a_command_its_suggestions_and_a_menu_are_missed_until_somebody_used_them() -> None:
    journeys = registered(COMMAND, {"name": "Animate", "type": 3})

    assert {"command grok video", "suggestions grok video model", "menu Animate"} <= {
        *journeys.log.missing
    }


def test_a_command_counts_once_it_is_answered() -> None:
    journeys = registered(COMMAND)
    used = interaction(2, name="grok", type=1, options=[{"type": 1, "name": "video"}])

    journeys.observe_event("INTERACTION_CREATE", used)
    before = journeys.log.missing
    answer(journeys, 5)

    assert "command grok video" in before
    assert "command grok video" not in journeys.log.missing


def test_a_form_that_was_opened_is_missed_until_it_was_sent() -> None:
    journeys = registered(COMMAND)
    opened = interaction(2, name="grok", type=1, options=[{"type": 1, "name": "video"}])

    journeys.observe_event("INTERACTION_CREATE", opened)
    answer(journeys, 9, custom_id="v1:story:12:")
    before = journeys.log.missing
    journeys.observe_event("INTERACTION_CREATE", interaction(5, custom_id="v1:story::abcdef0123"))
    answer(journeys, 4)

    assert "form v1:story:*:*" in before
    assert "form v1:story:*:*" not in journeys.log.missing


def test_each_thing_that_a_button_can_say_is_missed_for_itself() -> None:
    journeys = Journeys()

    pressed = interaction(3, custom_id="v1:job:0123456789:remix")
    journeys.observe_event("INTERACTION_CREATE", pressed)
    answer(journeys, 5)

    assert "button JobButton remix" not in journeys.log.missing
    assert {"button JobButton extend", "button ForgetButton"} <= {*journeys.log.missing}


def test_a_reaction_of_a_person_counts_in_whatever_dress() -> None:
    journeys = Journeys()
    reaction = {"user_id": "3", "message_author_id": "1", "emoji": {"id": None, "name": "✉\ufe0f"}}

    journeys.observe_event("MESSAGE_REACTION_ADD", reaction | {"user_id": "1"})
    before = journeys.log.missing
    journeys.observe_event("MESSAGE_REACTION_ADD", reaction)

    assert "reaction ✉ send" in before
    assert "reaction ✉ send" not in journeys.log.missing


def test_what_another_process_saw_counts_too() -> None:
    ours, theirs = registered(COMMAND).log, Logbook(done={"command grok video"}, seconds=[0.5, 2.0])

    ours.add(Logbook.from_plain(theirs.as_plain()))

    assert "command grok video" not in ours.missing
    assert "2 first answers in all: 99 % within 2000 ms." in ours.lines()


@pytest.mark.usefixtures("world")
async def test_what_the_real_bot_registers_is_known(chat: DiscordStandIn) -> None:
    await chat.wait_for_command("grok", "video")
    journeys = registered(*(one.body for one in chat.commands))

    assert "command grok-admin limits set" in journeys.log.missing
