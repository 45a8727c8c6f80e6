import io
import json
import logging

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import ConfigurationError
from bot.ops.logs import MASK, Redactor, set_up_logging

KEY = "geek-7f3a91c0d2"
LOGGER = logging.getLogger("tests.ops.logs")


def open_log(*, as_json: bool = True, level: str = "INFO") -> io.StringIO:
    stream = io.StringIO()
    set_up_logging(level=level, secrets=[KEY], stream=stream, as_json=as_json)
    return stream


def our_handler() -> logging.Handler:
    (handler,) = (each for each in logging.getLogger().handlers if each.get_name() == "grok-bot")
    return handler


def only_record(stream: io.StringIO) -> dict[str, str]:
    (line,) = stream.getvalue().splitlines()
    record: dict[str, str] = json.loads(line)
    return record


def raise_with(text: str) -> None:
    raise ValueError(text)


def test_a_record_is_one_json_object_with_its_fields() -> None:
    stream = open_log()

    LOGGER.info("Job %s was posted", "abc")

    record = only_record(stream)
    assert record.pop("at").endswith("+00:00")
    assert record == {
        "level": "INFO",
        "logger": "tests.ops.logs",
        "message": "Job abc was posted",
    }


def test_a_key_in_the_message_is_hidden() -> None:
    stream = open_log()

    text = f"The provider said: wrong key {KEY}"
    LOGGER.error(text)

    assert only_record(stream)["message"] == f"The provider said: wrong key {MASK}"


def test_a_key_in_the_arguments_is_hidden() -> None:
    stream = open_log()

    LOGGER.error("Sent %(headers)r", {"headers": {"X-Key": KEY}})

    assert only_record(stream)["message"] == f"Sent {{'X-Key': '{MASK}'}}"


def test_a_key_in_an_exception_and_its_cause_is_hidden() -> None:
    stream = open_log()

    try:
        try:
            raise_with(f"inner {KEY}")
        except ValueError as error:
            raise RuntimeError(f"outer {KEY}") from error
    except RuntimeError:
        LOGGER.exception("A step failed")

    record = only_record(stream)
    assert KEY not in stream.getvalue()
    assert f"RuntimeError: outer {MASK}" in record["exception"]
    assert f"ValueError: inner {MASK}" in record["exception"]


def test_an_exception_text_that_another_handler_kept_is_hidden_too() -> None:
    record = LOGGER.makeRecord(LOGGER.name, logging.INFO, "f.py", 1, "Here", (), None)
    record.exc_text = f"ValueError: {KEY}"

    Redactor([KEY]).filter(record)

    assert record.exc_text == f"ValueError: {MASK}"


async def test_the_headers_and_the_address_of_a_failed_request_are_hidden() -> None:
    stream = open_log()
    app = web.Application()
    headers = {"Authorization": f"Bearer {KEY}"}
    unknown_key = {"Authorization": "not-in-the-settings-1234"}

    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        for sent in (headers, unknown_key):
            url = server.make_url("/v1/videos?sig=signed-query")
            async with session.get(url, headers=sent) as response:
                with pytest.raises(aiohttp.ClientResponseError) as caught:
                    response.raise_for_status()
            LOGGER.error("%r %s", caught.value, caught.value, exc_info=caught.value)

    log = stream.getvalue()
    assert "404" in log
    for secret in (KEY, "not-in-the-settings-1234", "signed-query"):
        assert secret not in log


@given(hidden=st.text(min_size=6), before=st.text(), after=st.text(), as_json=st.booleans())
@example(hidden="ab***cd", before="ab", after="cd", as_json=True)
@example(hidden="/a%20'b\"\\c", before="https://x", after="?d=e", as_json=True)
def test_a_secret_never_appears(hidden: str, before: str, after: str, *, as_json: bool) -> None:
    stream = io.StringIO()
    set_up_logging(level="INFO", secrets=[hidden], stream=stream, as_json=as_json)

    try:
        raise_with(before + hidden + after)
    except ValueError:
        LOGGER.exception("%s %r", before + hidden + after, {"key": hidden})

    if as_json:
        record = only_record(stream)
        assert hidden not in record["message"]
        assert hidden not in record["exception"]
    else:
        assert hidden not in stream.getvalue().partition(f"{LOGGER.name}: ")[2]


