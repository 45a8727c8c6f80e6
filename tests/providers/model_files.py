"""An operator's files of models, and the small catalogue that they change."""

from collections.abc import Callable

from bot.providers.catalogue import Catalogue
from bot.providers.entries import Transport
from tests.providers.entries import make_model, make_plain

BUILT_IN = Catalogue(
    (
        make_model(),
        make_plain(),
        make_plain("plain-2", provider="other", transport=Transport.PUBLIC_URL),
    ),
    {"fast": ("scripted/plain-1", "other/plain-2"), "best": ("scripted/model-1",)},
)
KNOWN = ("scripted", "other", "bare")
COMPLETE = """
title = "New"
modes = ["text"]
seconds = [10]
default_seconds = 10
resolutions = ["720P"]
default_resolution = "720p"
aspect_ratios = ["1:1"]
source = "us"
"""
Load = Callable[[str], Catalogue]


def table(model: str, *lines: str, provider: str = "scripted") -> str:
    return "\n".join(["[[model]]", f'provider = "{provider}"', f'model = "{model}"', *lines, ""])
