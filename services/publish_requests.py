"""What would be sent to TikTok for a listing: one product as plain data, pictures put in last (reference 4.8)."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from domain.attributes import sendable
from domain.description import translate
from domain.draft import Draft, SkuDraft
from domain.policy import Policy
from domain.variants import image_option, option_names
from models import Listing, Shop
from services.drafts import Prepared
from services.media import body as media_body

CATEGORY_VERSION = "v2"


@dataclass(frozen=True, slots=True)
class ImageJob:
    """A picture that a request needs: its source, what it is for, and TikTok's address when it was uploaded before."""

    url: str
    use: str  # MAIN_IMAGE or ATTRIBUTE_IMAGE
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One product as plain data. `{uri of url}` is put in when the pictures are there."""

    listing_id: int
    tiktok_id: str  # set: edit; empty: create
    body: Mapping[str, Any]
    main_images: tuple[ImageJob, ...]
    sku_images: Mapping[str, ImageJob] = field(default_factory=dict)  # seller SKU -> picture
    image_place: int = 0  # which of the sales attributes carries them
    seller_skus: tuple[str, ...] = ()
    hash: str = ""
    rule_version: str = ""
    quantities: Mapping[str, int] = field(default_factory=dict)  # SKU key -> quantity sent
    files_missing: tuple[int, ...] = ()  # files of ours that must be uploaded before this can be sent


def key_of(shop: Shop, listing: Listing) -> str:
    """The effect's name: the same for every attempt at this version of the intent (at most 128 characters)."""
    text = f"{shop.tiktok_id}:{listing.id}:{listing.intent_version}"
    return hashlib.sha256(text.encode()).hexdigest()[:48]


def request(
    shop: Shop, listing: Listing, one: Prepared, uploaded: Mapping[tuple[str, str], str], policy: Policy
) -> Request:
    """What would be sent for this draft (reference 4.8). `uploaded`: (url, use) -> uri known already."""
    draft = one.draft
    body: dict[str, Any] = {
        "save_mode": "LISTING",
        "title": draft.title,
        "description": translate(draft.description, placed={}).html,
        "category_id": draft.category_id,
        "category_version": CATEGORY_VERSION,
    }
    # A first publishing takes quantities from 1 on (reference 4.8): variants without stock join with a later edit.
    least = 0 if listing.tiktok_id else one.pack.quantity_min
    skus = [sku for sku in draft.skus if any(count >= least for count in one.stock.get(sku.key, {}).values())]
    body["skus"] = [_sku(sku, draft, one, policy, least) for sku in skus]
    if listing.tiktok_id:  # an edit adds SKUs without an id, and removes those it does not name (reference 4.10)
        known = {str(line.id): line.tiktok_id for line in listing.skus}
        body["skus"] = [{"id": known[sku["external_sku_id"]], **sku} if known.get(sku["external_sku_id"]) else sku
                        for sku in body["skus"]]  # fmt: skip
    if draft.brand_id and _sends_brand(draft, policy):
        body["brand_id"] = draft.brand_id
    if draft.weight:
        body["package_weight"] = {"value": format(draft.weight.value, "f"), "unit": draft.weight.unit}
    if draft.dimensions:
        sides = draft.dimensions
        body["package_dimensions"] = {
            "length": format(sides.length, "f"),
            "width": format(sides.width, "f"),
            "height": format(sides.height, "f"),
            "unit": sides.unit,
        }
    if one.needs is not None:
        chosen = sendable(draft.attributes, one.needs)
        body["product_attributes"] = [
            {"id": attribute_id, "values": [{"id": value.id} if value.id else {"name": value.text} for value in values]}
            for attribute_id, values in chosen.items()
        ]
    files, files_missing = media_body.build(draft, one.needs, uploaded, one.pack.certifications_max)
    body |= files
    if not listing.tiktok_id:
        body["idempotency_key"] = key_of(shop, listing)
    mains = tuple(
        ImageJob(image.url, "MAIN_IMAGE", uploaded.get((image.url, "MAIN_IMAGE"), ""))
        for image in draft.images[: one.pack.max_images]
    )
    place, sku_images = _sku_images(skus, uploaded, policy)
    return Request(
        listing.id,
        listing.tiktok_id,
        body,
        mains,
        sku_images,
        place,
        tuple(sku.seller_sku for sku in skus),
        one.hash,
        one.pack.version,
        {sku.key: sku.quantity or 0 for sku in skus},
        files_missing,
    )


