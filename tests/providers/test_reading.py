import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.reading import (
    read_http_date,
    read_name,
    read_progress,
    read_seconds,
    read_status,
    read_text,
    read_url,
    redact,
    retry_after_seconds,
)

NOW = datetime(2026, 10, 21, 7, 28, tzinfo=UTC)
FIELDS = ("error", "code", "message", "msg", "status", "progress", "seconds", "id", "url", "data")

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner),
    max_leaves=10,
)
bodies = st.dictionaries(st.sampled_from(FIELDS), anything)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (42, 42),
        (42.9, 42),
        ("42%", 42),
        (" 42 % ", 42),
        ("42.5", 42),
        (-3, 0),
        (10**400, None),
        (1000, 100),
        ("1000%", 100),
        (math.nan, None),
        (math.inf, None),
        ("nan", None),
        ("٤٢", None),
        ("", None),
        (True, None),
        (None, None),
        ([42], None),
    ],
)
def test_progress_is_read_leniently(value: object, expected: int | None) -> None:
    assert read_progress({"progress": value}) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("6", 6.0), (6, 6.0), ("6.5s", 6.5), (0, None), ("-6", None), ("six", None), (None, None)],
)
def test_seconds_are_read_leniently(value: object, expected: float | None) -> None:
    assert read_seconds({"seconds": value}, "seconds") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"a": {"b": " text "}}, "text"),
        ({"a": {"b": " "}}, None),
        ({"a": {"b": 1}}, None),
        ({"a": "b"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_text_is_found_at_the_end_of_a_path(body: object, expected: str | None) -> None:
    assert read_text(body, "a", "b") == expected


@pytest.mark.parametrize("url", ["https://a/\x00", "https://a/\ud800", "a" * 9000, 7, None])
def test_an_address_that_cannot_be_stored_is_none(url: object) -> None:
    assert read_url({"url": url}, "url") is None


@given(bodies)
def test_no_body_is_too_strange_to_read(body: dict[str, Any]) -> None:
    progress, seconds = read_progress(body), read_seconds(body, "seconds")
    name, status = read_name(body, "id"), read_status(body)

    assert progress is None or 0 <= progress <= 100
    assert seconds is None or 0 < seconds < math.inf
    assert name is None or (name.isprintable() and name.strip() == name != "")
    assert status is None or status == status.lower()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("two\r\nlines\tand\x00 more", "two lines and more"),
        ("half\ud800 a letter, \u202ereversed", "half a letter, reversed"),
        ("Bearer abc.def-ghi", "Bearer …"),
        ("authorization: bearer=abc", "authorization: Bearer …"),
        ('{"key": "sk-ab12cd34"}', '{"key": "sk-…"}'),
        ("xai-ab12cd34 is wrong", "xai-… is wrong"),
        ("the task-sketch of a disk-drive", "the task-sketch of a disk-drive"),
        ("GET https://a.b/c?x=1&y=2 failed", "GET https://a.b/c?… failed"),
        ("https://a.b/c#token", "https://a.b/c?…"),
        ("https://user:word@a.b/c", "https://a.b/c"),
        ("my secret! is out", "my … is out"),
        ("my secret%21 is out", "my … is out"),
    ],
)
def test_a_foreign_text_is_cleaned(text: str, expected: str) -> None:
    assert redact(text, ["secret!"]) == expected


def test_a_secret_at_the_very_end_of_a_long_text_is_not_cut_in_half() -> None:
    assert "sec" not in redact("a" * 297 + "secret!", ["secret!"])


@given(st.text(), st.text(alphabet="abcXYZ0189", min_size=8), st.text())
def test_a_cleaned_text_is_short_and_keeps_no_secret(before: str, secret: str, after: str) -> None:
    cleaned = redact(before + secret + after, [secret])

    assert secret not in cleaned
    assert len(cleaned) <= 300
    assert cleaned.isprintable()


def test_cleaning_a_hostile_text_takes_no_time() -> None:
    assert len(redact("https://" * 130_000, ["secret"])) == 300
    assert len(redact("bearer:" * 150_000, ["secret"])) <= 300


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("3601", 3600.0),
        ("9" * 5000, 3600.0),
        ("-1", None),
        ("1.5", None),
        ("٤٢", None),
        ("", None),
        ("nan", None),
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30.0),
        ("Wed, 21 Oct 2026 07:28:30 -0000", 30.0),
        ("Wed, 21 Oct 2026 07:27:00 GMT", 0.0),
        ("Fri, 21 Oct 2033 07:28:00 GMT", 3600.0),
        ("Wed, 21 Oct 99999 07:28:00 GMT", None),
        (None, None),
    ],
)
def test_retry_after_is_read(value: str | None, expected: float | None) -> None:
    assert retry_after_seconds(value, NOW) == expected


def test_a_date_without_a_present_to_hold_it_against_says_nothing() -> None:
    assert retry_after_seconds("Wed, 21 Oct 2026 07:28:30 GMT", None) is None


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,3} [A-Z][a-z]{2} [0-9]{1,6} [0-9:]{0,9}"))
def test_retry_after_is_never_negative_and_at_most_an_hour(value: str) -> None:
    seconds = retry_after_seconds(value, NOW)

    assert seconds is None or 0.0 <= seconds <= 3600.0


@given(st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 -- hypothesis takes a bare bound and adds the zone
def test_a_date_header_is_read_to_the_second(moment: datetime) -> None:
    written = moment.strftime("%a, %d %b %Y %H:%M:%S GMT")

    assert read_http_date(written) == moment.replace(microsecond=0)


def test_an_absent_date_is_none() -> None:
    assert read_http_date(None) is None
