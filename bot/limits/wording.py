"""Words found in a text whatever they are dressed up as, and where they stand in the original.

Text and word are compared without case, width, accents and what nobody can see. A letter of the
word is also found as a look-alike of another script, and a word of three letters or more as well

- with digits and signs for up to half of its letters ("p0rn", "a$$"; not "5s", not "A55"),
- spelt out with one and the same sign between all its letters ("b a d", "b.a.d"), for ordinary
  text has no such rows of single letters.

A word is found as a whole only, so that "ass" is not found in "class". Two kinds of script have no
such borders: Chinese, Japanese, Thai, Lao, Khmer and Burmese put no spaces between words, so there
a word is found anywhere; and Korean hangs particles on a word, so there anything may follow.

A short word of one script can look like another word elsewhere (the Russian for "mouth" and "pot").
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import regex

from bot.limits.look_alikes import FAMILIES, LATIN, LETTER_SIGNS, STAND_INS

_UNSEEN: Final = regex.compile(r"\p{Cf}|\p{Default_Ignorable_Code_Point}|(?!\s)\p{Cc}")
_ACCENTS: Final = regex.compile(
    # Not every mark: the vowels of Thai and Hindi are marks too, and the two dots of Japanese.
    "["
    r"\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    r"\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # points of Hebrew
    r"\u064b-\u065f\u0670"  # vowels of Arabic
    "]"
)
_PART: Final = r"[\p{L}\p{N}\p{M}]"
"""What words are made of; not the underscore, with which Discord marks italics."""
_WORD: Final = regex.compile(rf"{_PART}+")
_VISIBLE: Final = regex.compile(r"[\p{L}\p{N}\p{S}]")
_UNSPACED: Final = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\u30fc\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
)
_HANGUL: Final = regex.compile(r"\p{Hangul}")
_BETWEEN: Final = r"[\s.,_*~|/\\+·•-]"
"""What is put between the letters of a word that is spelt out."""
_NOT_INSIDE_A_SYLLABLE: Final = r"(?![\p{M}\u1160-\u11ff])"
_LEAST_DISGUISED: Final = 3
"""The shortest word that is looked for in disguise, in letters."""


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text in the form that is compared, and where each of its characters came from."""

    text: str
    places: tuple[int, ...]
    """For each character of `text` the index in the original."""

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return where the characters from `start` up to `end` stand in the original."""
        return self.places[start], self.places[end - 1] + 1


def make_plain(typed: str) -> PlainText:
    """Take away case, width, accents and what nobody can see.

    It goes character by character (NFKD, case folded, NFKD again), so that each one keeps its
    place; both sides of a comparison go through it.
    """
    folded = [_fold(character) for character in typed]
    places = tuple(at for at, piece in enumerate(folded) for _ in piece)
    return PlainText("".join(folded), places)


def skeleton(typed: str) -> str:
    """Return the bare words of a text in Latin look-alikes, for comparing texts as a whole."""
    plain = "".join(map(_fold, typed)).translate(LATIN)
    return " ".join(_WORD.findall(plain))


def can_be_found(words: str) -> bool:
    """Tell whether `words` have a letter, digit or symbol by which they could be found."""
    return bool(_VISIBLE.search(make_plain(words).text))


def find_words(words: str, plain: PlainText) -> tuple[int, int] | None:
    """Return where in the original `words` stand first, whole and one after the other."""
    needle = make_plain(words).text
    for match in _pattern_of(needle).finditer(plain.text, concurrent=True):
        if match.end() > match.start() and _is_readable(needle, match[0]):
            return plain.original_span(match.start(), match.end())
    return None


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    letters = unicodedata.normalize("NFKD", LETTER_SIGNS.get(character, character))
    return _bare(unicodedata.normalize("NFKD", _bare(letters).casefold()))


def _bare(text: str) -> str:
    return _UNSEEN.sub("", _ACCENTS.sub("", text))


def _is_readable(needle: str, found: str) -> bool:
    """Tell whether digits stand for no more than half of the letters: more is just a number."""
    stand_ins = _count_digits(found) - _count_digits(needle)
    return stand_ins * 2 <= sum(character.isalpha() for character in needle)


def _count_digits(text: str) -> int:
    return sum(character.isdecimal() for character in text)


@lru_cache(maxsize=1024)
def _pattern_of(needle: str) -> regex.Pattern[str]:
    words = needle.split()
    pattern = r"\s+".join(_word_pattern(word, number) for number, word in enumerate(words))
    return regex.compile(pattern, cache_pattern=False)


def _word_pattern(word: str, number: int) -> str:
    is_disguised = len(word) >= _LEAST_DISGUISED and not _UNSPACED.search(word)
    letters = [_letter_pattern(letter, stand_ins=is_disguised) for letter in word]
    pattern = "".join(letters)
    if is_disguised and word.isalnum():
        first, second, *others = letters
        spelt = f"{first}(?P<sign{number}>{_BETWEEN}){second}"
        spelt += "".join(f"(?P=sign{number}){letter}" for letter in others)
        pattern = f"(?:{pattern}|{spelt})"
    return _border_before(word[0]) + pattern + _border_after(word[-1])


def _letter_pattern(letter: str, *, stand_ins: bool) -> str:
    signs = FAMILIES.get(letter, frozenset(letter))
    if stand_ins:
        signs |= frozenset(STAND_INS.get(letter, ""))
    if len(signs) == 1:
        return regex.escape(letter)
    return "[" + "".join(map(regex.escape, sorted(signs))) + "]"


def _border_before(first: str) -> str:
    return f"(?<!{_PART})" if _WORD.match(first) and not _UNSPACED.match(first) else ""


def _border_after(last: str) -> str:
    if _UNSPACED.match(last) or _HANGUL.match(last):
        return _NOT_INSIDE_A_SYLLABLE
    return f"(?!{_PART})" if _WORD.match(last) else ""
