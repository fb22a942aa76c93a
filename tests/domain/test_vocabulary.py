"""Every internal state has a word in every vocabulary, and no two tabs share one."""

import pytest

from domain.tabs import PRODUCT_WORDS, WORDS, ProductStatus, Tab
from domain.vocabulary import DEFAULT, VOCABULARIES, vocabulary

STATES = [*Tab, *ProductStatus]


@pytest.mark.parametrize("name", VOCABULARIES)
def test_every_state_has_a_word_in_every_vocabulary(name: str) -> None:
    words = VOCABULARIES[name]
    for state in STATES:
        word = words.of(state)
        assert word and word == word.strip() and "*" not in word
    for group in (words.listings, words.products):
        assert len(set(group.values())) == len(group), "two states that are told apart have one word"
    assert set(words.listings) == set(Tab) and set(words.products) == set(ProductStatus)


@pytest.mark.parametrize(
    ("name", "state", "word"),
    [
        ("bigseller", Tab.LIVE, "Live"),
        ("bigseller", Tab.IN_REVIEW, "Pending"),
        ("bigseller", Tab.DEACTIVATED, "Delisted"),
        ("cartcom", Tab.IN_REVIEW, "Suspended"),
        ("cartcom", Tab.LIVE, "Active"),
        ("cartcom", Tab.INCOMPLETE, "Incomplete"),
        ("cedcommerce", ProductStatus.NOT_UPLOADED, "Not Uploaded"),
        ("cedcommerce", ProductStatus.IN_PROGRESS, "In Progress"),
        ("sellercloud", Tab.READY, "Ready to Post"),
        ("sellercloud", Tab.IN_REVIEW, "Posted"),
        ("tiktok", Tab.LIVE, "Activate"),
    ],
)
def test_the_words_of_the_guides(name: str, state: Tab | ProductStatus, word: str) -> None:
    assert VOCABULARIES[name].of(state) == word
    assert state not in VOCABULARIES[name].borrowed


def test_ours_is_the_default_and_what_nobody_knows_is_ours() -> None:
    ours = vocabulary("of a tool nobody knows")
    assert ours is VOCABULARIES[DEFAULT]
    assert ours.listings == WORDS and ours.products == PRODUCT_WORDS and not ours.borrowed