def test_a_forged_record_stays_inside_its_line() -> None:
    stream = open_log()

    LOGGER.info("Prompt: %s", 'a cat\n{"level":"CRITICAL"}\r\u2028\x1b[31m')

    assert only_record(stream)["message"] == 'Prompt: a cat\n{"level":"CRITICAL"}\r\u2028\x1b[31m'


def test_a_plain_line_has_no_control_characters_either() -> None:
    stream = open_log(as_json=False)

    LOGGER.warning("Prompt: %s", "a cat\n2026-01-01 CRITICAL\x1b[31m\u202e")

    (line,) = stream.getvalue().splitlines()
    assert line.endswith(
        r"WARNING  tests.ops.logs: Prompt: a cat\n2026-01-01 CRITICAL\x1b[31m\u202e"
    )


def test_a_plain_trace_is_indented_under_its_line() -> None:
    stream = open_log(as_json=False)

    try:
        raise_with("first\n2026-01-01 CRITICAL forged")
    except ValueError:
        LOGGER.exception("A step failed")

    head, *trace = stream.getvalue().splitlines()
    assert head.endswith("ERROR    tests.ops.logs: A step failed")
    assert "    | ValueError: first" in trace
    assert all(line.startswith("    | ") for line in trace)


def test_a_trace_that_no_handler_wrote_before_is_hidden_and_kept_with_the_stack() -> None:
    stream = open_log()
    error = ValueError(f"why {KEY}")
    record = LOGGER.makeRecord(
        LOGGER.name,
        logging.INFO,
        "f.py",
        1,
        "Asked",
        (),
        (ValueError, error, None),
        sinfo=f"Stack: call({KEY!r})",
    )

    our_handler().handle(record)

    assert only_record(stream)["exception"] == (f"ValueError: why {MASK}\nStack: call('{MASK}')")


class Unspeakable:
    def __str__(self) -> str:
        raise RuntimeError(KEY)


@pytest.mark.parametrize(
    ("message", "args", "shown"),
    [
        ("%d frames", ("many",), "%d frames (can't be shown in full: TypeError)"),
        ("It is %s", (Unspeakable(),), "It is %s (can't be shown in full: RuntimeError)"),
        (Unspeakable(), (), "Unspeakable (can't be shown in full: RuntimeError)"),
    ],
)
def test_a_record_that_cannot_be_put_together_does_not_end_its_caller(
    message: object, args: tuple[object, ...], shown: str
) -> None:
    stream = open_log()
    record = LOGGER.makeRecord(LOGGER.name, logging.INFO, "f.py", 1, message, args, None)

    our_handler().handle(record)

    assert only_record(stream)["message"] == shown


def test_setting_up_twice_writes_each_record_once_and_to_the_newer_stream() -> None:
    first = open_log()
    second = open_log()

    LOGGER.info("Once")

    assert first.getvalue() == ""
    assert only_record(second)["message"] == "Once"


def test_without_a_stream_records_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(level="INFO", secrets=[], as_json=True)

    LOGGER.info("Here")

    assert json.loads(capsys.readouterr().err)["message"] == "Here"


def test_debug_reaches_our_loggers_but_not_the_talkative_libraries() -> None:
    stream = open_log(level="debug")

    logging.getLogger("bot.anything").debug("Ours")
    for name in ("discord.http", "discord.gateway", "asyncio", "aiohttp.client", "aiosqlite"):
        logging.getLogger(name).debug("Token and all")
    logging.getLogger("aiohttp.access").info("GET /")

    assert only_record(stream)["message"] == "Ours"


def test_a_higher_level_holds_for_the_libraries_too() -> None:
    stream = open_log(level="ERROR")

    logging.getLogger("discord.client").warning("Not asked for")
    logging.getLogger("aiohttp.access").warning("Not asked for")

    assert stream.getvalue() == ""


def test_an_unknown_level_is_told_to_the_operator() -> None:
    with pytest.raises(ConfigurationError, match=r"^LOG_LEVEL must be one of DEBUG, INFO"):
        set_up_logging(level="LOUD", secrets=[], as_json=True)
