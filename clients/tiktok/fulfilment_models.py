"""Packages, labels, slots and tracking as answered (reference 6 and 3.4)."""

from pydantic import AliasChoices, Field

from clients.reading import Figure, Flag, Many, Model, Text, Whole
from clients.tiktok.models import Dimensions, Weight
from clients.tiktok.order_models import Recipient, Seconds


class OrderRef(Model):
    id: str = Field(min_length=1)


class PackageRow(Model):
    """A package as search tells it."""

    id: str = Field(min_length=1)
    orders: Many[OrderRef] = ()
    order_line_item_ids: Many[str] = ()
    status: Text = ""
    create_time: Seconds = 0
    update_time: Seconds = 0
    tracking_number: Text = ""
    shipping_provider_id: Text = ""
    shipping_provider_name: Text = ""


class PackagePage(Model):
    packages: Many[PackageRow] = ()
    next_page_token: Text = ""
    total_count: Whole = 0


class Slot(Model):
    start_time: Seconds
    end_time: Seconds
    available: Flag = Field(False, validation_alias=AliasChoices("avaliable", "available"))  # the platform's spelling


class Package(Model):
    """`package_status` reads `TO FULFILL` here and `TO_FULFILL` elsewhere (reference 6.2): `state` has one spelling."""

    package_id: str = Field(min_length=1)
    orders: Many[OrderRef] = ()
    order_line_item_ids: Many[str] = ()
    package_status: Text = ""
    package_sub_status: Text = ""
    ship_exception_reason: Text = ""
    split_and_combine_tag: Text = ""
    has_multi_skus: Flag = False
    note_tag: Text = ""
    shipping_type: Text = ""
    shipping_provider_id: Text = ""
    shipping_provider_name: Text = ""
    delivery_option_id: Text = ""
    delivery_option_name: Text = ""
    tracking_number: Text = ""
    last_mile_tracking_number: Text = ""
    handover_method: Text = ""
    pickup_slot: Slot | None = None
    recipient_address: Recipient | None = None
    weight: Weight | None = None
    dimension: Dimensions | None = None
    warehouse_id: Text = ""
    create_time: Seconds = 0
    update_time: Seconds = 0

    @property
    def state(self) -> str:
        return self.package_status.replace(" ", "_").upper()


class ShippingWarning(Model):
    message: Text = ""


class Shipped(Model):
    order_id: Text = ""
    order_line_item_ids: Many[str] = ()
    package_id: str = Field(min_length=1)
    warning: ShippingWarning | None = None


class HandoverSlots(Model):
    can_pickup: Flag = False
    can_drop_off: Flag = False
    can_van_collection: Flag = False
    drop_off_point_url: Text = ""
    pickup_slots: Many[Slot] = ()


class Document(Model):
    """`doc_url` lives for 24 hours."""

    doc_url: str = Field(min_length=1)
    tracking_number: Text = ""


class MustSplit(Model):
    type: Text = ""
    category_id: Text = ""
    max_count: Whole = 0


class SplitAttribute(Model):
    order_id: str
    can_split: Flag = False
    reason: Text = ""
    must_split: Flag = False
    must_split_reasons: Many[MustSplit] = ()


class SplitPackage(Model):
    splittable_group_id: Text = ""
    id: str = Field(min_length=1)


class CombinablePackage(Model):
    id: str
    order_ids: Many[str] = ()


class CombinablePage(Model):
    combinable_packages: Many[CombinablePackage] = ()
    next_page_token: Text = ""
    total_count: Whole = 0


class TrackingEvent(Model):
    description: Text = ""
    update_time_millis: Seconds
    action_code: Text = ""


class ShippingService(Model):
    id: str
    name: Text = ""
    price: Figure = None
    currency: Text = ""
    is_default: Flag = False
    earliest_delivery_days: Whole = 0
    latest_delivery_days: Whole = 0
    shipping_provider_id: Text = ""
    shipping_provider_name: Text = ""


class CreatedPackage(Model):
    package_id: str = Field(min_length=1)
    create_time: Seconds = 0


class DeliveryOption(Model):
    id: str
    name: Text = ""
    type: Text = ""  # SEND_BY_SELLER: own carrier
    description: Text = ""
    platform: Many[str] = ()


class ShippingProvider(Model):
    id: str = Field(min_length=1)
    name: str
