"""How good suggestions are: categories and attribute values of drawn-up products whose true answer is hidden from the
matcher. Prints top-1 and top-3 for the departments that its words were made with and for those that are held out.

`python -m bench.suggest`; docs/suggestions.md quotes it. The answers below are a person's: noun by noun the leaves that
are right, value by value what a field or material means. A noun for which the tree has no leaf is left out and counted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from domain.categories import CategoryNode, Index
from domain.draft import AttributeNeed
from domain.suggest.past import Choice, Past, merged
from domain.suggest.values import Evidence, suggest_values
from sandbox.catalog.departments import DEPARTMENTS
from sandbox.catalog.maker import stream_catalog
from sandbox.tiktok.attribute_sets import ATTRIBUTES
from sandbox.tiktok.category_tree import TREES

SEED, SIZE = 20261121, 2_000
CHOSEN = 200  # past choices
LEARNT = frozenset({"TOP", "BOT", "SHO", "BAG", "JEW", "KIT", "DEC"})
"""Departments that the words and kinds were looked at with; all others are held out."""

# noun -> leaves that are right
TRUE_LEAVES: dict[str, str] = {
    "Shirt": "600312 600412", "T-Shirt": "600311 600411", "Henley": "600311 600411 600412",
    "Crewneck Sweater": "600313 600413", "Hoodie": "600413", "Chino": "600321 600421", "Work Pant": "600321 600421",
    "Jogger": "600321 600421", "Sneaker": "600511 600521", "Trail Runner": "600511 600521",
    "Chelsea Boot": "600513 600522", "Slip-On": "600511 600521", "Backpack": "600611", "Tote Bag": "600612",
    "Crossbody Bag": "600613", "Stacking Ring": "601514", "Signet Ring": "601514", "Pendant Necklace": "601511",
    "Hoop Earrings": "601512", "Mug": "600123", "Pour-Over Set": "600143", "Serving Bowl": "600131",
    "Dinner Plate Set": "600131", "Travel Tumbler": "600123 600124", "Table Lamp": "600031", "Desk Lamp": "600031",
    "Bud Vase": "600012", "Planter": "601211",
    "Throw Pillow": "600222", "Throw Blanket": "600213", "Duvet Cover": "600212", "Pillowcase Set": "600211",
    "Face Serum": "600711", "Hand Cream": "600712", "Body Wash": "600713",
    "Building Blocks": "600811", "Stacking Tower": "600811", "Plush Bear": "600812", "Memory Game": "600821 600822",
    "Yoga Mat": "601011", "Water Bottle": "600124", "Dog Bed": "600912", "Dog Collar": "600911",
    "Feeding Bowl": "600913", "Cat Tunnel": "600914", "Phone Case": "601111", "Charging Stand": "601112 601114",
    "Bluetooth Speaker": "601122", "Notebook": "601311", "Planner": "601313", "Sketchbook": "601311",
    "Desk Organizer": "600021",
}  # fmt: skip
# attribute -> what a material or a field says -> the value that is right
TRUE_VALUES: dict[str, dict[str, str]] = {
    "Material": {
        "Linen": "Linen", "Organic Cotton": "Cotton", "Merino": "Wool", "Flannel": "Cotton", "Cotton Twill": "Cotton",
        "Denim": "Denim", "Waxed Canvas": "Canvas", "Recycled Nylon": "Nylon", "Leather": "Leather",
        "Sterling Silver": "Sterling Silver", "Brass": "Brass", "Gold Vermeil": "Gold Plated", "Stoneware": "Ceramic",
        "Porcelain": "Porcelain", "Stainless Steel": "Stainless Steel", "Ceramic": "Ceramic", "Ash Wood": "Wood",
        "Glass": "Glass", "Cotton Percale": "Cotton", "Wool": "Wool", "Beech Wood": "Wood", "Cotton": "Cotton",
        "Recycled Card": "Cardboard", "Bamboo": "Bamboo", "Recycled Plastic": "Plastic", "Aluminum": "Aluminium",
        "Silicone": "Silicone", "Recycled Paper": "Paper", "Kraft": "Paper",
    },
    "Upper Material": {"Suede": "Suede", "Leather": "Leather", "Canvas": "Canvas", "Knit": "Textile"},
    "Care Instructions": {"Machine wash cold": "Machine Wash", "Hand wash": "Hand Wash"},
    "Fit": {"Relaxed": "Loose", "Regular": "Regular", "Slim": "Slim"},
    "Closure Type": {"Zip": "Zip", "Magnetic snap": "Magnetic"},
    "Dishwasher Safe": {"Yes": "Yes", "No": "No"},
    "Room": {"Living room": "Living Room", "Bedroom": "Bedroom", "Office": "Office"},
    "Skin Type": {"All": "All", "Dry": "Dry", "Sensitive": "Sensitive"},
    "Recommended Age": {"12 months+": "1-3 Years", "3 years+": "3-6 Years", "5 years+": "3-6 Years"},
    "Pet Type": {"Dog": "Dog", "Cat": "Cat"},
    "Sport": {"Yoga": "Yoga", "Running": "Running", "Gym": "Gym"},
}  # fmt: skip
FIELD_OF = {
    "Care Instructions": "Care", "Closure Type": "Closure", "Dishwasher Safe": "Dishwasher safe",
    "Skin Type": "Skin type",
    "Recommended Age": "Age", "Pet Type": "Pet", "Sport": "Activity", "Fit": "Fit", "Room": "Room",
}  # fmt: skip


@dataclass
class Tally:
    """Right answers among all that were asked."""

    asked: int = 0
    first: int = 0
    three: int = 0

    def count(self, right: set[str], given: list[str]) -> None:
        self.asked += 1
        self.first += bool(given[:1] and given[0] in right)
        self.three += bool(right & set(given[:3]))

    @property
    def top1(self) -> float:
        return self.first / self.asked if self.asked else 0.0

    @property
    def top3(self) -> float:
        return self.three / self.asked if self.asked else 0.0


@dataclass(frozen=True)
class Asked:
    """A product as the matcher sees it, and its department, noun and material, which it does not."""

    title: str
    path: tuple[str, ...]
    fields: Mapping[str, str]
    keywords: str
    description: str
    department: str
    noun: str
    material: str


def products(seed: int = SEED, size: int = SIZE) -> Iterator[Asked]:
    """Drawn by the sandbox's generator; the truth is read off the words it put together."""
    by_code = {department.code: department for department in DEPARTMENTS}
    for draft in stream_catalog(seed, size):
        department = by_code.get(str(draft["sku"]).partition("-")[0])
        title = str(draft["name"])
        if department is None or draft["troubles"]:
            continue
        plain = title.partition(" No. ")[0]
        noun = max((word for word, _ in department.nouns if plain.endswith(word)), key=len, default="")
        material = max((word for word in department.materials if f" {word} {noun}" in plain), key=len, default="")
        yield Asked(
            title, tuple(draft["category_paths"][0]), {one["name"]: one["value"] for one in draft["custom_fields"]},
            str(draft["search_keywords"]), str(draft["description"]), department.code, noun, material,
        )  # fmt: skip


