"""The Active page of a global store: which products, of which status, on sale in which of our shops. View only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select

from domain.capabilities import ShopKind
from models import Authorization, GlobalProduct, GlobalProductSale, Listing, Shop, db
from services.errors import NotFound
from services.global_stores import WHERE
from services.global_stores.reading import demand

PAGE = 50
STATUSES: dict[str, tuple[str, str]] = {
    "PUBLISHED": ("Live", "success"),
    "UNPUBLISHED": ("Not published", "secondary"),
    "DRAFT": ("Draft", "secondary"),
}
"""TikTok's word -> (ours, tone)."""
IN, OUT = "in", "out"


@dataclass(frozen=True, slots=True)
class Sale:
    """A local product of a global one. `shop`: ours, where that market's shop is connected and seen; `listing_id`: the
    listing by which it is kept in step here."""

    market: str
    tiktok_id: str
    shop: Shop | None
    listing_id: int | None


@dataclass(frozen=True, slots=True)
class Row:
    product: GlobalProduct
    word: str
    tone: str
    sales: Sequence[Sale]


@dataclass(frozen=True, slots=True)
class Wanted:
    """As in the address. `market` with `there` in or out: those that are, or are not, on sale there."""

    authorization_id: int
    status: str = ""
    search: str = ""
    market: str = ""
    there: str = IN

    def conditions(self, *, status: bool = True) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = [GlobalProduct.authorization_id == self.authorization_id]
        if status and self.status:
            found.append(GlobalProduct.status == self.status)
        for word in self.search.lower().split()[:8]:
            found.append(GlobalProduct.search.contains(word, autoescape=True))
        if self.market:
            sold = exists().where(
                GlobalProductSale.global_product_id == GlobalProduct.id,
                GlobalProductSale.store_id == GlobalProduct.store_id,
                GlobalProductSale.market == self.market,
            )
            found.append(sold if self.there == IN else ~sold)
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """A keyset page, newest first; `after`: TikTok's id of the last, empty at the end."""

    rows: Sequence[Row]
    after: str


def accounts(shops: Sequence[Shop]) -> list[Authorization]:
    """Global sellers of which at least one sub-store is authorised and seen (features S4-11)."""
    grants = {shop.authorization_id: shop.authorization for shop in shops if shop.kind == ShopKind.GLOBAL_SELLER}
    return [grants[key] for key in sorted(grants)]


def counts(wanted: Wanted) -> Mapping[str, int]:
    """By TikTok's status."""
    query = select(GlobalProduct.status, func.count(GlobalProduct.id)).where(*wanted.conditions(status=False))
    return {status: count for status, count in db.session.execute(query.group_by(GlobalProduct.status))}


def markets(wanted: Wanted) -> Mapping[str, int]:
    """Market -> how many of the account's products are on sale there."""
    query = (
        select(GlobalProductSale.market, func.count(GlobalProductSale.id))
        .join(GlobalProduct, GlobalProduct.id == GlobalProductSale.global_product_id)
        .where(GlobalProduct.authorization_id == wanted.authorization_id)
        .group_by(GlobalProductSale.market)
    )
    return {market: count for market, count in sorted((market, count) for market, count in db.session.execute(query))}


def find(wanted: Wanted, shops: Sequence[Shop], after: str = "") -> Found:
    query = select(GlobalProduct).where(*wanted.conditions())
    if after:
        query = query.where(GlobalProduct.tiktok_id < after)
    products = db.session.scalars(query.order_by(GlobalProduct.tiktok_id.desc()).limit(PAGE + 1)).all()
    rows = _rows(products[:PAGE], wanted.authorization_id, shops)
    return Found(rows, products[PAGE - 1].tiktok_id if len(products) > PAGE else "")


def get(product_id: int, shops: Sequence[Shop]) -> Row:
    """One product of an account that the person sees."""
    demand()
    mine = [grant.id for grant in accounts(shops)]
    query = select(GlobalProduct).where(GlobalProduct.id == product_id, GlobalProduct.authorization_id.in_(mine))
    product = db.session.scalar(query)
    if product is None:
        raise NotFound("This global product does not exist.", "See the global store", WHERE)
    return _rows([product], product.authorization_id, shops)[0]


def _rows(products: Sequence[GlobalProduct], authorization_id: int, shops: Sequence[Shop]) -> list[Row]:
    mine = {shop.market: shop for shop in shops if shop.authorization_id == authorization_id}
    ids = [product.id for product in products]
    sales: dict[int, list[GlobalProductSale]] = {}
    query = select(GlobalProductSale).where(GlobalProductSale.global_product_id.in_(ids))
    for sale in db.session.scalars(query.order_by(GlobalProductSale.market)):
        sales.setdefault(sale.global_product_id, []).append(sale)
    numbers = [sale.tiktok_id for found in sales.values() for sale in found if sale.tiktok_id]
    kept = select(Listing.shop_id, Listing.tiktok_id, Listing.id).where(
        Listing.tiktok_id.in_(numbers), Listing.shop_id.in_([shop.id for shop in mine.values()])
    )
    listings = {(shop_id, number): key for shop_id, number, key in db.session.execute(kept)}

    def sale_of(sale: GlobalProductSale) -> Sale:
        shop = mine.get(sale.market)
        return Sale(sale.market, sale.tiktok_id, shop, listings.get((shop.id, sale.tiktok_id)) if shop else None)

    return [
        Row(product, *STATUSES.get(product.status, (product.status.capitalize(), "secondary")),
            [sale_of(sale) for sale in sales.get(product.id, ())])
        for product in products
    ]  # fmt: skip
