"""The risks of a bot that takes strangers' words and spends its operator's money, by number."""

import re
from typing import Final

RISKS: Final = {
    1: "mentions that a member types",
    2: "markdown and lengths that break a message",
    3: "prompts that are refused",
    4: "keys in texts of errors",
    5: "addresses that lead inside",
    6: "decompression bombs",
    7: "huge attachments",
    8: "paths out of the folder",
    9: "SQL in words",
    10: "buttons that others press",
    11: "commands without the right to them",
    12: "forged ids of buttons",
    13: "direct messages and apps brought along",
    14: "a crowd of commands at once",
    15: "double clicks that pay twice",
    16: "decoders that are attacked",
    17: "forged lines in the log",
    18: "a ban for asking in vain",
    19: "a full disk",
    20: "a file that was exchanged",
}
_NUMBERS: Final = re.compile(r"_risk_(\d+)((?:_and_\d+)*)")


def risks_in(name: str) -> set[int]:
    """Find the risks that the name of a test speaks of."""
    found = (f"{first}{more}" for first, more in _NUMBERS.findall(name))
    return {int(number) for text in found for number in text.split("_and_")}
