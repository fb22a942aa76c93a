"""Suggestions come from words alone, are deterministic, and say why."""

import pytest

from domain.attributes import AttributeMapping, Source, propose, resolve_value, resolve_values, sendable
from domain.categories import CategoryNode, Index, suggest
from domain.draft import AttributeNeed, AttributeValue
from domain.variants import image_option
from domain.words import same_name, tokens
from tests.domain.examples import DRAFT, NEEDS, SKUS

PATHS = [
    ("Home Supplies", "Kitchenware", "Mugs & Cups"),
    ("Home Supplies", "Kitchenware", "Plates"),
    ("Home Supplies", "Bedding", "Pillows"),
    ("Furniture", "Living Room", "Sofas"),
    ("Furniture", "Dining Room", "Dining Tables"),
    ("Womenswear", "Tops", "T-shirts"),
    ("Womenswear", "Dresses", "Casual Dresses"),
    ("Menswear", "Tops", "T-shirts"),
    ("Menswear", "Bottoms", "Jeans"),
    ("Shoes", "Women's Shoes", "Sneakers"),
    ("Pet Supplies", "Dogs", "Dog Toys"),
    ("Pet Supplies", "Dogs", "Dog Leashes"),
    ("Toys", "Learning", "Puzzles"),
    ("Beauty", "Bath & Body", "Soap"),
    ("Beauty", "Makeup", "Lipstick"),
    ("Phones & Electronics", "Accessories", "Phone Cases"),
]
TREE = [CategoryNode(str(600000 + place), path, True) for place, path in enumerate(PATHS)]
TREE.append(CategoryNode("1", ("Furniture",), False))
INDEX = Index(TREE)

HELD_OUT = [
    ("Blue ceramic coffee mug 12 oz", ("Kitchen",), "Mugs & Cups"),
    ("Oak dining table for six", (), "Dining Tables"),
    ("Velvet couch", ("Living Room",), "Sofas"),
    ("Rope toy for puppies", ("Dogs", "Toys"), "Dog Toys"),
    ("Leather leash, 2 m", ("Pets", "Dog leashes"), "Dog Leashes"),
    ("Canvas trainers", ("Ladies", "Footwear"), "Sneakers"),
    ("Summer dress, casual fit", ("Women", "Dresses"), "Casual Dresses"),
    ("Slim jeans", ("Men",), "Jeans"),
    ("1000 piece jigsaw puzzle", ("Toys & Games",), "Puzzles"),
    ("Lavender soap bar", ("Bath",), "Soap"),
    ("Clear case for smartphones", (), "Phone Cases"),
]


@pytest.mark.parametrize(("name", "store_path", "leaf"), HELD_OUT)
def test_the_first_suggestion(name: str, store_path: tuple[str, ...], leaf: str) -> None:
    found = INDEX.suggest(name, store_path)
    assert found[0].path[-1] == leaf
    assert 0 < found[0].confidence <= 1
    assert found[0].reason
    assert found == INDEX.suggest(name, store_path) == suggest(name, store_path, list(reversed(TREE)))


def test_nothing_in_common_suggests_nothing() -> None:
    assert INDEX.suggest("Quartz oscillator", ()) == ()


def test_a_past_choice_comes_first() -> None:
    found = INDEX.suggest("Gift", ("Specials",), chosen_before={("Specials",): "600013"})
    assert found[0].category_id == "600013"
    assert INDEX.suggest("Gift", ("Specials",), chosen_before={("Specials",): "gone"}) == ()


def test_search_ranks_names_that_begin_first_and_only_leaves() -> None:
    assert [node.path[-1] for node in INDEX.search("dog")] == ["Dog Toys", "Dog Leashes"]
    assert INDEX.search("plat")[0].path[-1] == "Plates"
    assert [node.path for node in INDEX.search("menswear t-shirt")] == [("Menswear", "Tops", "T-shirts")]
    assert all(node.leaf for node in INDEX.search("furniture"))
    assert INDEX.search("  ") == ()


def test_words() -> None:
    assert same_name("Colour", "Colors")
    assert same_name("T-Shirt", "tee")
    assert not same_name("Size", "Color")
    assert tokens("Dresses") == ("dress",)
    assert tokens("Women's glasses") == tokens("womens Glasses")


COLOR = AttributeNeed("1", "Color", "product", values=(("11", "Navy Blue"), ("12", "Grey")))


@pytest.mark.parametrize(
    ("sources", "mapping", "reason"),
    [
        ([Source("custom_field", "color"), Source("option", "Color")], AttributeMapping("option", "Color"), "exact"),
        ([Source("option", "COLOR")], AttributeMapping("option", "COLOR"), "folded"),
        ([Source("option", "Size"), Source("option", "Colour")], AttributeMapping("option", "Colour"), "synonym"),
    ],
)
def test_proposals(sources: list[Source], mapping: AttributeMapping, reason: str) -> None:
    found = propose(COLOR, sources)
    assert found is not None
    assert (found.mapping, found.reason) == (mapping, reason)


def test_no_proposal() -> None:
    assert propose(COLOR, [Source("option", "Length")]) is None


def test_values() -> None:
    assert resolve_value(COLOR, "navy blue ") == AttributeValue("11", "Navy Blue")
    assert resolve_value(COLOR, "Gray") == AttributeValue("12", "Grey")
    assert resolve_value(COLOR, "Red") is None
    assert resolve_value(AttributeNeed("2", "Pattern", "product", custom=True), "Dots") == AttributeValue(text="Dots")
    assert resolve_value(AttributeNeed("3", "Volts", "product", custom=True, number=True), "a lot") is None
    several = AttributeNeed("1", "Color", "product", multiple=True, values=COLOR.values)
    assert [value.id for value in resolve_values(several, "Grey; navy blue, Grey, Red")] == ["12", "11"]
    assert resolve_values(COLOR, "Red") == ()


def test_sendable_leaves_out_what_does_not_belong() -> None:
    given = {**DRAFT.attributes, "103": (AttributeValue("21"),), "999": (AttributeValue("1"),), "102": ()}
    assert list(sendable(given, NEEDS)) == ["101", "104"]


def test_option_that_carries_pictures() -> None:
    assert image_option(SKUS) == "Color"
    assert image_option(()) == ""
