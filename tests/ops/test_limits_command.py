import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.domain import EVERYWHERE, Denial, Job, LimitKind, PolicyName, Refusal, Unit
from bot.errors import ConfigurationError, InvalidRequestError
from bot.store.engines.engine import open_database
from tests.factories import REQUESTER, make_job_id, make_valid_request
from tests.manual_clock import ManualClock
from tests.ops.trial_desk import Desk
from tests.store.engines import sqlite_url
from tests.store.world import World, make_world


@pytest.fixture
async def world(desk: Desk, sqlite_template: Path) -> AsyncIterator[World]:
    """Be a running bot with the same database; the commands read the real clock."""
    path = Path(shutil.copy(sqlite_template, desk.folder / "bot.sqlite3"))
    desk.set({"DATABASE_URL": sqlite_url(path)})
    async with open_database(sqlite_url(path)) as database:
        yield make_world(database, ManualClock(SystemClock().now()))


async def said(desk: Desk, *words: str) -> str:
    result = await desk.run(*words)
    assert result.exit_code == 0, result.output
    return result.output


async def test_a_limit_of_the_operator_counts_at_once_in_a_running_bot(
    desk: Desk, world: World
) -> None:
    first = await said(desk, "limits", "set", "everywhere", "day", "jobs", "1")
    await world.put(make_job_id(1), make_valid_request(1))
    denied = await world.ask(make_job_id(2), make_valid_request(2))
    shown = await said(desk, "limits", "show")
    second = await said(desk, "limits", "remove", "everywhere", "day", "jobs")
    again = await said(desk, "limits", "remove", "everywhere", "day", "jobs")
    made = await world.ask(make_job_id(2), make_valid_request(2))

    assert "Limit for everything that this bot makes: not limited → 1 job a day" in first
    assert isinstance(denied, Denial)
    assert (denied.refusal, denied.set_by_id) == (Refusal.LIMIT, None)
    assert [cell.strip() for cell in row(shown, "1 job a day")][:3] == [
        "everywhere",
        "1 job a day",
        "1 job",
    ]
    assert "1 job a day → not limited" in second
    assert "no such limit" in again
    assert isinstance(made, Job)
    assert (await world.audit.verify()).rows == 2


def row(output: str, what: str) -> list[str]:
    (line,) = [line for line in output.splitlines() if what in line]
    return line.strip("│ ").split("│")


async def test_what_each_person_may_use_is_shown_without_a_sum(desk: Desk, world: World) -> None:
    nothing = await said(desk, "limits", "show")
    await said(desk, "limits", "set", "person", "cooldown", "seconds", "30")
    await said(desk, "limits", "set", "everywhere", "month", "money", "$50")

    shown = await said(desk, "limits", "show")

    assert "Nothing is set." in nothing
    assert "a pause of 30 s after each second of video" in shown
    assert row(shown, "$50.00 a month")[2].strip() == "$0.00"
    book = await world.policies.book(EVERYWHERE)
    assert {(one.kind, one.unit, one.set_by_id) for one in book.limits} == {
        (LimitKind.COOLDOWN, Unit.SECONDS, None),
        (LimitKind.MONTH, Unit.MONEY, None),
    }


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("limits", "set", "everywhere", "day", "jobs", "-5"), "whole number of jobs"),
        (("limits", "set", "person", "month", "money", "1e9"), "no amount of dollars"),
        (("policy", "set", "pause", "mending", "--for", "person"), "can't be set for a person"),
        (("policy", "set", "longest", "-8"), "The length in seconds must be between"),
        (("policy", "set", "references", "perhaps"), "Say yes or no."),
        (("policy", "set", "models", "grok"), "Name 1 to|Say “only”"),
        (("policy", "set", "step_down", "80", "smaller"), "“smaller” is not understood"),
        (("policy", "set", "confirm_above", "-1"), "can't be below zero"),
        (("block", "5", "--until", "2020-01-01"), "That time is over already"),
    ],
)
async def test_what_will_not_do_is_a_sentence_and_changes_nothing(
    desk: Desk, world: World, words: tuple[str, ...], told: str
) -> None:
    result = await desk.run(*words)

    with pytest.raises(InvalidRequestError, match=told):
        raise result.exception or AssertionError
    book = await world.policies.book(EVERYWHERE)
    assert (book.limits, book.policies) == ((), ())
    assert (await world.audit.verify()).rows == 0


@pytest.mark.parametrize(
    ("name", "words", "value"),
    [
        ("models", ["only", "xai/grok"], {"mode": "only", "items": ["xai/grok"]}),
        ("longest", ["8"], 8),
        ("resolution", ["720P"], "720p"),
        ("references", ["no"], False),
        ("age_restricted", ["yes"], True),
        ("pause", ["back", "at", "noon"], {"reason": "back at noon"}),
        ("confirm_above", ["0.35"], 350_000),
        (
            "step_down",
            ["80", "longest=4", "resolution=480p", "review"],
            {"percent": 80, "longest": 4, "resolution": "480p", "review": True},
        ),
    ],
)
async def test_each_policy_of_the_operator_is_set_shown_and_removed(
    desk: Desk, world: World, name: str, words: list[str], value: object
) -> None:
    first = await said(desk, "policy", "set", name, *words)
    (policy,) = (await world.policies.book(EVERYWHERE)).policies
    shown = await said(desk, "policy", "show")
    second = await said(desk, "policy", "remove", name)

    assert "for everything that this bot makes\nBefore: " in first
    assert (policy.name, policy.value) == (PolicyName(name), value)
    assert "everywhere" in shown
    assert "Now: " in second
    assert (await world.policies.book(EVERYWHERE)).policies == ()


async def test_a_policy_of_a_server_has_no_scope_of_the_operator(desk: Desk, world: World) -> None:
    result = await desk.run("policy", "set", "log_channel", "5")

    assert result.exit_code == 2
    assert (await world.audit.verify()).rows == 0


async def test_a_person_is_blocked_everywhere_and_let_in_again(desk: Desk, world: World) -> None:
    user_id = str(REQUESTER)
    first = await said(desk, "block", user_id, "--until", "2099-01-01", "--reason", "spam")
    denied = await world.ask(make_job_id(1), make_valid_request(1))
    second = await said(desk, "block", user_id)
    third = await said(desk, "unblock", user_id)
    fourth = await said(desk, "unblock", user_id)
    made = await world.ask(make_job_id(1), make_valid_request(1))

    assert "not blocked → 2099-01-01T00:00:00+00:00" in first
    assert isinstance(denied, Denial)
    assert (denied.refusal, denied.reason) == (Refusal.BLOCKED, "spam")
    assert "2099-01-01T00:00:00+00:00 → for good" in second
    assert "blocked (for good) → not blocked" in third
    assert "was not blocked" in fourth
    assert isinstance(made, Job)


@pytest.mark.parametrize("words", [("limits", "show"), ("policy", "show"), ("unblock", "5")])
async def test_without_a_database_nothing_is_set(desk: Desk, words: tuple[str, ...]) -> None:
    result = await desk.run(*words)

    assert isinstance(result.exception, ConfigurationError)
    assert "There is no database at" in str(result.exception)
