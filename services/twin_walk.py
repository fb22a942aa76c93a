"""What a shop holds on TikTok, read page by page. Plain data in and out, for any thread; no rows are touched."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clients.errors import Refused
from clients.tiktok.api import TikTok
from clients.tiktok.models import Product

TOO_MANY = "12052180"  # a search finds more than 10,000 products (reference 4.11)
GONE = frozenset({"12052032", "12052260", "12019150"})  # unknown product
CLOSED = "12052901"  # deleted or frozen: Get does not show it
BEGIN = 1_577_836_800  # 2020: no product of a shop is older
DELETED = "DELETED"


@dataclass(frozen=True, slots=True)
class Span:
    """Products created in these seconds, both ends included, from a page on."""

    low: int
    high: int
    token: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Products as the search shows them, without our SKU keys; what is left to read; `total` on a span's first page."""

    products: Sequence[Product]
    rest: Sequence[Span]
    total: int = 0


def page(client: TikTok, span: Span) -> Page:
    """The next page of a span. The search answers no more than 10,000 products, so a fuller span is halved instead."""
    try:
        found = client.search_products(create_time_ge=span.low, create_time_le=span.high, page_token=span.token)
    except Refused as refusal:
        if refusal.code != TOO_MANY or span.low >= span.high:
            raise
        middle = (span.low + span.high) // 2
        return Page((), (Span(span.low, middle), Span(middle + 1, span.high)))
    rest = (replace(span, token=found.next_page_token),) if found.next_page_token else ()
    return Page(found.products, rest, 0 if span.token else found.total_count)


def whole(client: TikTok, tiktok_id: str) -> Product | None:
    """One product with our SKU keys; None when it is gone, or so closed that TikTok does not show it."""
    try:
        return client.get_product(tiktok_id)
    except Refused as refusal:
        if refusal.code in GONE or refusal.code == CLOSED:
            return None
        raise


def status(client: TikTok, tiktok_id: str, seller_skus: Sequence[str]) -> str:
    """How a product stands now; DELETED when it is not there at all. The search also shows closed ones, but only under
    the SKUs that they have on TikTok."""
    wanted = [code for code in seller_skus if code][:10]
    found = client.search_products(seller_skus=wanted).products if wanted else ()
    for one in found:
        if one.id == tiktok_id:
            return one.status
    product = whole(client, tiktok_id)
    return product.status if product is not None else DELETED
