"""Products: the catalog, where each product stands, and putting products up for sale."""

from dataclasses import fields, replace
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import Select

from blueprints.kept import kept
from blueprints.layout import ROW, address, within
from blueprints.page import done, page, partial
from blueprints.products.forms import FilterForm
from blueprints.words import spoken
from domain.capabilities import Capability
from domain.money import show
from domain.tabs import PRODUCT_WORDS, ProductStatus, Tab
from jobs.launch import launch, ring_job
from models import Shop, db
from services import catalog, listings, product_list, tags
from services import products as service
from services.errors import Invalid, ServiceError
from services.global_stores import publishing_model
from services.product_list import SORTS, Filters

products = Blueprint("products", __name__, url_prefix="/s/<store_hash>/products")
LARGEST = 2**63 - 1


@products.get("/")
def index() -> Response:
    """The list, or its region alone for HTMX."""
    form, filters = read_filters()
    sort = request.args.get("sort", "") if request.args.get("sort") in SORTS else "newest"
    head = product_list.head()
    shown = product_list.page(filters, sort, number("after"), number("before"), number("first") or 1, head.counts)
    part = partial()
    answer = page(
        "products/index.html",
        "products/_list.html",
        active="products",
        filter_panel="" if part else filter_panel(form, filters),
        filters=filters,
        sort=sort,
        shown=in_words(shown),
        total=head.counts[""],
        tabs=tab_links(filters, sort, head.counts),
        next_url=neighbour(filters, sort, shown, after=shown.after),
        prev_url=neighbour(filters, sort, shown, before=shown.before),
        profile=head.profile_names([shop.id for shop in shops()]),
        importing=catalog.moving() if g.admitted.is_moving else None,
        imported=head.imported,
        sorts=SORT_WORDS,
        detail=address("products.detail", product_id=ROW).partition(str(ROW)),
        staging=address("products.preview_stage", id=ROW).partition(str(ROW)),
    )
    if part and request.headers.get("HX-Trigger", "") in ("product-search", "product-filters"):
        # The form sends empty fields; the address shall not carry them.
        answer.headers["HX-Push-Url"] = list_url(**kept_query(filters, sort))
    return answer


def in_words(shown: product_list.Page) -> product_list.Page:
    """The rows in the status words that the store has chosen."""
    words = {ours: spoken().of(status) for status, ours in PRODUCT_WORDS.items()}
    if all(ours == theirs for ours, theirs in words.items()):
        return shown
    return replace(shown, lines=[line._replace(word=words[line.word]) for line in shown.lines])


def filter_panel(form: FilterForm | None, filters: Filters) -> Markup:
    """The fields behind "Filters". While none is set they are the same for every page of the list."""

    def render() -> str:
        shown = form or FilterForm()
        shown.offer(service.profiles(g.shops))
        return render_template(
            "products/_filters.html", form=shown, filters=filters, brands=product_list.brands(), tags=tags.names()
        )

    if form is not None and (form.errors or filters.detailed):
        return Markup(render())  # noqa: S704 - a rendered template
    return kept(("product filters", g.store.id, g.shop.id if g.shop_named else None, filters.status), render)


@products.post("/import")
def start_import() -> Response:
    started = catalog.start_import(g.actor)
    launch(started.activity)
    toast = "An import is moving already." if started.already else "The import has started."
    return done(url_for("products.index"), toast=toast, tone="info")


@products.get("/stage")
def preview_stage() -> Response:
    """What staging will do, before it does: how many products, into which shops."""
    query, count = selection()
    return page(
        "products/stage.html",
        "products/_stage.html",
        active="products",
        count=count,
        targets=targets(query),
        given=selected(),
    )


@products.post("/stage")
def stage() -> Response:
    query, _ = selection()
    wanted = set(request.form.getlist("target"))
    chosen = [shop for shop in g.shops if str(shop.id) in wanted]
    if not chosen:
        raise Invalid("Choose at least one TikTok shop.", "See products", "/products/")
    staged = [(shop, listings.stage(g.actor, shop, query, kept=True)) for shop in chosen]
    db.session.commit()
    for stream in ("jobs.rechecks.run", "jobs.pictures.measure"):
        ring_job("bulk", stream, g.store.id)
    told = [
        f"{result.count:,} new in {shop.name}" + (f", {result.already:,} were there" if result.already else "")
        for shop, result in staged
    ]
    return done(within("/listings/"), toast=f"Staged: {'; '.join(told)}.", event="products-changed")


