"""A store whose every text comes from somebody else, and what its pages may consist of."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from models import (
    Activity,
    ActivityItem,
    Authorization,
    Category,
    Evidence,
    EvidenceBody,
    Listing,
    ListingProblem,
    Location,
    Notice,
    Person,
    Product,
    Profile,
    Shop,
    Store,
    Twin,
    Variant,
    Warehouse,
    db,
)
from models.tenancy import tenant
from tests.security.routes import ways
from tests.security.world import Side
from tests.services import listing_rows

ADDRESSES = {"href", "src", "action", "formaction", "poster", "data", "srcset", "xlink:href", "background", "cite"}
ADDRESSES |= {f"hx-{verb}" for verb in ("get", "post", "put", "patch", "delete", "push-url", "replace-url")}
WRITTEN = {"value", "alt", "title", "aria-label", "placeholder", "data-confirm", "content", "data-label", "label"}
HOSTS = {"", "cdn.example", "services.tiktokshop.com"}


def fill(app: Flask, side: Side, texts: Sequence[str], addresses: Sequence[str] = (), base: int = 5000) -> None:
    """Each text in each field of rows of its own: products, variants, listings, problems, notices, work, evidence.
    `base`: where their numbers begin."""
    now = datetime.now(UTC)
    with app.app_context(), tenant(side.store_id):
        shop = db.session.scalars(select(Shop).order_by(Shop.id)).first()
        assert shop is not None
        activity = Activity(
            shop_id=shop.id, kind="publish", state="finished", title=texts[0][:255], total=len(texts),
            refused=len(texts),
            created_at=now, started_at=now, finished_at=now, details={}, notes={}, message=texts[-1],
            actor=texts[1][:255],
        )  # fmt: skip
        db.session.add(activity)
        db.session.flush()
        for number, text in enumerate(texts):
            address = addresses[number] if addresses else f"https://cdn.example/{number}.png"
            listing = listing_rows.add_listing(shop, base + number, 2, **_product(text, address))
            _listing(listing, shop, activity, base + number, text, address)
        side.ids |= {"activity_id": activity.id}
        db.session.commit()


def _product(text: str, address: str) -> dict[str, Any]:
    short = text[:255]
    return {
        "title": short, "description": f"<p>{text}</p>{text}", "sku": short, "brand": short, "tags": text, "mpn": short,
        "category_path": f"{text} > {text}", "custom_fields": {text: text, "Material": text}, "image_url": address,
        "images": [{"id": 1, "url": address, "description": text},
                   {"id": 2, "url": "https://cdn.example/2.png", "description": text}],
    }  # fmt: skip


def _listing(listing: Listing, shop: Shop, activity: Activity, number: int, text: str, address: str) -> None:
    now = datetime.now(UTC)
    for variant in db.session.scalars(select(Variant).where(Variant.product_id == listing.product_id)):
        variant.options = [[text, f"{text} {variant.position}"]]
        variant.sku, variant.mpn, variant.image_url = f"{text[:240]}{variant.id}", text[:255], address
    listing.fields = {"title": text[:300], "brand": {"id": "", "name": text}} if number % 2 else {}
    db.session.add(ListingProblem(listing_id=listing.id, shop_id=shop.id, code=f"tiktok.{text[:40]}", field="title",
                                  text=text, source="platform", position=90))  # fmt: skip
    db.session.add(Notice(key=f"h{number}", text=text, action=text[:60], url=text, created_at=now,
                          level=("info", "warning", "danger")[number % 3]))  # fmt: skip
    item = ActivityItem(activity_id=activity.id, subject_id=listing.id, label=text[:255], state="refused", due_at=now,
                        args={}, code=text[:60], message=text, finished_at=now, position=number)  # fmt: skip
    db.session.add(item)
    db.session.flush()
    digest = f"h{number}x".ljust(64, "0")
    db.session.add(EvidenceBody(digest=digest, body=zlib.compress(f'{{"message": "{text}"}} {text}'.encode())))
    db.session.add(Evidence(activity_id=activity.id, item_id=item.id, listing_id=listing.id, platform="tiktok",
    method="POST",
                            path=text[:255], status=200, request_id=text[:64], sent=digest, received=digest,
                            created_at=now))  # fmt: skip
    db.session.add(Twin(shop_id=shop.id, listing_id=listing.id, tiktok_id=f"99{number:015d}", match="key",
    title=text[:300],
                        image_url=address, status=text[:24], skus=[{"id": "1", "seller_sku": text, "key": text}],
                        note=text,
                        found_at=now, seen_at=now))  # fmt: skip


def rename(app: Flask, side: Side, text: str) -> None:
    """Everything that exists once gets this name: store, person, shops, places, warehouses, categories, profiles."""
    short, quiet = text[:255], {"synchronize_session": False}
    with app.app_context(), tenant(side.store_id):
        for model, names in (
            (Shop, ("name", "code")), (Warehouse, ("name", "address")), (Location, ("label", "address", "code")),
            (Authorization, ("seller_name", "reason", "connected_by")), (Person, ("email",)), (Category, ("name",)),
        ):  # fmt: skip
            db.session.execute(
                update(model).values({name: short[:32] if name == "code" else short for name in names}),
                execution_options=quiet,
            )
        db.session.execute(update(Category).values(path=[text, text]), execution_options=quiet)
        db.session.execute(update(Store).where(Store.id == side.store_id).values(name=short), execution_options=quiet)
        for profile in db.session.scalars(select(Profile)):
            profile.name = f"{text[:90]} {profile.id}"
        db.session.commit()


def pages(app: Flask, client: FlaskClient, side: Side, each: int = 0) -> Iterator[tuple[str, str]]:
    """(address, html) of every page and fragment, with details of the first `each` rows; 0: of all, taking turns."""
    with app.app_context(), tenant(side.store_id):
        most = each or None
        products = db.session.scalars(
            select(Product.id).where(Product.deleted_at.is_(None)).order_by(-Product.id).limit(most)
        ).all()
        listings = db.session.scalars(select(Listing.id).order_by(-Listing.id).limit(most)).all()
        items = db.session.execute(
            select(ActivityItem.id, ActivityItem.activity_id).order_by(-ActivityItem.id).limit(most)
        ).all()
    if not each:
        products, listings, items = products[::2], listings[1::2], items[::3]
    home = f"/s/{side.hash}/"
    picked = "&".join(f"id={number}" for number in listings[:5])
    views = [way.address(side) for way in ways(app, "GET")]
    views += [
        f"{home}listings/{place}?{picked}" for place in ("publish", "bulk/brand", "bulk/category", "bulk/attributes")
    ]
    views += [f"{home}products/stage?all=1", f"{home}listings/?tab=all", f"{home}activities/?q=a"]
    details = [f"{home}products/{number}" for number in products] + [f"{home}listings/{number}" for number in listings]
    details += [f"{home}activities/{activity}/items/{item}" for item, activity in items]
    for address in views + details:
        yield address, opened(client, address)
    for address in views + details[:: 1 if each else 9]:
        yield f"{address} (fragment)", opened(client, address, {"HX-Request": "true"})


def opened(client: FlaskClient, address: str, headers: dict[str, str] | None = None) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code < 500, address
    return answer.text


@dataclass
class Elements(HTMLParser):
    """What a page consists of: elements with their attributes, addresses, and its text."""

    pairs: set[tuple[str, str]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.pairs.add((tag, ""))
        for name, given in attrs:
            value = given or ""
            self.pairs.add((tag, name))
            if name in ADDRESSES:
                self._address(tag, name, value)
            elif "pwn" in value and name not in WRITTEN:
                self.faults.append(f"<{tag} {name}={value[:80]!r}>")
            if name in WRITTEN:
                self.text.append(value)

    def _address(self, tag: str, name: str, value: str) -> None:
        clean = value.translate(dict.fromkeys(range(33), None)).replace("\\", "/")
        parts = urlsplit(clean)
        inside = not parts.scheme and not parts.netloc and not clean.startswith("//")
        if not inside and not (parts.scheme in ("http", "https") and _known(parts.hostname or "")):
            self.faults.append(f"<{tag} {name}={value[:80]!r}>")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"a comment: {data[:60]!r}")

    def handle_decl(self, decl: str) -> None:
        if decl.lower() != "doctype html":
            self.faults.append(f"a declaration: {decl[:60]!r}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"a processing instruction: {data[:60]!r}")


def _known(host: str) -> bool:
    return host in HOSTS or host.endswith(("localhost", "127.0.0.1", ".mybigcommerce.com", ".bigcommerce.com"))


def read(html: str) -> Elements:
    found = Elements()
    found.feed(html)
    found.close()
    return found
