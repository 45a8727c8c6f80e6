from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.foreign_errors import ForeignError, read_closed_error, read_error

FIELDS = ("error", "code", "message", "msg", "success", "type", "param", "data", "id")

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner),
    max_leaves=10,
)
bodies = st.dictionaries(st.sampled_from(FIELDS), anything)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, None),
        ({"error": None}, None),
        ({"error": ""}, None),
        ({"error": "  "}, None),
        ({"error": {}}, None),
        ({"error": {"message": "", "code": ""}}, None),
        ({"error": {"message": "", "code": "", "type": "api_error"}}, None),
        ({"error": []}, None),
        ({"error": False}, None),
        ({"code": "success", "message": "ok"}, None),
        ({"code": "success", "message": "", "data": None}, None),
        ({"code": 0, "msg": "ok"}, None),
        ({"code": 200, "msg": "ok"}, None),
        ({"success": True, "message": "ok"}, None),
        ({"error": "no GPU"}, ForeignError("", "no GPU")),
        ({"error": " no GPU ", "code": "busy"}, ForeignError("busy", "no GPU")),
        ({"error": "no GPU", "code": "success"}, ForeignError("", "no GPU")),
        ({"error": {"message": "no GPU"}}, ForeignError("", "no GPU")),
        ({"error": {"code": "busy", "message": ""}}, ForeignError("busy", "")),
        ({"error": {"code": 0, "message": "no"}}, ForeignError("", "no")),
        ({"error": {"message": "", "code": ""}, "msg": "late"}, ForeignError("", "late")),
        ({"error": True, "message": "no"}, ForeignError("", "no")),
        ({"success": False, "message": "no"}, ForeignError("", "no")),
        ({"code": "204", "msg": "登录验证失败"}, ForeignError("204", "登录验证失败")),
        ({"code": 401, "message": "no"}, ForeignError("401", "no")),
        ({"code": "task_not_exist", "message": ""}, ForeignError("task_not_exist", "")),
        ({"detail": "field required"}, ForeignError("", "field required")),
        ({"fail_reason": "no GPU"}, ForeignError("", "no GPU")),
    ],
    ids=str,
)
def test_an_error_is_what_is_filled_in(body: dict[str, Any], expected: ForeignError | None) -> None:
    assert read_error(body) == expected


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("imagine:content-moderated", ""),
        ("content_policy_violation", ""),
        ("sensitive_words_detected", ""),
        ("prompt_blocked", ""),
        ("", "Content violates usage guidelines. SAFETY_CHECK_TYPE_X"),
        ("", "Your request was rejected by our safety system"),
        ("", "提示词包含敏感内容"),
        ("", "视频审核未通过"),
    ],
)
def test_moderation_is_recognized(code: str, text: str) -> None:
    assert ForeignError(code, text).is_moderation


@pytest.mark.parametrize(
    "text",
    ["model names are case-sensitive", "moderate load, try later", "bad size", "violates 2:3", ""],
)
def test_other_troubles_are_not_taken_for_moderation(text: str) -> None:
    assert not ForeignError("", text).is_moderation


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("insufficient_user_quota", ""),
        ("insufficient_quota", ""),
        ("", "You exceeded your current quota, please check your plan"),
        ("resource-exhausted", "Your team has used all available credits"),
        ("", "user quota is not enough"),
        ("", "用户额度不足, 剩余额度: 0"),
        ("", "账户余额不足,请充值"),
    ],
)
def test_an_empty_account_is_recognized(code: str, text: str) -> None:
    assert ForeignError(code, text).is_credit


@pytest.mark.parametrize(
    "text",
    ["too many requests", "load balancer is full", "invalid credentials", "当前分组上游负载已饱和"],
)
def test_other_troubles_are_not_taken_for_an_empty_account(text: str) -> None:
    assert not ForeignError("", text).is_credit


