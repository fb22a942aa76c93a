"""What is stored. Import tables from here."""

from models.activity import (
    Activity,
    ActivityItem,
    Counter,
    Evidence,
    EvidenceBody,
    InboxEvent,
    Notice,
    Schedule,
)
from models.base import Base, db
from models.catalog import MerchantSku, Product, Stock, Variant
from models.listing import Listing, ListingProblem, ListingSku, Picture, Profile
from models.profile import ProfileProduct, ProfileRule
from models.shop import (
    Authorization,
    Category,
    Location,
    PendingGrant,
    Shop,
    Warehouse,
    WarehouseMap,
)
from models.store import Person, SpentToken, Store, WebSession
from models.twin import Twin

__all__ = [
    "Activity",
    "ActivityItem",
    "Authorization",
    "Base",
    "Category",
    "Counter",
    "Evidence",
    "EvidenceBody",
    "InboxEvent",
    "Listing",
    "ListingProblem",
    "ListingSku",
    "Location",
    "MerchantSku",
    "Notice",
    "PendingGrant",
    "Person",
    "Picture",
    "Product",
    "Profile",
    "ProfileProduct",
    "ProfileRule",
    "Schedule",
    "Shop",
    "SpentToken",
    "Stock",
    "Store",
    "Twin",
    "Variant",
    "Warehouse",
    "WarehouseMap",
    "WebSession",
    "db",
]