@products.get(f"/<int(max={LARGEST}):product_id>")
def detail(product_id: int) -> Response:
    product = service.get(product_id)
    variants = service.variants(product)
    locations, stock = service.stock(variants)
    by_shop = {shop.id: shop for shop in g.shops}
    staged = [row for row in service.listings(product) if row.shop_id in by_shop]
    rows = [(row, by_shop[row.shop_id], spoken().of(Tab(row.tab))) for row in staged]
    return page(
        "products/product.html",
        active="products",
        product=product,
        variants=variants,
        locations=locations,
        stock=stock,
        listings=rows,
        word=spoken().of(ProductStatus(product.status)),
        tone=product_list.TONES[product.status],
        money=show,
        description=service.description_html(product),
        unlisted=len(rows) < len(g.shops),
        profile=service.profile_names(shops()),
    )


FIELDS = tuple(field.name for field in fields(Filters) if field.name != "status")
SORT_WORDS = {"newest": "Newest first", "oldest": "Oldest first", "title": "Title, A to Z"}


def read_filters() -> tuple[FilterForm | None, Filters]:
    """From the address, or from the form that repeats it; no form where nothing narrows."""
    status = request.values.get("status", "")
    status = status if status in PRODUCT_WORDS else ""
    if not any(request.values.get(name) for name in FIELDS):
        return None, Filters(status)
    form = FilterForm(request.values)
    form.offer(service.profiles(g.shops))
    return form, form.filters(status)


def shops() -> list[Shop]:
    """The chosen shop, or all of them."""
    return [g.shop] if g.shop else list(g.shops)


def number(name: str) -> int | None:
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and int(value) <= LARGEST else None


def list_url(**query: Any) -> str:
    return address("products.index", **query)


def kept_query(filters: Filters, sort: str) -> dict[str, Any]:
    """What makes this view, without what says nothing."""
    return filters.as_query() | ({"sort": sort} if sort != "newest" else {})


def tab_links(filters: Filters, sort: str, counts: Any) -> list[tuple[str, str, int | None, bool]]:
    """(word, address, count, current). With a filter the counts would not be of the rows behind: none is shown."""
    kept = kept_query(filters, sort)
    names = {"": "All", **{status.value: spoken().of(status) for status in product_list.TABS}}
    return [
        (
            word,
            list_url(**{**kept, "status": name or None}),
            None if filters.narrowed else counts[name],
            name == filters.status,
        )
        for name, word in names.items()
    ]


def neighbour(
    filters: Filters, sort: str, shown: product_list.Page, after: int | None = None, before: int | None = None
) -> str:
    """The address of the next or previous page; empty where there is none."""
    if after is None and before is None:
        return ""
    first = shown.last + 1 if after is not None else max(1, shown.first - product_list.PAGE)
    return list_url(**kept_query(filters, sort), first=first, after=after, before=before)


def selected() -> list[tuple[str, str]]:
    """The selection as form fields: everything that matches the filter, or products by id."""
    if request.values.get("all"):
        return [("all", "1"), *read_filters()[1].as_query().items()]
    return [("id", value) for value in dict.fromkeys(request.values.getlist("id"))]


def selection() -> tuple[Select[Any], int]:
    if request.values.get("all"):
        query = product_list.matching(read_filters()[1])
    else:
        ids = {int(value) for value in request.values.getlist("id") if value.isascii() and value.isdigit()}
        query = service.chosen([product_id for product_id in ids if product_id <= LARGEST])
    count = product_list.count(query)
    if not count:
        raise Invalid("No product is selected. Tick some, or select all that match.", "See products", "/products/")
    return query, count


def targets(query: Select[Any]) -> list[dict[str, Any]]:
    """The shops that can take the products, with how many are there already and why one cannot."""
    if not g.shops:
        raise ServiceError(
            "No TikTok shop is connected, so there is nowhere to sell yet.", "Connect a shop", "/wizard/connect"
        )
    found, there = [], service.staged_in(query)
    for shop in g.shops:
        verdict = publishing_model.verdict(shop, Capability.PUBLISH_FROM_DRAFT)
        chosen = bool(verdict) and (g.shop is None or g.shop.id == shop.id)
        found.append(
            {
                "shop": shop,
                "there": there.get(shop.id, 0),
                "why": "" if verdict else verdict.reason,
                "chosen": chosen,
            }
        )
    return found
