"""BigCommerce's answers (reference 3, 4, 6.5, 7.1). Money and weights are Decimals of the digits as sent."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

from pydantic import Field

from clients.reading import Amount, Flag, Many, Model, Text, Whole

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a walk by ascending id: while `more`, ask with `after_id=last_id`. `total` counts from here on."""

    items: tuple[T, ...]
    total: int
    more: bool
    last_id: int


class Identified(Model):
    id: int


class OptionValue(Model):
    id: Whole = 0
    label: Text = ""
    option_id: Whole = 0
    option_display_name: Text = ""


class Variant(Model):
    """A price or measure of None is inherited from the product (reference 3.3)."""

    id: int
    product_id: int
    sku: Text = ""
    option_values: Many[OptionValue] = ()
    price: Amount = None
    sale_price: Amount = None
    retail_price: Amount = None
    cost_price: Amount = None
    map_price: Amount = None
    calculated_price: Amount = None
    weight: Amount = None
    calculated_weight: Amount = None
    width: Amount = None
    height: Amount = None
    depth: Amount = None
    purchasing_disabled: Flag = False
    image_url: Text = ""
    upc: Text = ""
    gtin: Text = ""
    mpn: Text = ""
    inventory_level: Whole = 0
    inventory_warning_level: Whole = 0
    bin_picking_number: Text = ""


class Image(Model):
    id: Whole = 0
    is_thumbnail: Flag = False
    sort_order: Whole = 0
    description: Text = ""
    url_zoom: Text = ""
    url_standard: Text = ""
    url_thumbnail: Text = ""
    url_tiny: Text = ""
    date_modified: datetime | None = None


class CustomField(Model):
    id: Whole = 0
    name: Text = ""
    value: Text = ""


class CustomUrl(Model):
    url: Text = ""
    is_customized: Flag = False


class Product(Model):
    id: int
    name: str
    type: Text = "physical"
    sku: Text = ""
    description: Text = ""
    weight: Decimal
    width: Amount = None
    depth: Amount = None
    height: Amount = None
    price: Decimal
    cost_price: Amount = None
    retail_price: Amount = None
    sale_price: Amount = None
    map_price: Amount = None
    calculated_price: Amount = None
    categories: Many[int] = ()
    brand_id: Whole = 0
    inventory_level: Whole = 0
    inventory_warning_level: Whole = 0
    inventory_tracking: Text = "none"
    is_free_shipping: Flag = False
    is_visible: Flag = False
    is_featured: Flag = False
    warranty: Text = ""
    bin_picking_number: Text = ""
    upc: Text = ""
    gtin: Text = ""
    mpn: Text = ""
    search_keywords: Text = ""
    availability: Text = ""
    condition: Text = ""
    order_quantity_minimum: Whole = 0
    order_quantity_maximum: Whole = 0
    page_title: Text = ""
    meta_keywords: Many[str] = ()
    meta_description: Text = ""
    preorder_release_date: datetime | None = None
    is_preorder_only: Flag = False
    custom_url: CustomUrl | None = None
    base_variant_id: int | None = None
    sort_order: Whole = 0
    total_sold: Whole = 0
    date_created: datetime | None = None
    date_modified: datetime | None = None
    variants: Many[Variant] = ()
    images: Many[Image] = ()
    custom_fields: Many[CustomField] = ()


class Brand(Model):
    id: int
    name: str
    image_url: Text = ""


class Category(Model):
    category_id: int
    tree_id: Whole = 0
    parent_id: Whole = 0  # 0 at the top
    name: str
    is_visible: Flag = False
    sort_order: Whole = 0


class LocationAddress(Model):
    address1: Text = ""
    address2: Text = ""
    city: Text = ""
    state: Text = ""
    zip: Text = ""
    country_code: Text = ""  # three letters here (reference 4.3)


class Location(Model):
    id: int
    code: Text = ""
    label: Text = ""
    description: Text = ""
    type_id: Text = ""  # PHYSICAL, VIRTUAL
    enabled: Flag = False
    managed_by_external_source: Flag = False
    time_zone: Text = ""
    storefront_visibility: Flag = False
    address: LocationAddress | None = None


class ItemIdentity(Model):
    sku: Text = ""
    variant_id: int | None = None
    product_id: int | None = None
    sku_id: int | None = None


class ItemSettings(Model):
    safety_stock: Whole = 0
    is_in_stock: Flag = False
    warning_level: Whole = 0
    bin_picking_number: Text = ""


class ItemLocation(Model):
    """available_to_sell = total_inventory_onhand - safety stock (reference 4.2)."""

    location_id: int
    location_code: Text = ""
    location_name: Text = ""
    available_to_sell: int
    total_inventory_onhand: int
    location_enabled: Flag = False
    settings: ItemSettings | None = None


class InventoryItem(Model):
    identity: ItemIdentity
    locations: Many[ItemLocation] = ()


class Hook(Model):
    id: int
    scope: str
    destination: str
    is_active: Flag = False
    headers: dict[str, str] | None = Field(None, repr=False)
    created_at: Whole = 0
    updated_at: Whole = 0


class Timezone(Model):
    name: Text = ""
    raw_offset: Whole = 0
    dst_offset: Whole = 0
    dst_correction: Flag = False


class Features(Model):
    multi_storefront_enabled: Flag = False


class Store(Model):
    id: str = Field(min_length=1)  # the store hash
    store_id: Text = ""
    account_uuid: Text = ""
    domain: Text = ""
    secure_url: Text = ""
    control_panel_base_url: Text = ""
    status: Text = ""
    name: Text = ""
    first_name: Text = ""
    last_name: Text = ""
    country: Text = ""
    country_code: Text = ""
    admin_email: Text = ""
    order_email: Text = ""
    timezone: Timezone | None = None
    language: Text = ""
    currency: str
    currency_symbol: Text = ""
    decimal_places: Whole = 2
    weight_units: str  # LBS, Ounces, KGS, Grams, Tonnes
    dimension_units: str  # Inches, Centimeters
    plan_name: Text = ""
    plan_level: Text = ""
    plan_is_trial: Flag = False
    is_price_entered_with_tax: Flag = False
    default_channel_id: Whole = 0
    features: Features | None = None


class Pagination(Model):
    total: Whole = 0
    count: Whole = 0
    per_page: Whole = 0
    current_page: Whole = 1
    total_pages: Whole = 1


class Meta(Model):
    pagination: Pagination | None = None


class One(Model, Generic[T]):
    data: T


class Several(Model, Generic[T]):
    data: tuple[T, ...]
    meta: Meta | None = None
