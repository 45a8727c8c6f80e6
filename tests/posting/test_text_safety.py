"""Whatever a member typed, wherever it is shown: held against the limits and Discord's document."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import discord
import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain import (
    Block,
    CaseKind,
    CaseState,
    Charge,
    Ending,
    Failure,
    FailureKind,
    Job,
    JobFilter,
    JobState,
    Place,
    Preset,
    Recipe,
    Relation,
    SceneOf,
)
from bot.language import languages, speaking
from bot.posting.cards import Looks
from bot.posting.details import Branch, Tree, tree_embed
from bot.posting.member_lists import found_line, preset_lines
from bot.posting.moderation.case_cards import appeal_answer, case_card
from bot.posting.moderation.jobs_list import jobs_embed
from bot.posting.moderation.jobs_panel import Place as ListPlace
from bot.posting.moderation.jobs_panel import list_controls
from bot.posting.moderation.people_text import block_line
from bot.posting.own_jobs import PAGE, own_jobs_controls, own_jobs_embed
from bot.posting.prompt_form import Subject, prompt_form
from bot.posting.result_buttons import result_buttons
from bot.posting.suggestions import suggest_jobs, suggest_presets
from bot.posting.text import plain, safe
from tests.factories import make_case, make_case_view, make_job, make_video
from tests.manual_clock import START
from tests.openapi_judge import session_judge

Payload = dict[str, Any]
LOOKS = Looks({}, {}, shows_prices=True)
LINK = "https://discord.com/channels/1/2/3"
FRAGMENTS = (
    *("@everyone", "@here", "<@1>", "<@!1>", "<@&1>", "<#1>", "</video:1>", "<t:1:R>", "<a:b:1>"),
    *("**", "__", "~~", "||", "`", "```", "> ", "# ", "- ", "1. ", "-# ", "[a](https://b.example)"),
    *("\\", "\n", "\r\n", "\u2028", "\t", "\x00", " ", "a", "狐狸", "żółw"),
    *("\u202e", "\u2066", "\u200b", "\u200d", "\u2060", "\ufeff", "\u3164", "\u034f", "\u2800"),
    *("\u0301", "\u0301" * 40, "\U0001f98a", "\U0001f468\u200d\U0001f469", "1\ufe0f\u20e3"),
    *("\ufe0f", "{", "}", "{prompt}", "%s", "\ufdfa", "\U000e0041"),
)
typed = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join),
    st.builds(str.__mul__, st.sampled_from(FRAGMENTS), st.integers(1, 400)),
)
LONGEST = [one * (4000 // len(one)) for one in ("*", "\U0001f98a", "@everyone ", "e\u0301", "||")]


def with_prompt(text: str, state: JobState = JobState.RENDERING, **rest: Any) -> Job:  # noqa: ANN401 - fields of a job
    job = make_job(state)
    return replace(job, spec=replace(job.spec, prompt=text), **rest)


def posted(text: str) -> Job:
    return with_prompt(text, JobState.POSTED, video=make_video())


def failed(text: str) -> Job:
    failure = Failure(FailureKind.REFUSED, Charge.NONE)
    return with_prompt(text, JobState.FAILED, failure=failure, ending=Ending.DECLINED, note=text)


def preset(text: str) -> Preset:
    return Preset(1, 2, 3, text, Recipe(text, text, 6, text, text), is_shared=True)


def said(embed: discord.Embed | None) -> Payload:
    assert embed is not None
    return {"embeds": [embed.to_dict()]}


def tree(text: str) -> discord.Embed | None:
    first = Branch(0, None, is_self=True, job=posted(text))
    others = [Branch(depth, Relation.REMIX, job=posted(text), url=LINK) for depth in range(1, 9)]
    return tree_embed(Tree((first, *others)))


def case(text: str, kind: CaseKind, scenes: int) -> Payload:
    job = with_prompt(text)
    decided = replace(
        make_case(job, kind, CaseState.REJECTED),
        decided_by_id=7,
        decided_at=START,
        reason=text,
        why=text,
    )
    board = tuple(replace(job, storyboard=SceneOf(1, number + 1)) for number in range(scenes))
    view = replace(make_case_view(job, decided), scenes=board)
    return {"embeds": [case_card(view, "small").to_dict(), appeal_answer(view, "small").to_dict()]}


def result(text: str) -> Payload:
    job = posted(text)
    view = result_buttons(job, ())
    assert view is not None
    return said(LOOKS.result(job)) | {"components": view.to_components()}


MESSAGES: Mapping[str, Callable[[str], Payload]] = {
    "card": lambda text: said(LOOKS.card(with_prompt(text), now=START, result=None)),
    "waiting": lambda text: said(
        LOOKS.card(with_prompt(text, JobState.RESERVED), now=START, result=None)
    ),
    "covered": lambda text: said(
        LOOKS.card(with_prompt(text, is_spoiler=True), now=START, result=None)
    ),
    "removed": lambda text: said(
        LOOKS.card(
            with_prompt(text, JobState.POSTED, removed_at=START, removed_by_id=7, note=text),
            now=START,
            result=None,
        )
    ),
    "result": result,
    "failure": lambda text: said(LOOKS.failure(failed(text))),
    "direct": lambda text: said(LOOKS.failure(failed(text), Place.REQUESTER)),
    "details": lambda text: said(LOOKS.details(failed(text), result=None)),
    "tree": lambda text: said(tree(text)),
    "review": lambda text: case(text, CaseKind.REVIEW, 0),
    "report": lambda text: case(text, CaseKind.REPORT, 0),
    "storyboard": lambda text: case(text, CaseKind.REVIEW, 6),
    "jobs": lambda text: said(own_jobs_embed([posted(text)] * PAGE, {}, {}, {}, page=0)),
    "search": lambda text: {"content": found_line(posted(text), LINK)},
    "presets": lambda text: {"content": preset_lines(preset(text), 9)},
    "block": lambda text: {"content": block_line(Block(1, 3, None, text, 7, START))},
    "desk": lambda text: said(
        jobs_embed(JobFilter(1), [failed(text)] * 10, {}, number=0, last=0, total=10)
    ),
}
"""Every kind of message that shows what a member typed."""


def texts_in(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for name, inner in value.items():
                if name not in {"custom_id", "url", "type", "value"}:
                    yield from texts_in(inner)
        case list():
            for inner in value:
                yield from texts_in(inner)


def objections(schema: str, value: object) -> list[str]:
    judge = session_judge()
    return [] if judge is None else judge.objections(schema, value)


def shape(payload: Payload) -> tuple[list[int], list[str], int]:
    """Return what no text may change: the lines, the mentions and links, the markup."""
    texts = list(texts_in(payload))
    bare = [re.sub(r"\\(?:[^\w\s]|_)", "", text) for text in texts]
    lines = [len(text.splitlines()) for text in texts]
    marked = [found for text in bare for found in re.findall(r"<[^>]*>|@(?:everyone|here)", text)]
    return lines, marked, sum(len(re.findall(r"[*_~`|>#\[\]()<{]", text)) for text in bare)


HIDDEN = regex.compile(r"(?!\n)[\p{C}\p{Default_Ignorable_Code_Point}]")
KNIT = regex.compile(
    r"(?<=@)\u200b|(?<=\p{Extended_Pictographic}\W?)\u200d(?=\p{Extended_Pictographic})"
    r"|(?<=\p{Emoji})[\ufe0e\ufe0f]"
)
"""What is hidden and wanted: it breaks a mention, or holds an emoji together."""


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", MESSAGES)
@given(text=typed)
@example(text=LONGEST[0])
@example(text=LONGEST[1])
@example(text=LONGEST[2])
@example(text=LONGEST[3])
@example(text="".join(FRAGMENTS))
def test_nothing_that_is_typed_gets_out_of_its_place(kind: str, language: str, text: str) -> None:
    with speaking(language):
        usual, strange = MESSAGES[kind]("x"), MESSAGES[kind](f"x{text}")

    embeds = strange.get("embeds", ())
    assert objections("MessageCreateRequest", strange) == []
    assert len(strange.get("content", "")) <= 2000
    assert all(len(discord.Embed.from_dict(embed)) <= 6000 for embed in embeds)
    assert shape(strange) == shape(usual)
    assert [one for one in texts_in(strange) if HIDDEN.search(KNIT.sub("", one))] == []


@given(text=typed)
@example(text=LONGEST[1])
def test_what_is_suggested_is_taken_by_discord(text: str) -> None:
    jobs = suggest_jobs("", [posted(text)] * 3)
    presets = suggest_presets("", [preset(f"x{text}"), preset(text)], 3)

    for choices in (jobs, presets):
        answer = {"type": 8, "data": {"choices": [one.to_dict() for one in choices]}}
        assert objections("ApplicationCommandAutocompleteCallbackRequest", answer) == []
        assert all(1 <= len(one.name) <= 100 for one in choices)
        assert not any(HIDDEN.search(KNIT.sub("", one.name)) for one in choices)


@given(text=typed)
@example(text=LONGEST[1])
async def test_what_can_be_chosen_from_a_menu_is_taken_by_discord(text: str) -> None:
    jobs = [posted(text), posted(f"x{text}")]
    views = list_controls(jobs, ListPlace(1), 3), own_jobs_controls(jobs, page=0, has_more=True)

    for view in views:
        message = {"components": view.to_components()}
        assert objections("MessageCreateRequest", message) == []
        assert [one for one in texts_in(message) if HIDDEN.search(KNIT.sub("", one))] == []


@pytest.mark.parametrize("language", languages())
@given(text=typed, most=st.integers(1, 4000))
@example(text=LONGEST[1] * 2, most=4000)
def test_a_form_that_is_filled_in_is_taken_by_discord(language: str, text: str, most: int) -> None:
    with speaking(language):
        forms = [prompt_form(one, "abcdefghjk", most=most, filled=text) for one in Subject]

    for form in forms:
        answer = {"type": 9, "data": form.to_dict()}
        assert objections("ModalInteractionCallbackRequest", answer) == []


@given(text=typed, limit=st.integers(1, 300))
def test_a_cut_parts_no_character_from_its_marks(text: str, limit: int) -> None:
    for show in (safe, plain):
        whole, cut = show(text, 10**6), show(text, limit)

        assert len(cut) <= limit
        if cut != whole:
            kept = cut.removesuffix("…")
            assert whole.startswith(kept)
            assert regex.findall(r"\X", whole)[: len(regex.findall(r"\X", kept))] == regex.findall(
                r"\X", kept
            )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u200db", "ab"),
        ("\u3164\u115f\u034f", ""),
        ("a\u2800b", "a b"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 4),
        ("\U0001f469\U0001f3fd\u200d\U0001f680", "\U0001f469\U0001f3fd\u200d\U0001f680"),
        ("❤\ufe0f\u200d\U0001f525", "❤\ufe0f\u200d\U0001f525"),
        ("1\ufe0f\u20e3", "1\ufe0f\u20e3"),
        ("a\ufe0f", "a"),
        ("\U0001f1f5\U0001f1f1", "\U0001f1f5\U0001f1f1"),
    ],
)
def test_what_nobody_sees_is_dropped_and_emoji_stay_whole(text: str, shown: str) -> None:
    assert safe(text, 100) == plain(text, 100) == shown
    assert not shown or safe(f"{'a' * 99}{text}x", 100) == f"{'a' * 99}…"
