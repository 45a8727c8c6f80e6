# ruff: noqa: RUF001 - signs that are taken for others are the matter of this file
"""Which letters of other scripts, and which digits and signs, are read as Latin letters."""

from string import ascii_lowercase
from typing import Final

LOOK_ALIKES: Final = {
    # After Unicode's UTS #39 (confusables.txt), those that keyboards and "fancy text" pages offer.
    # All are small letters without accents, for a text is compared in that form; so a pair of which
    # only the capitals look alike (Cyrillic Ve, Greek Eta) is here by its small letter.
    "a": "аαɑᴀ",
    "b": "вβьʙ",
    "c": "сᴄ",
    "d": "ԁᴅđɗ",
    "e": "еεҽɛᴇ",
    "f": "ғքꜰƒ",
    "g": "ԍɡցɢ",
    "h": "нһηհʜħ",
    "i": "іιӏıɩɪ",
    "j": "јᴊ",
    "k": "кκᴋĸ",
    "l": "ӏʟł",
    "m": "мμᴍ",
    "n": "ηνոռɴ",
    "o": "оοσօᴏø",
    "p": "рρᴘ",
    "q": "ԛգզ",
    "r": "гʀ",
    "s": "ѕꜱ",
    "t": "тτᴛŧ",
    "u": "υսᴜ",
    "v": "νѵᴠ",
    "w": "ԝѡωաᴡ",
    "x": "хχ×",
    "y": "уүγυʏ",
    "z": "ζᴢ",
}
STAND_INS: Final = {
    "a": "4@",
    "b": "8",
    "e": "3€",
    "i": "1!|",
    "l": "1|",
    "o": "0",
    "s": "5$",
    "t": "7",
}
"""Digits and signs written for letters, as in "l33t"; which letter is meant depends on the word."""


def _alphabet(first: int) -> dict[str, str]:
    return {chr(first + at): letter for at, letter in enumerate(ascii_lowercase)}


LETTER_SIGNS: Final = _alphabet(0x1F150) | _alphabet(0x1F170) | _alphabet(0x1F1E6)
"""Letters in black circles, in black squares, and the halves of flags; NFKC leaves them alone."""


def _families() -> dict[str, frozenset[str]]:
    families: dict[str, frozenset[str]] = {}
    for letter, others in LOOK_ALIKES.items():
        family = frozenset(letter + others)
        for member in family:
            families[member] = families.get(member, frozenset()) | family
    return families


FAMILIES: Final = _families()
"""Each letter with all that can be read as the same Latin letter, in both directions."""


def _latin() -> dict[int, str]:
    latin: dict[int, str] = {}
    for table in (LOOK_ALIKES, STAND_INS):
        for letter, others in table.items():
            for other in others:
                if other in "!|":  # mostly punctuation, where no word is asked for
                    continue
                latin.setdefault(ord(other), letter)
    return latin


LATIN: Final = _latin()
"""One Latin letter for each sign, to be used with `str.translate`; where two fit, the first."""