@pytest.mark.parametrize(
    "text",
    [
        "task_not_exist",
        "Task not found",
        "video 'abc' does not exist",
        "No such job",
        "The task doesn't exist",
        "任务不存在",
    ],
)
def test_an_unknown_job_is_recognized(text: str) -> None:
    assert ForeignError("", text).is_unknown_job


@pytest.mark.parametrize("text", ["Not Found", "No handler found for GET /v1", "Invalid URL", ""])
def test_a_wrong_path_is_not_taken_for_an_unknown_job(text: str) -> None:
    assert not ForeignError("", text).is_unknown_job


def test_credits_and_keys_are_words_like_others_where_nothing_is_said_of_them() -> None:
    texts = (
        "end credits are no style",
        "the credits of a film",
        "white balance is wrong",
        "see the billing page",
        "an api key on a sign",
        "unauthorized copy of a film",
        "top up the glass",
    )

    errors = [ForeignError("", text) for text in texts]

    assert [error.is_credit or error.is_about_key for error in errors] == [False] * len(texts)


@pytest.mark.parametrize(
    "text",
    [
        "Invalid API key",
        "Incorrect API key provided: xa***.",
        "API key is missing",
        "The api_key has been revoked",
        "Missing X-API-Key",
        "apikey expired",
        "Invalid token (request id: 1)",
        "该令牌状态不可用",
        "Your team is blocked",
    ],
)
def test_a_refused_key_is_recognized(text: str) -> None:
    assert ForeignError("", text).is_about_key


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, None),
        ({"code": "1", "msg": "no"}, ForeignError("1", "no")),
        ({"code": "1", "msg": "no", "data": None}, ForeignError("1", "no")),
        ({"code": "1", "msg": "no", "data": ""}, ForeignError("1", "no")),
        ({"code": "1", "msg": "no", "data": []}, ForeignError("1", "no")),
        ({"code": "1", "msg": "no", "data": {}}, ForeignError("1", "no")),
        ({"error": {"message": "no", "type": "x", "param": None}}, ForeignError("", "no")),
        ({"success": False, "error": "no", "message": None}, ForeignError("", "no")),
        ({"code": "1", "msg": "no", "data": False}, None),
        ({"code": "1", "msg": "no", "data": "id"}, None),
        ({"code": "1", "msg": "no", "data": {"id": None}}, None),
        ({"code": "1", "msg": "no", "id": None}, None),
        ({"code": "1", "msg": ["no"], "message": "no"}, None),
        ({"error": {"message": "no", "id": "x"}}, None),
        ({"error": {"message": "no", "param": {"id": "x"}}}, None),
        ({"error": ["no"], "message": "no"}, None),
        ({"error": "no", "message": "Task was created"}, None),
        ({"error": {"message": "no"}, "message": "任务已提交"}, None),
        ({"error": "the task was not created"}, ForeignError("", "the task was not created")),
        ({"success": True, "message": "no"}, None),
    ],
    ids=str,
)
def test_an_answer_is_closed_when_no_job_can_be_behind_it(
    body: dict[str, Any], expected: ForeignError | None
) -> None:
    assert read_closed_error(body) == expected


@given(bodies)
def test_no_body_is_too_strange_to_hold_an_error(body: dict[str, Any]) -> None:
    error, closed = read_error(body), read_closed_error(body)

    assert error is None or str(error)
    assert closed in (None, error)


@pytest.mark.parametrize(
    "word", ["image ", "balance is ", "api key ", "余额不足,", "the model ", "fetch", "a\u0301"]
)
def test_a_hostile_text_is_read_in_no_time(word: str) -> None:
    error = ForeignError(word, word * 100_000).without("a prompt of more than twenty characters")
    read = (
        *(error.is_moderation, error.is_credit, error.is_about_key, error.is_about_model),
        *(error.is_about_input, error.is_wrong_path, error.is_unknown_job, error.is_bad_value),
        *(error.is_refused_key, error.is_refused_credit),
    )

    assert {type(one) for one in read} == {bool}
