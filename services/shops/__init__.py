"""The TikTok shops of a store: which are connected, what the platform says about them, and leaving them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from clients.tiktok.models import Prerequisite
from clients.tiktok.models import Shop as ShopRow
from domain.capabilities import ShopKind
from domain.roles import SEND, Page
from domain.rulepacks import UnknownMarket, pack_for
from models import Activity, Authorization, Listing, Shop, Warehouse, WarehouseMap, db
from models.tenancy import across_stores
from services import activities, clock, notices, publishing
from services.actor import Actor
from services.errors import NotFound, ServiceError
from services.people import audit
from services.people.access import require
from services.shops import accounts

PREREQUISITES: dict[str, tuple[str, str]] = {
    # check item as TikTok names it -> (what it is, how to fix it), reference 4.7
    "SHOP_STATUS": (
        "Shop is open for business",
        "Open Seller Center and finish what its start page asks for; new shops are reviewed in 2 to 6 days.",
    ),
    "SHOP_TAX": ("Tax information", "Seller Center → Account → Tax information: fill in and submit."),
    "PICKUP_WAREHOUSE": (
        "Sales warehouse",
        "Seller Center → Account settings → Warehouse settings → Add warehouse: one for each place that ships TikTok "
        "orders.",
    ),
    "RETURN_WAREHOUSE": (
        "Returns warehouse",
        "Seller Center → Account settings → Warehouse settings: set a returns address.",
    ),
    "DELIVERY_OPTION": ("Delivery option", "Seller Center → Shipping: switch on at least one delivery option."),
    "SHIPPING_TEMPLATE": (
        "Shipping template",
        "Seller Center → Shipping → Shipping templates: create one and make it the default.",
    ),
    "PRODUCT_QUANTITY_LIMIT": (
        "Room for more products",
        "The shop holds as many products as its step allows. Delete some in Seller Center or wait for the next step.",
    ),
    "EXTENDED_PRODUCER_RESPONSIBILITY": (
        "Extended producer responsibility",
        "Seller Center → Qualification center: add the EPR numbers.",
    ),
    "BANK_ACCOUNT": ("Bank account", "Seller Center → Finance → Bank account: add the account that is paid out to."),
    "CONTACT_INFO": ("Contact information", "Seller Center → Account → Contact information: add telephone and e-mail."),
}


class AlreadyConnected(ServiceError):
    """The TikTok shop is active in another BigCommerce store."""


@dataclass(frozen=True, slots=True)
class Check:
    """One of the platform's own checks, readable."""

    item: str
    label: str
    ok: bool
    reasons: tuple[str, ...]
    fix: str


@dataclass(frozen=True, slots=True)
class Parting:
    """What disconnecting a shop stops."""

    live: int
    listings: int
    activities: int


def active() -> Sequence[Shop]:
    """The store's connected shops, in the order they came."""
    return db.session.scalars(select(Shop).where(Shop.is_active).order_by(Shop.id)).all()


def get(shop_id: int) -> Shop:
    shop = db.session.scalar(select(Shop).where(Shop.id == shop_id))
    if shop is None:
        raise NotFound("This TikTok shop does not exist here.", "See all shops", "/settings/authorization")
    return shop


def owned_elsewhere(tiktok_id: str, store_id: int) -> bool:
    """Whether the shop is active in another store: webhooks carry nothing but its id, so it can be active only once."""
    with across_stores("is this TikTok shop active in another store"):
        query = select(Shop.id).where(Shop.tiktok_id == tiktok_id, Shop.is_active, Shop.store_id != store_id)
        return db.session.scalar(query) is not None


