"""The troubles that real stores have, one per product: which product gets which, and what it does to a draft.

BigCommerce itself stops a few (a name has at most 250 characters, stock is never negative); those appear as far as a
real store can have them: the longest name there is, and a safety stock above what is on hand.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from sandbox.catalog.departments import COLORS
from sandbox.catalog.gtin import make_upc

Draft = dict[str, Any]
SHARE = 0.25
TABLE = (
    "<h2>Sizes</h2><table><tr><th>Size</th><th>Chest</th></tr><tr><td>S</td><td>36 in</td></tr>"
    "<tr><td>M</td><td>39 in</td></tr></table>"
    "<script>track('view')</script><ol><li>Unpack</li><li>Wash</li><li>Enjoy</li></ol><style>p{color:red}</style><a href=\"https://example.com\">More</a>"
)


def no_dimensions(draft: Draft) -> None:
    draft.update(width=0, depth=0, height=0)


def picture(**changes: Any) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        for image in draft["images"]:
            image["picture"] = {**image["picture"], **changes}

    return change


def wrong_gtin(draft: Draft) -> None:
    for row in draft.get("variants", [])[:1] or [draft]:
        row["upc"] = str(row["upc"])[:10] or "1234567890"


def missing_sku(draft: Draft) -> None:
    """Products with variants need SKUs when created by the API; a simple product may go without."""
    simple(draft)
    draft["sku"] = ""


def long_sku(draft: Draft) -> None:
    simple(draft)
    draft["sku"] = f"{draft['sku']}-WAREHOUSE-A-SHELF-0417-SUPPLIER-NORTHERN-REGION"


def spaced_sku(draft: Draft) -> None:
    simple(draft)
    draft["sku"] = draft["sku"].replace("-", " ").lower()


def simple(draft: Draft) -> None:
    if draft.pop("variants", None):
        draft["inventory_tracking"] = "product"


def no_stock(draft: Draft) -> None:
    draft["on_hand"] = 0
    for row in draft.get("variants", []):
        row["on_hand"] = 0


def below_safety_stock(draft: Draft) -> None:
    """Available to sell comes out below zero."""
    no_stock(draft)
    draft["safety_stock"] = 3


def long_title(draft: Draft) -> None:
    words = f"{draft['name']} for Home, Travel, Work, Gifts and Every Season with Free Gift Box, Care Card and "
    draft["name"] = (words * 3)[:250].strip()


def many_variants(draft: Draft) -> None:
    """More than a hundred: 10 colours × 12 sizes."""
    sizes = [f"{number / 2:g}" for number in range(8, 20)]
    draft["inventory_tracking"] = "variant"
    draft["variants"] = [
        {
            "sku": f"{draft['sku']}-{color[:3].upper()}-{size}",
            "on_hand": 4,
            "option_values": [
                {"option_display_name": "Color", "label": color},
                {"option_display_name": "Size", "label": size},
            ],
        }
        for color in list(COLORS)[:10]
        for size in sizes
    ]


def required_modifier(draft: Draft) -> None:
    draft["modifiers"] = [{"display_name": "Engraving text", "type": "text", "required": True}]


KINDS: dict[str, Callable[[Draft], None]] = {
    "no_weight": lambda draft: draft.update(weight=0),
    "no_dimensions": no_dimensions,
    "no_image": lambda draft: draft.update(images=[]),
    "wide_image": picture(width=1280, height=720),
    "small_image": picture(width=280, height=280),
    "no_description": lambda draft: draft.update(description=""),
    "rich_description": lambda draft: draft.update(description=draft["description"] + TABLE),
    "short_title": lambda draft: draft.update(name=f"{draft['images'][0]['picture']['initials']} {draft['sku'][-5:]}"),
    "long_title": long_title,
    "duplicate_gtin": lambda draft: None,  # needs a second product: see spoil
    "wrong_gtin": wrong_gtin,
    "missing_sku": missing_sku,
    "long_sku": long_sku,
    "spaced_sku": spaced_sku,
    "zero_price": lambda draft: draft.update(price=0, sale_price=0),
    "no_stock": no_stock,
    "below_safety_stock": below_safety_stock,
    "emoji_title": lambda draft: draft.update(name=f"{draft['name']} ✨🔥"),
    "many_variants": many_variants,
    "invisible": lambda draft: draft.update(is_visible=False),
    "required_modifier": required_modifier,
    "bmp_image": picture(format="bmp", width=800, height=800),
    "webp_image": picture(format="webp"),
    "gif_image": picture(format="gif"),
}
ONCE = {"many_variants"}


def plan_troubles(rng: Random, size: int) -> list[tuple[int, str]]:
    """(index, kind) for about a quarter of the products: every kind comes once before any comes again."""
    count = int(size * SHARE)
    kinds = list(KINDS)
    rng.shuffle(kinds)
    again = [kind for kind in kinds if kind not in ONCE]
    chosen = (kinds + again * (count // len(again) + 1))[:count]
    return list(zip(sorted(rng.sample(range(size), count)), chosen, strict=True))


def spoil(kind: str, index: int, drafts: list[Draft], rng: Random) -> None:
    """Give the draft at `index` its trouble; the duplicate GTIN is also written on its neighbour."""
    draft = drafts[index]
    if kind == "duplicate_gtin":
        other = drafts[(index + 1) % len(drafts)]
        number = make_upc(rng)
        for each in (draft, other):
            (each["variants"][0] if each.get("variants") else each)["upc"] = number
    KINDS[kind](draft)
    draft["troubles"].append(kind)
