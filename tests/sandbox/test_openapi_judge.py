from pathlib import Path

import pytest

from sandbox.discord_api import Channel, DiscordStandIn, Exchange, Member, Upload
from tests.openapi_judge import OpenApiJudge, find_document, session_judge
from tests.sandbox.rest_client import RestClient

ANSWER = {"id": "1", "type": 0, "content": ""}


@pytest.fixture
def judge() -> OpenApiJudge:
    known = session_judge()
    if known is None:
        pytest.skip("Discord's OpenAPI document is not beside this project")
    return OpenApiJudge(known.document)


def posted(
    request: object,
    method: str = "POST",
    path: str = "/channels/1/messages",
    query: dict[str, str] | None = None,
    status: int | None = None,
    response: object = None,
    *,
    is_faulted: bool = False,
) -> Exchange:
    return Exchange(method, path, query or {}, request, (), status, response, is_faulted)


@pytest.mark.parametrize(
    ("exchange", "problem"),
    [
        (posted({"content": "x"}, path="/channels/1/poems"), "no such endpoint"),
        (
            posted({"content": "x", "message_reference": {"message_id": 5}}),
            "message_reference/message_id",
        ),
        (posted({"content": "x"}, method="PUT"), "no such endpoint"),
        (posted(None), "the request has no body"),
        (posted({"nonce": "n" * 26}), "nonce"),
        (posted({"embeds": [{"title": "x" * 257}]}), "embeds/0/title"),
        (
            posted(
                {
                    "components": [
                        {"type": 1, "components": [{"type": 2, "style": 1, "label": "x" * 81}]}
                    ]
                }
            ),
            "components/0/components/0/label",
        ),
        (posted({"x": 1}, method="GET"), "knows no request body"),
        (posted(None, method="GET", query={"pages": "2"}), "no query parameter pages"),
        (posted(None, method="GET", query={"limit": "101"}), "limit can't be '101'"),
        (posted({"content": "x"}, status=200, response=ANSWER), "reply 200"),
        (posted({"content": "x"}, status=302), "no status 302"),
        (
            posted({"content": "x"}, status=404, response={"message": "", "code": 0}),
            "does not have",
        ),
        (posted({"content": "x"}, status=403, response={"message": "no"}), "reply 403"),
        (
            posted(None, method="DELETE", path="/channels/1/messages/2", status=204, response={}),
            "status 204 has no body",
        ),
    ],
)
def test_what_the_document_does_not_allow_is_a_problem(
    judge: OpenApiJudge, exchange: Exchange, problem: str
) -> None:
    judge.observe(exchange)

    assert any(problem in one for one in judge.problems), judge.problems


@pytest.mark.parametrize(
    "exchange",
    [
        posted({"attachments": [{"id": 0, "filename": "a.mp4"}]}),
        posted({"content": "x"}, status=502, is_faulted=True),
        posted(None, method="GET", query={"limit": "100", "before": "5"}),
        posted(
            {"content": "x"},
            status=429,
            response={"message": "", "code": 0, "retry_after": 1.0, "global": False},
        ),
        posted(
            {"content": "x"},
            status=400,
            response={
                "message": "",
                "code": 50035,
                "errors": {"content": {"_errors": [{"code": "TOO_LONG", "message": ""}]}},
            },
        ),
    ],
)
def test_known_false_alarms_and_injected_replies_are_no_problems(
    judge: OpenApiJudge, exchange: Exchange
) -> None:
    judge.observe(exchange)

    assert judge.problems == []
    assert judge.requests_checked == 1


def test_a_wrong_part_of_an_event_is_a_problem(judge: OpenApiJudge) -> None:
    judge.observe_event("MESSAGE_CREATE", ANSWER)
    judge.observe_event("RESUMED", {})

    assert judge.events_checked == 2
    assert all(problem.startswith("event MESSAGE_CREATE") for problem in judge.problems)
    assert judge.problems
    assert "2 events" in str(judge.verdict())


async def test_every_exchange_is_judged(
    judge: OpenApiJudge, chat: DiscordStandIn, channel: Channel, rest: RestClient
) -> None:
    await rest.call("POST", f"/channels/{channel.id}/messages", {"content": "x"})
    for exchange in chat.exchanges:
        judge.observe(exchange)

    assert (judge.requests_checked, judge.replies_checked, judge.problems) == (1, 1, [])


@pytest.mark.usefixtures("bot")
async def test_the_events_of_a_direct_command_with_a_file_are_judged(moderator: Member) -> None:
    message = await moderator.say(
        moderator.direct_channel(), "hello", files=[Upload("a.png", b"a")]
    )
    run = await moderator.use_on_message(message, "Animate this")

    assert (await run.acknowledged()).is_deferred


def test_the_document_is_found_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISCORD_OPENAPI", str(tmp_path / "none.json"))
    missing = find_document()
    (tmp_path / "some.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv("DISCORD_OPENAPI", str(tmp_path / "some.json"))

    assert missing is None
    assert find_document() == tmp_path / "some.json"