def with_assigned(request: Request, has: Mapping[int, Collection[str]]) -> Request:
    """The same edit with every warehouse that TikTok has assigned to a SKU (`has`, by SKU key): none can be taken away
    (reference 4.10), so those that sell nothing any more hold 0."""
    skus = []
    for sku in request.body["skus"]:
        named = {one["warehouse_id"] for one in sku["inventory"]}
        more = sorted(set(has.get(int(sku["external_sku_id"]), ())) - named) if "id" in sku else []
        empty = [{"warehouse_id": place, "quantity": 0} for place in more]
        skus.append({**sku, "inventory": [*sku["inventory"], *empty]} if empty else sku)
    return replace(request, body={**request.body, "skus": skus})


def _sends_brand(draft: Draft, policy: Policy) -> bool:
    """An unauthorised brand fails the whole product (features S5-67): it goes along only where the merchant insists."""
    return policy.brand != "never" and not (policy.brand == "send_if_authorised" and draft.brand_authorised is False)


def _sku(sku: SkuDraft, draft: Draft, one: Prepared, policy: Policy, least: int) -> dict[str, Any]:
    built: dict[str, Any] = {
        "seller_sku": sku.seller_sku,
        "price": {"amount": format(sku.price or 0, "f"), "currency": draft.currency},
        "inventory": [
            {"warehouse_id": warehouse, "quantity": count}
            for warehouse, count in one.stock.get(sku.key, {}).items()
            if count >= least
        ],
        "external_sku_id": sku.key,
    }
    if draft.cross_border:
        built["price"]["sale_price"] = built["price"]["amount"]
    options = list(sku.options) or _default_option(one, policy)
    if options:
        built["sales_attributes"] = [_sales_attribute(one, name, value) for name, value in options]
    if sku.identifier:
        built["identifier_code"] = {"code": sku.identifier.code, "type": sku.identifier.kind}
    return built


def _default_option(one: Prepared, policy: Policy) -> list[tuple[str, str]]:
    """A category that demands a variation gets the default value where the product has none (features C-17)."""
    required = [need for need in (one.needs.attributes if one.needs else ()) if need.kind == "sales" and need.required]
    return [(required[0].name, policy.default_variation_value)] if required else []


def _sales_attribute(one: Prepared, name: str, value: str) -> dict[str, Any]:
    """TikTok's own attribute and value where the names agree, else ours (custom ones are accepted, reference 4.4)."""
    for need in one.needs.attributes if one.needs else ():
        if need.kind == "sales" and need.name.casefold() == name.casefold():
            found = next((value_id for value_id, text in need.values if text.casefold() == value.casefold()), "")
            return {"id": need.id, "value_id": found} if found else {"id": need.id, "value_name": value}
    return {"name": name, "value_name": value}


def _sku_images(
    skus: Sequence[SkuDraft], uploaded: Mapping[tuple[str, str], str], policy: Policy
) -> tuple[int, dict[str, ImageJob]]:
    """(place of the option that carries pictures, picture by seller SKU). Only one option may, and then each of its
    values needs one (reference 4.8): all or none."""
    name = image_option(skus) if policy.send_variant_images else ""
    if not name or any(sku.image is None or sku.image.fault for sku in skus):
        return 0, {}
    jobs = {
        sku.seller_sku: ImageJob(sku.image.url, "ATTRIBUTE_IMAGE", uploaded.get((sku.image.url, "ATTRIBUTE_IMAGE"), ""))
        for sku in skus
        if sku.image is not None
    }
    return option_names(skus).index(name), jobs


def complete(request_: Request, uris: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """The body with the pictures put in."""
    body = dict(request_.body)
    body["main_images"] = [
        {"uri": uris[image.url, image.use]} for image in request_.main_images if (image.url, image.use) in uris
    ]
    if request_.sku_images:
        body["skus"] = [_with_image(sku, request_, uris) for sku in request_.body["skus"]]
    return body


def _with_image(sku: Mapping[str, Any], request_: Request, uris: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    image = request_.sku_images.get(sku["seller_sku"])
    uri = uris.get((image.url, image.use)) if image else None
    attributes = [dict(one) for one in sku.get("sales_attributes", [])]
    if uri and attributes:
        attributes[request_.image_place]["sku_img"] = {"uri": uri}
    return {**sku, "sales_attributes": attributes} if attributes else dict(sku)
