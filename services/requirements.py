"""What a category asks of a shop and of every product in it, said before anything is staged (features I-10)."""

from dataclasses import dataclass

from sqlalchemy import select

from domain.settings import StoreSettings
from models import Profile, Shop, Store, db
from services import categories, settings


@dataclass(frozen=True, slots=True)
class Requirement:
    """`kind`: permission, certificate, size_chart, brand, variation or package. `serious`: without it nothing goes on
    sale."""

    kind: str
    name: str
    meaning: str
    serious: bool


def of(shop: Shop, category_id: str) -> tuple[Requirement, ...] | None:
    """What the category demands; None when TikTok was not asked yet."""
    row = categories.get(shop, category_id) if category_id else None
    if row is None:
        return None
    found = [
        Requirement("permission", *categories.PERMISSIONS[name], serious=True)
        for name in row.permissions
        if name != "AVAILABLE" and name in categories.PERMISSIONS
    ]
    if row.needs is None:
        return tuple(found) if found else None
    needs, store = categories.needs_of(row), settings.of(db.session.get_one(Store, shop.store_id))
    for paper in needs.certifications:
        meaning = "Every product needs this document." if paper.required else "Some products need this document."
        found.append(Requirement("certificate", paper.name, meaning, paper.required))
    if needs.size_chart_required:
        found.append(Requirement("size_chart", "Size chart", "Every product needs a picture with its sizes.", True))
    found += _brand(store, bool((row.needs or {}).get("brands")))
    varied = [need.name for need in needs.attributes if need.kind == "sales" and need.required]
    if varied:
        text = f"A product without variants gets “{store.default_variation_value}”."
        found.append(Requirement("variation", f"Variants by {', '.join(varied)}", text, False))
    if needs.dimensions_required:
        found.append(Requirement("package", "Package size", "Length, width and height of the parcel.", False))
    return tuple(found)


def _brand(store: StoreSettings, known: bool) -> list[Requirement]:
    if store.brand == "require":
        return [Requirement("brand", "Brand", "Your settings require a brand that TikTok knows.", True)]
    if store.brand == "send_always" or (known and store.brand == "send_if_authorised"):
        text = "A brand is sent when TikTok lists it as authorised for this shop; else the product goes without."
        return [Requirement("brand", "Brand", text, store.brand == "send_always")]
    return []


def before_staging(shop: Shop) -> tuple[str, tuple[Requirement, ...] | None]:
    """The category that the default profile gives (its name, empty without one) and what it demands."""
    category_id = db.session.scalar(select(Profile.category_id).where(Profile.shop_id == shop.id, Profile.is_default))
    row = categories.get(shop, category_id) if category_id else None
    return ("", None) if row is None else (row.name, of(shop, row.tiktok_id))
