from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from bot.providers import PROVIDERS
from bot.providers.base import Provider
from tests.contract.dialects import DIALECTS


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_is_registered_under_its_own_name(name: str) -> None:
    assert issubclass(PROVIDERS[name], Provider)
    assert PROVIDERS[name].name == name
    assert PROVIDERS[name].title


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
def test_a_provider_is_called_over_https_and_asked_with_patience(provider: type[Provider]) -> None:
    schedule = provider.schedule

    assert urlsplit(provider.default_base_url).scheme == "https"
    assert timedelta(0) < schedule.first < schedule.soft_deadline < schedule.hard_deadline
    assert timedelta(0) < schedule.interval <= schedule.late_interval


def test_every_provider_is_under_the_contract_tests() -> None:
    assert {dialect.provider.name for dialect in DIALECTS} == set(PROVIDERS)
