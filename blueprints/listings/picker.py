"""Choosing a TikTok category: search, suggestions, the tree. The same fragment for one listing and for many."""

from collections.abc import Sequence
from typing import Any

from flask import request

from models import Shop
from services import categories, suggestions


def picker_data(
    shop: Shop,
    here: str,
    save: str,
    fields: Sequence[tuple[str, str]],
    *,
    target: str = "",
    name: str = "",
    path: tuple[str, ...] = (),
) -> dict[str, Any]:
    """`here`: the picker's address, `save`: where a choice is posted with `fields`, `target`: what HTMX replaces."""
    text, inside = request.values.get("find", "").strip()[:100], request.values.get("in", "")[:32]
    suggested = suggestions.categories(shop, name, path) if name and not text and not inside else ()
    rows = [(categories.get(shop, one.category_id), f"{one.reason} · {one.confidence:.0%} sure") for one in suggested]
    return {
        "here": here,
        "save": save,
        "fields": fields,
        "target": target,
        "text": text,
        "inside": inside,
        "results": categories.search(shop, text) if text else [],
        "trail": categories.trail(shop, inside) if inside else [],
        "below": [] if text else categories.children(shop, inside or "0"),
        "suggestions": [(row, reason) for row, reason in rows if row is not None],
        "permissions": categories.PERMISSIONS,
        "tree_read": shop.tree_read_at is not None,
    }
