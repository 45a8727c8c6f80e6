from collections import Counter

from sandbox.canned import CannedReply
from sandbox.chaos.trouble import STORM
from sandbox.crash.weather import LOST_REPLIES, StormyFaults, StormyScript, Weather
from sandbox.discord_api import Fault
from sandbox.geeknow import GeekNowStandIn

OWN = CannedReply(status=418)
PATH = "/channels/1/messages"


def test_on_a_fair_day_the_script_is_followed() -> None:
    script = StormyScript(Weather(0.0, 1), "create", LOST_REPLIES.create)
    script.then(OWN)

    assert script.choose() is OWN
    assert script.choose() is None


def test_in_bad_weather_the_script_waits_for_its_turn() -> None:
    weather = Weather(1.0, 1)
    script = StormyScript(weather, "create", LOST_REPLIES.create)
    script.then(OWN)

    chosen = [script.choose() for _ in range(50)]

    assert OWN not in chosen
    assert weather.hits == Counter(create=50)
    weather.chance = 0.0
    assert script.choose() is OWN


def test_the_same_seed_is_the_same_weather() -> None:
    first, second, other = (
        [
            StormyScript(weather, "query", LOST_REPLIES.query).choose()
            for weather in [Weather(0.5, seed)] * 40
        ]
        for seed in (1, 1, 2)
    )

    assert first == second != other


def test_discord_has_weather_over_its_channels_and_nowhere_else() -> None:
    weather = Weather(1.0, 1)
    faults = StormyFaults(weather)
    login = Fault("GET", "/users/@me", status=500)
    faults.add(login)

    assert faults.take("POST", PATH) in LOST_REPLIES.messages
    assert faults.take("GET", "/users/@me") is login
    assert weather.hits == Counter(discord=1)


def test_a_provider_that_took_a_job_never_says_that_it_took_none() -> None:
    says_no = {400, 401, 403, 429}

    lies = [one for one in STORM.create if one.accepts and one.status in says_no]

    assert lies == []


async def test_a_provider_has_weather_over_every_kind_of_its_calls() -> None:
    provider = GeekNowStandIn()

    Weather(1.0, 1).over(provider)

    scripts = (provider.on_create, provider.on_query, provider.on_file, provider.on_content)
    assert all(script.choose() is not None for script in scripts)
