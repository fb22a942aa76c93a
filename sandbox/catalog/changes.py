"""What the everyday troubles do to a draft.

BigCommerce itself stops a few (a name has at most 250 characters, stock is never negative); those appear as far as a
real store can have them: the longest name there is, and a safety stock above what is on hand.
"""

from collections.abc import Callable
from typing import Any

from sandbox.catalog.departments import COLORS

Draft = dict[str, Any]
Change = Callable[[Draft], None]
TABLE = (
    "<h2>Sizes</h2><table><tr><th>Size</th><th>Chest</th></tr><tr><td>S</td><td>36 in</td></tr>"
    "<tr><td>M</td><td>39 in</td></tr></table>"
    "<script>track('view')</script><ol><li>Unpack</li><li>Wash</li><li>Enjoy</li></ol><style>p{color:red}</style><a href=\"https://example.com\">More</a>"
)


def no_dimensions(draft: Draft) -> None:
    draft.update(width=0, depth=0, height=0)


def picture(**changes: Any) -> Change:
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


def changed(**fields: Any) -> Change:
    def change(draft: Draft) -> None:
        draft.update(fields)

    return change


def rich_description(draft: Draft) -> None:
    draft["description"] += TABLE


def short_title(draft: Draft) -> None:
    draft["name"] = f"{draft['images'][0]['picture']['initials']} {draft['sku'][-5:]}"


def emoji_title(draft: Draft) -> None:
    draft["name"] = f"{draft['name']} ✨🔥"


def shared_gtin(draft: Draft) -> None:
    """Nothing here: it needs a second product (see the plan)."""