def arrive(actor: Actor, authorization: Authorization, row: ShopRow) -> Shop:
    """Adds the shop or takes it up again under this authorization; refused when it is active in another store."""
    if owned_elsewhere(row.id, actor.store_id):
        raise taken(row.name)
    shop = db.session.scalar(select(Shop).where(Shop.tiktok_id == row.id)) or Shop(
        store_id=actor.store_id, tiktok_id=row.id
    )
    shop.authorization_id, before = authorization.id, shop.name or ""
    shop.name, shop.code = (row.name or row.code or row.id)[:255], row.code[:32]
    shop.market, shop.cipher = row.region[:8], row.cipher
    shop.seller_type = row.seller_type[:24] or "LOCAL"
    crosses = shop.seller_type == "CROSS_BORDER"
    if crosses or shop.kind != ShopKind.SEMI_CONSIGNMENT:  # what a person declared stays
        shop.kind = (ShopKind.GLOBAL_SELLER if crosses else ShopKind.LOCAL).value
    shop.is_active = True
    try:
        shop.currency = pack_for(shop.market, clock.now().date(), cross_border=crosses).currency
    except UnknownMarket:
        shop.currency = ""
    try:
        with db.session.begin_nested():
            db.session.add(shop)
    except IntegrityError as refused:
        raise taken(row.name) from refused
    accounts.arrived(shop, shop.name, before)
    notices.resolve(f"shop-taken:{row.id}")
    return shop


def taken(name: str) -> AlreadyConnected:
    return AlreadyConnected(
        f"“{name}” is already connected to another BigCommerce store. A TikTok shop can be sold from one store only, "
        "because "
        "its stock and orders have one home. Disconnect it there first, then connect it here.",
        "See connected shops",
        "/settings/authorization",
    )


def record_prerequisites(shop: Shop, rows: Sequence[Prerequisite]) -> None:
    """Keeps the platform's own checks as just read."""
    shop.prerequisites = [
        {"item": row.check_item.upper(), "ok": not row.is_failed, "reasons": list(row.fail_reasons)} for row in rows
    ]
    shop.checked_at = clock.now()


def checks(shop: Shop) -> list[Check]:
    """The platform's checks in plain words, failed ones first."""
    found = []
    for row in shop.prerequisites or []:
        label, fix = PREREQUISITES.get(
            row["item"], (row["item"].replace("_", " ").capitalize(), "Open Seller Center and follow its notice.")
        )
        found.append(
            Check(
                row["item"],
                label,
                bool(row["ok"]),
                tuple(str(reason) for reason in row["reasons"]),
                "" if row["ok"] else fix,
            )
        )
    return sorted(found, key=lambda check: check.ok)


def parting(shop: Shop) -> Parting:
    """The consequence of a disconnect, in numbers."""
    listings = select(func.count(Listing.id)).where(Listing.shop_id == shop.id)
    live = db.session.scalar(listings.where(Listing.tab == "live")) or 0
    running = select(func.count(Activity.id)).where(Activity.shop_id == shop.id, Activity.state.in_(activities.OPEN))
    return Parting(live, db.session.scalar(listings) or 0, db.session.scalar(running) or 0)


def disconnect(actor: Actor, shop: Shop) -> None:
    """Ends our work for the shop and unlocks its mapping. What is live on TikTok stays live; it is no longer kept in
    step."""
    require(actor, Page.AUTHORIZATION, SEND, shop)
    audit.note(
        actor,
        "shop.disconnected",
        f"“{shop.name}” ({shop.market}) was disconnected; {parting(shop).live} live listings stay as they are.",
        shop_id=shop.id,
    )
    activities.forget_shop(shop)
    publishing.let_go(shop)
    shop.is_active, shop.mapping_locked_at = False, None
    of_shop = select(Warehouse.id).where(Warehouse.shop_id == shop.id)
    db.session.execute(
        delete(WarehouseMap).where(WarehouseMap.warehouse_id.in_(of_shop)),
        execution_options={"synchronize_session": False},
    )
    db.session.flush()
    left = db.session.scalar(select(Shop.id).where(Shop.authorization_id == shop.authorization_id, Shop.is_active))
    if left is None:
        forget_tokens(shop.authorization)
    notices.raise_notice(
        f"shop-disconnected:{shop.id}",
        "info",
        f"{actor.name} disconnected “{shop.name}”. Its listings on TikTok Shop stay as they are and are no longer "
        "updated.",
        "Connected shops",
        "/settings/authorization",
    )


def forget_tokens(authorization: Authorization) -> None:
    """An authorization nobody uses any more keeps no tokens."""
    authorization.state, authorization.reason = "disconnected", ""
    authorization.access_token = authorization.refresh_token = ""
    notices.resolve(f"authorization:{authorization.id}")
