"""Pictures that cannot be had are drawn: the product's name on a card, in a colour that belongs to the name."""

import zlib
from typing import Any

from sandbox.catalog.departments import COLORS

TONES = tuple(COLORS.values())


def card(words: str, view: int = 0) -> dict[str, Any]:
    """A `picture` for the catalog, 1000 × 1000; `view` tells the pictures of one product apart."""
    return {
        "shape": "card",
        "color": TONES[zlib.crc32(words.encode()) % len(TONES)],
        "initials": str(view + 1),
        "view": (0, 2, 3)[view % 3],
        "width": 1000,
        "height": 1000,
        "format": "jpg",
        "words": words,
    }
