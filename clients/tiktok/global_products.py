"""Global products of a global seller, to be read, and how a shop's products get on sale (reference 4.13, 4.14)."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, TypeAdapter

from clients.reading import Many, Model, Text, Whole
from clients.tiktok.calls import Calls, present
from clients.tiktok.models import ChainLink, Image, Price, SalesAttribute

PAGE = 100
MOST = 10_000  # products that a search finds at all


def _listed(value: Any) -> Any:
    """The documentation's example shows a bare text where its table says a list."""
    return [value] if isinstance(value, str) else value


class ListingRules(Model):
    methods: Annotated[Many[str], BeforeValidator(_listed)] = Field((), validation_alias="listing_methods")


class GlobalQuantity(Model):
    quantity: Whole = 0


class GlobalSku(Model):
    id: str = Field(min_length=1)
    seller_sku: Text = ""
    price: Price | None = None
    inventory: Many[GlobalQuantity] = ()
    sales_attributes: Many[SalesAttribute] = ()


class LocalProduct(Model):
    """Where a global product is on sale: one local product for each market."""

    region: Text = ""
    id: Text = ""


class GlobalProduct(Model):
    """Get answers all of it, search a part. Status: PUBLISHED, UNPUBLISHED, DRAFT or DELETED."""

    id: str = Field(min_length=1)
    title: Text = ""
    status: Text = ""
    category_chains: Many[ChainLink] = ()
    main_images: Many[Image] = ()
    skus: Many[GlobalSku] = ()
    products: Many[LocalProduct] = ()
    update_time: Whole = 0


class GlobalProductPage(Model):
    products: Many[GlobalProduct] = Field((), validation_alias="global_products")
    next_page_token: Text = ""
    total_count: Whole = 0


_RULES, _PRODUCT, _PAGE = TypeAdapter(ListingRules), TypeAdapter(GlobalProduct), TypeAdapter(GlobalProductPage)


class GlobalProducts(Calls):
    """Read only: the older flow of publishing is being withdrawn, and nothing of it is written from here."""

    def listing_methods(self) -> tuple[str, ...]:
        """GLOBAL_PUBLISHING or LOCAL_REPLICATION, of one shop; shops of local sellers are refused."""
        return self._get("listing_rules", _RULES).methods

    def search_global_products(self, page_token: str = "", page_size: int = PAGE) -> GlobalProductPage:
        """Seller-level."""
        query = present(page_size=page_size, page_token=page_token)
        return self._post("search_global_products", _PAGE, {}, query=query)

    def global_product(self, product_id: str) -> GlobalProduct:
        """Seller-level."""
        return self._get("global_product", _PRODUCT, ids={"global_product_id": product_id})