def index() -> Index:
    tree = TREES["v2"]
    return Index([
        CategoryNode(row.id, tuple(one.name for one in tree.chain(row.id)), row.is_leaf) for row in tree.by_id.values()
    ])  # fmt: skip


def categories(found: list[Asked], way: str) -> dict[bool, Tally]:
    """By held out or not. `way`: title, store (with its category), or past (the first CHOSEN were chosen before)."""
    tallies = {False: Tally(), True: Tally()}
    known, paths = index(), {row: tuple(one.name for one in TREES["v2"].chain(row)) for row in TREES["v2"].by_id}
    past = Past([])
    if way == "past":
        leaves = [(one, TRUE_LEAVES[one.noun].split()[0]) for one in found[:CHOSEN]]
        past = Past([Choice(one.title, one.path, leaf, paths[leaf]) for one, leaf in leaves])
        found = found[CHOSEN:]
    for one in found:
        path = () if way == "title" else one.path
        given = merged(past.suggest(one.title, path), known.suggest(one.title, path))
        tallies[one.department not in LEARNT].count(
            set(TRUE_LEAVES[one.noun].split()), [each.category_id for each in given]
        )
    return tallies


def needs_of(leaf: str) -> list[AttributeNeed]:
    """The product attributes with values of a leaf."""
    rows: Any = ATTRIBUTES[TREES["v2"].by_id[leaf].attributes].values()
    return [
        AttributeNeed(row.id, row.name, "product", row.required, row.multiple, row.customizable, row.values)
        for row in rows
        if row.type == "PRODUCT_PROPERTY" and row.values
    ]


def values(found: list[Asked]) -> dict[bool, Tally]:
    """Every attribute value that a product's field or material decides."""
    tallies = {False: Tally(), True: Tally()}
    for one in found:
        evidence = [Evidence("custom field", text, name) for name, text in one.fields.items()]
        evidence += [Evidence("title", one.title), Evidence("keywords", one.keywords)]
        evidence.append(Evidence("description", one.description))
        for need in needs_of(TRUE_LEAVES[one.noun].split()[0]):
            says = one.material if "Material" in need.name else one.fields.get(FIELD_OF.get(need.name, ""), "")
            right = TRUE_VALUES.get(need.name, {}).get(says)
            if right is None or right not in dict(need.values).values():
                continue
            given = [each.name for each in suggest_values(need, evidence)]
            tallies[one.department not in LEARNT].count({right}, given)
    return tallies


def main() -> None:
    every = list(products())
    found = [one for one in every if one.noun in TRUE_LEAVES]
    print(f"{len(found):,} products asked; {len(every) - len(found):,} left out, because the tree has no leaf for them")
    print(f"{'':34}{'held out':>24}{'looked at':>24}")
    rows = [(f"category by {words}", categories(found, way)) for way, words in WAYS.items()]
    for label, tally in [*rows, ("attribute value", values(found))]:
        shown = [f"top-1 {one.top1:5.1%}  top-3 {one.top3:5.1%}" for one in (tally[True], tally[False])]
        print(f"{label:34}{shown[0]:>24}  {shown[1]:>24}   ({tally[True].asked} / {tally[False].asked})")


WAYS = {"title": "title", "store": "title and store category", "past": "200 past choices as well"}

if __name__ == "__main__":
    main()
