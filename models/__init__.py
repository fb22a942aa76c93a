"""What is stored. Import tables from here."""

from models.access import Account, AuditEntry, DoctorReport, Role, RoleGrant, RoleTrial, ShopState
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
from models.adoption import FoundProduct, KnownValues, OutsideChange, ShopLook
from models.base import Base, db
from models.catalog import MerchantSku, Product, Stock, Variant
from models.history import ListingBody, ListingVersion
from models.listing import Listing, ListingProblem, ListingSku, Picture, Profile
from models.media import MediaFile, MediaPart, MediaUpload, MediaUse, PictureLook
from models.order import (
    Order,
    OrderCursor,
    OrderEvent,
    OrderHour,
    OrderLine,
    OrderRules,
    RequiredOption,
    SkuLink,
    StoreOrder,
)
from models.plan import ListingDay, ListingPin
from models.profile import ProfileProduct, ProfileRule
from models.sheet import Sheet, SheetPart, SheetRow
from models.shop import (
    Authorization,
    Category,
    Location,
    PendingGrant,
    Shop,
    Warehouse,
    WarehouseMap,
)
from models.stock import (
    PushRule,
    StockBalance,
    StockIncident,
    StockMovement,
    StockOrder,
    StockOrderLine,
    StockPush,
    StockTold,
)
from models.store import Person, SpentToken, Store, WebSession
from models.twin import Twin
from models.view import ListColumns, ProductTag, SavedView

__all__ = [
    "Account",
    "Activity",
    "ActivityItem",
    "AuditEntry",
    "Authorization",
    "Base",
    "Category",
    "Counter",
    "DoctorReport",
    "Evidence",
    "EvidenceBody",
    "FoundProduct",
    "InboxEvent",
    "KnownValues",
    "ListColumns",
    "Listing",
    "ListingBody",
    "ListingDay",
    "ListingPin",
    "ListingProblem",
    "ListingSku",
    "ListingVersion",
    "Location",
    "MediaFile",
    "MediaPart",
    "MediaUpload",
    "MediaUse",
    "MerchantSku",
    "Notice",
    "Order",
    "OrderCursor",
    "OrderEvent",
    "OrderHour",
    "OrderLine",
    "OrderRules",
    "OutsideChange",
    "PendingGrant",
    "Person",
    "Picture",
    "PictureLook",
    "Product",
    "ProductTag",
    "Profile",
    "ProfileProduct",
    "ProfileRule",
    "PushRule",
    "RequiredOption",
    "Role",
    "RoleGrant",
    "RoleTrial",
    "SavedView",
    "Schedule",
    "Sheet",
    "SheetPart",
    "SheetRow",
    "Shop",
    "ShopLook",
    "ShopState",
    "SkuLink",
    "SpentToken",
    "Stock",
    "StockBalance",
    "StockIncident",
    "StockMovement",
    "StockOrder",
    "StockOrderLine",
    "StockPush",
    "StockTold",
    "Store",
    "StoreOrder",
    "Twin",
    "Variant",
    "Warehouse",
    "WarehouseMap",
    "WebSession",
    "db",
]
