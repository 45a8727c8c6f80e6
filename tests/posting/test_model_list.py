import pytest
from discord import Embed

from bot.domain import Mode
from bot.posting.model_list import model_pages
from bot.posting.words import HELP, NO_MODELS
from bot.providers import CATALOGUE
from bot.providers.catalogue import Catalogue
from tests.providers.entries import EDITING, make_image_only, make_model, make_plain


def text_of(pages: list[Embed]) -> str:
    return "\n\n".join(page.description or "" for page in pages)


def many(count: int) -> Catalogue:
    return Catalogue(tuple(make_model(f"model-{number:03d}") for number in range(count)))


def test_a_model_is_told_with_all_that_a_member_can_choose() -> None:
    (page,) = model_pages(Catalogue((make_model(),)), shows_prices=False)

    assert page.description == (
        "**Model One** · `scripted/model-1`\n"
        "From a prompt alone, one image as the first frame, up to 7 reference images, "
        "a video of up to 8.7 seconds to edit or a video of 2 to 15 seconds to extend\n"
        "1 to 15 seconds · at most 10 with reference images · extends by 2 to 6"
        " · 480p, 720p · 16:9, 1:1"
    )


def test_a_model_that_only_changes_videos_has_no_shapes_to_choose() -> None:
    editor = make_plain(modes=frozenset({Mode.EDIT}), most_references=0, editing=EDITING)
    (page,) = model_pages(Catalogue((editor,)), shows_prices=False)

    assert str(page.description).endswith("1 to 15 seconds · 480p, 720p")


def test_prices_are_shown_where_the_operator_turned_them_on_only() -> None:
    catalogue = Catalogue((make_model(), make_plain()))

    assert "$" not in text_of(model_pages(catalogue, shows_prices=False))
    shown = text_of(model_pages(catalogue, shows_prices=True))
    assert "\nPrice: $0.05 at 480p, $0.07 at 720p a second" in shown
    assert "\nPrice: unknown" in shown


def test_looks_come_first_with_the_models_that_they_try() -> None:
    looks = {
        "fast": ("scripted/plain-1", "scripted/image-1"),
        "best": ("scripted/image-1",),
    }
    (page,) = model_pages(
        Catalogue((make_plain(), make_image_only(title="Image *One*")), looks), shows_prices=False
    )

    first, second, *_ = str(page.description).split("\n\n")
    assert first == (
        "**`fast`** · the first that fits and takes it of Plain One and Image \\*One\\*"
    )
    assert second == "**`best`** · Image \\*One\\*"


@pytest.mark.parametrize("catalogue", [CATALOGUE, many(30)], ids=["built in", "thirty"])
def test_every_model_is_listed_on_pages_that_discord_takes(catalogue: Catalogue) -> None:
    pages = model_pages(catalogue, shows_prices=True)

    assert all(f"`{entry.key}`" in text_of(pages) for entry in catalogue)
    assert all(len(page) <= 4096 for page in pages)


def test_what_does_not_fit_any_page_is_counted() -> None:
    pages = model_pages(many(300), shows_prices=True)

    listed = text_of(pages).count("**Model One**")
    assert str(pages[-1].description).endswith(
        f"… and {300 - listed} more. Type a part of a name into `model` to find them."
    )
    assert listed >= 30
    assert all(len(page) <= 4096 for page in pages)


def test_without_any_model_the_list_says_so() -> None:
    (page,) = model_pages(Catalogue(()), shows_prices=True)

    assert page.description == NO_MODELS()


def test_the_help_fits_a_message_and_names_no_model() -> None:
    assert len(HELP()) < 2000
    assert "{" not in HELP()
