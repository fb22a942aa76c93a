"""Back to an earlier version of one listing: what would change, and the change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain.draft import Draft
from domain.roles import CHANGE, Page
from models import Listing, ListingSku, ListingVersion, Variant, db
from services import drafts, publish_requests
from services.actor import Actor
from services.errors import ServiceError
from services.history import snapshots
from services.history.keeping import ENABLED, delta, document
from services.history.snapshots import Snapshot
from services.listings import put_back
from services.people.access import asks


class NothingDiffers(ServiceError):
    """The listing is as it was then."""


@dataclass(frozen=True, slots=True)
class Restoration:
    """`fields` and `skus` (by line): {name: [now, then]}; `lost`: what cannot come back, in words."""

    version: ListingVersion
    fields: Mapping[str, list[Any]]
    skus: Mapping[str, Mapping[str, list[Any]]]
    lost: list[str]

    @property
    def count(self) -> int:
        return len(self.fields) + sum(len(changes) for changes in self.skus.values())


def plan(listing: Listing, version_id: int) -> Restoration:
    """What going back would change. An edit brings back what a person had set; what TikTok took comes back as values
    set here, where it is not what would be sent anyway."""
    version = snapshots.version(listing, version_id)
    then, now = snapshots.after(listing, version.id), snapshots.now(listing)
    if version.kind == "edit":
        fields = delta({**now.fields, ENABLED: now.enabled}, {**then.fields, ENABLED: then.enabled})
        skus = {line: delta(now.skus[line], own) for line, own in then.skus.items() if line in now.skus}
        lost = ["Variants that are gone since."] if then.skus.keys() - now.skus.keys() else []
        return Restoration(version, fields, {line: found for line, found in skus.items() if found}, lost)
    return _of_sent(listing, version, then, now)


def _of_sent(listing: Listing, version: ListingVersion, then: Snapshot, now: Snapshot) -> Restoration:
    one = drafts.prepare(listing.shop, [listing.id])[listing.id]
    request = publish_requests.request(listing.shop, listing, one, {}, one.policy)
    today = document(request.body, [image.url for image in request.main_images])
    lost: list[str] = []
    wanted: dict[str, Any] = {}
    for name, field in _FIELDS.items():
        if name in then.sent and then.sent[name] != today.get(name):
            wanted[field] = _stored(field, then.sent[name])
    attributes = {row["id"]: row["values"] for row in today.get("product_attributes", ())}
    for row in then.sent.get("product_attributes", ()):
        if row["values"] != attributes.get(row["id"]):
            said = [{"id": value.get("id", ""), "text": value.get("name", "")} for value in row["values"]]
            wanted[f"attributes.{row['id']}"] = said
    pictures = _pictures(one.draft, then.sent.get("images", ()), today.get("images", ()), lost)
    if pictures is not None:
        wanted["images"] = pictures
    fields = {name: [now.fields.get(name), value] for name, value in wanted.items() if now.fields.get(name) != value}
    return Restoration(version, fields, _skus(then.sent, today, now, lost), lost)


_FIELDS = {
    "title": "title",
    "description": "description",
    "category_id": "category",
    "brand_id": "brand",
    "package_weight": "weight",
    "package_dimensions": "dimensions",
}


def _stored(field: str, told: Any) -> Any:
    """A sent value as a person's would be stored."""
    return {"id": str(told), "name": ""} if field == "brand" else told


def _pictures(draft: Draft, then: Any, today: Any, lost: list[str]) -> list[str] | None:
    if not then or list(then) == list(today):
        return None
    keys = {image.url: image.key for image in draft.images}
    if not set(then) <= keys.keys():
        lost.append("Pictures that the product no longer has.")
        return None
    return [keys[url] for url in then]


def _skus(
    then: Mapping[str, Any], today: Mapping[str, Any], now: Snapshot, lost: list[str]
) -> dict[str, dict[str, list[Any]]]:
    """Prices, SKUs and identifiers; quantities follow the stock."""
    current = {sku["external_sku_id"]: sku for sku in today.get("skus", ())}
    found: dict[str, dict[str, list[Any]]] = {}
    for sku in then.get("skus", ()):
        line = sku.get("external_sku_id", "")
        if line not in now.skus:
            lost.append(f"The variant {sku.get('seller_sku') or line}, which is gone since.")
            continue
        mine, own = current.get(line, {}), now.skus[line]
        wanted: dict[str, Any] = {}
        if sku.get("price", {}).get("amount") != mine.get("price", {}).get("amount"):
            wanted["price"] = sku["price"]["amount"]
        if sku.get("seller_sku") != mine.get("seller_sku"):
            wanted["sku"] = sku.get("seller_sku", "")
        if (code := sku.get("identifier_code")) and code != mine.get("identifier_code"):
            wanted["identifier"] = {"kind": code["type"], "code": code["code"]}
        if not mine and own.get("included") is False:
            wanted["included"] = True
        changes = {name: [own.get(name), value] for name, value in wanted.items() if own.get(name) != value}
        if changes:
            found[line] = changes
    return found


@asks(Page.LISTINGS, CHANGE)
def restore(actor: Actor, listing: Listing, version_id: int, seen: int | None = None) -> Restoration:
    """Goes back; what TikTok has stays until the changes are sent."""
    found = plan(listing, version_id)
    if not found.count:
        raise NothingDiffers("The listing is as it was then.", "See the history", f"/listings/{listing.id}/history")
    fields = {name: then for name, (_, then) in found.fields.items()}
    skus = {int(line): {name: then for name, (_, then) in changes.items()} for line, changes in found.skus.items()}
    put_back(actor, listing, (fields, skus), seen)
    return found


def names(listing: Listing) -> dict[str, str]:
    """Variants by line, in words."""
    query = select(ListingSku.id, Variant.sku, Variant.options).outerjoin(Variant, Variant.id == ListingSku.variant_id)
    found = {}
    for line_id, sku, options in db.session.execute(query.where(ListingSku.listing_id == listing.id)):
        found[str(line_id)] = " / ".join(value for _, value in options or ()) or sku or "Variant"
    return found
