"""TikTok standardises names of attributes now and then (features U-32): mappings follow by id, and people are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from models import Profile, Shop, db
from services import notices


@dataclass(frozen=True, slots=True)
class Renamed:
    """An attribute that TikTok calls otherwise than at the last reading."""

    id: str
    is_sales: bool
    before: str
    after: str


def renamed(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[Renamed]:
    """Attributes with the same id and another name. Both are in the shape of `Category.needs`."""
    names = {item["id"]: item["name"] for item in (before or {}).get("attributes", ())}
    return [
        Renamed(item["id"], item["kind"] == "sales", names[item["id"]], item["name"])
        for item in after.get("attributes", ())
        if names.get(item["id"], item["name"]) != item["name"]
    ]


def follow(shop: Shop, category_id: str, path: Sequence[str], found: Sequence[Renamed]) -> None:
    """Options that profiles of this category map to a renamed variant attribute go to its new name. Attributes of the
    product are mapped by id and need nothing."""
    if not found:
        return
    names = {one.before: one.after for one in found if one.is_sales}
    for profile in db.session.scalars(select(Profile).where(Profile.shop_id == shop.id)):
        follows = profile.category_id == category_id or (not profile.category_id and not profile.is_default)
        options = {option: names.get(target, target) for option, target in profile.options.items()}
        if follows and options != profile.options:
            profile.options = options
    told = "; ".join(f"“{one.before}” is now “{one.after}”" for one in found[:5])
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    text = (
        f"TikTok Shop renamed attributes of {' › '.join(path)} in {shop.name}: {told}{more}. Mappings followed them; "
        "look once whether they still mean the same."
    )
    notices.raise_notice(f"renamed:{shop.id}:{category_id}", "info", text, "See profiles", "/profiles/")
