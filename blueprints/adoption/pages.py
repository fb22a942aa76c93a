"""What was found on TikTok Shop: what matches for certain, what is proposed, what matches nothing; one in full."""

from typing import Any

from flask import Response, g, request, url_for
from sqlalchemy import select

from blueprints.adoption import rows
from blueprints.adoption.area import LARGEST, adoption, one_shop, shops
from blueprints.listings.selection import number
from blueprints.page import done, page
from jobs.launch import launch
from models import Product, db
from services import previews
from services.activities import OPEN
from services.adoption import found, second_writer, to_bigcommerce
from services.adoption.found import CERTAIN, NONE, PROPOSED
from services.adoption.values import CHOICES

ID = f"<int(max={LARGEST}):found_id>"
PAGE = 25
VIEWS = {CERTAIN: "Certain matches", PROPOSED: "Proposals", NONE: "Without a match"}


@adoption.get("/")
def index() -> Response:
    return page("adoption/index.html", active="listings", **shown(request.args.get("view", "")))


@adoption.post("/import")
def start_import() -> Response:
    """Walks through what the shop holds."""
    started = found.start(g.actor, one_shop())
    toast = "This shop is being read already." if started.already else "The shop's listings are being read."
    response = done(url_for("adoption.index"), toast=toast, tone="info", event="activity-started")
    launch(started.activity)
    return response


@adoption.get(f"/{ID}")
def show(found_id: int) -> Response:
    """One product beside the product of ours that it may be, field by field."""
    row = found.get(found_id)
    product = _chosen(number("product") or row.product_id)
    text = request.args.get("q", "").strip()[:200]
    near = previews.example_products(text, 8) if text else []
    names = {shop.id: shop.name for shop in g.shops}
    return page(
        "adoption/show.html",
        active="listings",
        row=rows.rows_of([row], names)[0],
        found=row,
        product=product,
        ours=rows.sides([product.id])[product.id] if product else None,
        fields=rows.compared(row, product),
        near=near,
        q=text,
        decided=row.state != "open",
    )


def _chosen(product_id: int | None) -> Product | None:
    query = select(Product).where(Product.id == product_id, Product.deleted_at.is_(None))
    return db.session.scalar(query) if product_id else None


def shown(view: str) -> dict[str, Any]:
    found.demand()
    here = shops()
    ids = [shop.id for shop in here]
    counts, after = found.counts(ids), number("after") or 0
    view = view if view in VIEWS else next((one for one in VIEWS if counts.get(one)), CERTAIN)
    names = {shop.id: shop.name for shop in g.shops}
    kept = list(found.page(ids, view, after, PAGE + 1))
    last = found.last_import(ids[0]) if len(ids) == 1 else None
    return {
        "view": view,
        "tab_items": tab_items(view, counts),
        "rows": rows.rows_of(kept[:PAGE], names),
        "total": counts.get(view, 0),
        "next_url": url_for("adoption.index", view=view, after=kept[PAGE - 1].id) if len(kept) > PAGE else "",
        "first_url": url_for("adoption.index", view=view) if after else "",
        "several_shops": len(g.shops) > 1,
        "one_shop": len(ids) == 1,
        "last": last,
        "moving": last is not None and last.state in OPEN,
        "choices": CHOICES,
    }


def tab_items(view: str, counts: dict[str, int]) -> list[tuple[str, str, int | None, bool]]:
    """The three views, then what waits besides."""
    items: list[tuple[str, str, int | None, bool]] = [
        (title, url_for("adoption.index", view=name), counts.get(name, 0), name == view)
        for name, title in VIEWS.items()
    ]
    outside = second_writer.count([shop.id for shop in shops()])
    items.append(("Changed by others", url_for("adoption.outside"), outside, view == "outside"))
    items.append(("Not in BigCommerce", url_for("adoption.new_products"), to_bigcommerce.count(), view == "new"))
    return items
