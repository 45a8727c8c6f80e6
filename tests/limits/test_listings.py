import pytest

from bot.errors import InvalidRequestError
from bot.limits.listings import adding, removing

ONLY = {"mode": "only", "items": [1, 2]}
EXCEPT = {"mode": "except", "items": [1]}


def test_a_name_is_added_whatever_the_list_means() -> None:
    assert adding([3])(ONLY) == {"mode": "only", "items": [1, 2, 3]}
    assert adding([3])(EXCEPT) == {"mode": "except", "items": [1, 3]}


def test_there_has_to_be_a_list_to_add_to() -> None:
    with pytest.raises(InvalidRequestError, match="no list yet"):
        adding([3])(None)


def test_a_name_is_taken_off_the_list() -> None:
    assert removing([2])(ONLY) == {"mode": "only", "items": [1]}


def test_without_its_last_exception_a_list_is_none() -> None:
    assert removing([1])(EXCEPT) is None


def test_the_last_one_that_is_allowed_stays() -> None:
    with pytest.raises(InvalidRequestError, match="the last one"):
        removing([1, 2])(ONLY)


@pytest.mark.parametrize("value", [None, ONLY])
def test_what_is_not_on_the_list_can_not_be_taken_off(value: object) -> None:
    with pytest.raises(InvalidRequestError, match="not on the list"):
        removing([9])(value)
