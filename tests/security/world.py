"""Two stores with a row of every kind, so that every id an address can name exists twice: ours and somebody else's."""

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from models import (
    Activity,
    ActivityItem,
    AfterSale,
    Authorization,
    Evidence,
    EvidenceBody,
    FoundProduct,
    GlobalProduct,
    Listing,
    ListingSku,
    ListingVersion,
    Location,
    MappingVersion,
    MediaFile,
    MediaPart,
    Notice,
    Order,
    OrderMoney,
    OutsideChange,
    PendingGrant,
    Person,
    PictureLook,
    Product,
    Profile,
    Promotion,
    PushRule,
    RequiredOption,
    Restock,
    Role,
    SavedView,
    Sheet,
    ShippingDocument,
    Statement,
    StockAdjustment,
    Store,
    StoreOrder,
    StoreRefund,
    Twin,
    Variant,
    Warehouse,
    db,
)
from models.tenancy import tenant
from services import sessions
from services.secrets import seal
from tests.services import listing_rows

FAR = datetime(2099, 1, 1, tzinfo=UTC)
# What a form may have to say before its row is looked up.
FORM = {"version": "1", "which": "other"}
WORDS = {
    "topic": "products", "kind": "document", "name": "title", "action": "brand", "filename": "css/causeway.css",
    "decision": "stop",
}  # fmt: skip


@dataclass
class Side:
    """One store: `ids` by the names that addresses use, `cookie` of its owner, `mark` stands in each of its texts."""

    hash: str
    store_id: int
    person_id: int
    cookie: str
    mark: str
    ids: dict[str, Any]
    bulk: dict[str, list[str]]
    sister: dict[str, Any]  # rows of the same store below another row: the second listing's variant and so on

    @property
    def cookie_name(self) -> str:
        return sessions.cookie_name(self.hash)


def make(app: Flask, store_hash: str, mark: str, offset: int) -> Side:
    """A store whose keys differ from those of every other store (`offset` rows of padding come first)."""
    with app.app_context():
        store = listing_rows.add_store(store_hash)
        store.name, store.owner_id, store.token = f"Store {mark}", 7, seal(f"token-{mark}")
        with tenant(store.id):
            person = Person(
                bigcommerce_id=7, email=f"{mark}@example.com".lower(), is_owner=True, seen_at=datetime.now(UTC)
            )
            db.session.add(person)
            _pad(offset)
            shop = listing_rows.add_shop(f"Shop {mark}", f"749{offset:016d}")
            second = listing_rows.add_shop(f"Second {mark}", f"748{offset:016d}")
            listings = [
                listing_rows.add_listing(shop, offset * 100 + number, 2, **texts(mark, number)) for number in (1, 2)
            ]
            theirs = listing_rows.add_listing(second, offset * 100 + 3, 2, **texts(mark, 3))
            activity, item = _work(shop.id, listings[0].id, mark)
            _, sister_item = _work(shop.id, listings[1].id, mark)
            order_ids = _order(shop.id, listings[0].product_id or 0, mark, offset)
            notice = Notice(key=f"n-{mark}", text=f"Notice {mark}", created_at=datetime.now(UTC))
            db.session.add(notice)
            db.session.execute(
                update(Location).values(label=f"Place {mark}"), execution_options={"synchronize_session": False}
            )
            for warehouse in db.session.scalars(select(Warehouse)):
                warehouse.name = f"{warehouse.name} {mark}"
            for grant in db.session.scalars(select(Authorization)):
                grant.seller_name, grant.access_expires_at, grant.refresh_expires_at = f"Seller {mark}", FAR, FAR
            db.session.flush()
            twin = Twin(
                shop_id=shop.id, listing_id=listings[0].id, tiktok_id=f"17{offset:017d}", match="both",
                title=f"Twin {mark}", skus=[], found_at=datetime.now(UTC), seen_at=datetime.now(UTC),
            )  # fmt: skip
            sheet = Sheet(
                key=f"sheet-of-{mark}", is_import=True, kind="listings", format="csv", name=f"File {mark}.csv",
                shop_id=shop.id, state="compared", details={"header": [], "ignored": []}, changed=1, rows=1,
                created_at=datetime.now(UTC), expires_at=FAR,
            )  # fmt: skip
            view = SavedView(
                person_id=person.id, page="products", name=f"Filter {mark}", query={}, is_shared=True,
                created_at=datetime.now(UTC),
            )  # fmt: skip
            found = FoundProduct(
                shop_id=shop.id, tiktok_id=f"16{offset:017d}", title=f"Found {mark}", found_at=datetime.now(UTC),
                seen_at=datetime.now(UTC), skus=[], product_id=listings[0].product_id, reason=f"Reason {mark}",
            )  # fmt: skip
            second.kind = "global_seller"
            abroad = GlobalProduct(
                authorization_id=second.authorization_id, tiktok_id=f"18{offset:017d}", title=f"Global {mark}",
                search=f"global {mark}".lower(), skus=[], read_at=datetime.now(UTC),
            )  # fmt: skip
            change = OutsideChange(
                shop_id=shop.id, listing_id=listings[0].id, field="title", kind="content", label=f"Title {mark}",
                ours=f"Ours {mark}", theirs=f"Theirs {mark}", value={"value": mark}, noticed_at=datetime.now(UTC),
            )  # fmt: skip
            role = Role(name=f"Role {mark}", grants={"cells": ["dashboard:see"]}, changed_at=datetime.now(UTC))
            version = ListingVersion(
                listing_id=listings[0].id, kind="edit", why="edit", actor=f"Editor {mark}",
                fields={"title": [None, f"Title {mark}"]}, skus={}, at=datetime.now(UTC),
            )  # fmt: skip
            db.session.add_all([found, abroad, change, version, twin, sheet, view, role])
            db.session.flush()
            paper = MediaFile(
                kind="document", name=f"Paper {mark}.pdf", format="PDF", size=4, digest=mark.ljust(64, "d"),
                requirements=[f"Requirement {mark}"], created_at=datetime.now(UTC),
            )  # fmt: skip
            look = PictureLook(
                url_hash=mark.ljust(64, "e"), ratio="auto_pad", preview=f"Preview {mark}".encode(),
                looked_at=datetime.now(UTC),
            )  # fmt: skip
            db.session.add_all([paper, look])
            db.session.flush()
            db.session.add(MediaPart(file_id=paper.id, position=0, body=f"Paper {mark}".encode()))
            first_sku = db.session.scalars(
                select(ListingSku.merchant_sku_id).where(ListingSku.listing_id == listings[0].id)
            ).first()
            adjustment = StockAdjustment(
                order_ref=f"tiktok:{mark}", merchant_sku_id=first_sku, delta=-1, state="refused", why=f"Why {mark}",
                created_at=datetime.now(UTC),
            )  # fmt: skip
            promotion = Promotion(
                shop_id=shop.id, name=f"Promotion {mark}", keeps_from=datetime.now(UTC), starts_at=FAR, ends_at=FAR,
                changed_at=datetime.now(UTC),
            )  # fmt: skip
            db.session.add_all([adjustment, promotion])
            rule = PushRule(shop_id=shop.id, product_id=listings[0].product_id or 0, changed_at=datetime.now(UTC))
            db.session.add(rule)
            db.session.flush()
            statement = Statement(
                shop_id=shop.id, tiktok_id=f"36{offset:017d}", day=datetime.now(UTC), currency="USD", amounts={},
                gaps=[[f"Gap {mark}", "1", "2"]], state="incomplete",
            )  # fmt: skip
            money = OrderMoney(
                shop_id=shop.id, order_number=f"Number {mark}", day=datetime.now(UTC), currency="USD", store_facts={},
                steps=[[f"fee.{mark}", "1"]], state="agrees", compared_at=datetime.now(UTC),
            )  # fmt: skip
            db.session.add_all([statement, money])
            db.session.flush()
            mapping = MappingVersion(
                shop_id=shop.id, number=1, state="preparing", reason=f"Why {mark}", changed_at=datetime.now(UTC)
            )
            db.session.add(mapping)
            db.session.flush()
            cookie = sessions.begin(person)
            db.session.commit()
            warehouses = db.session.scalars(select(Warehouse.id)).all()
            for one in (shop, second):
                one.mapping_locked_at = datetime.now(UTC)
            mark_by = {"by": mark, "at": datetime.now(UTC).isoformat()}
            store.wizard = {"warehouses": mark_by, "configuration": mark_by, "done": mark_by}
            db.session.commit()
            locations = [str(number) for number in db.session.scalars(select(Location.id))]
            sku, sister_sku = (
                db.session.scalars(select(ListingSku.id).where(ListingSku.listing_id == one.id)).first()
                for one in listings
            )
            ids = {
                "activity_id": activity, "item_id": item, "listing_id": listings[0].id, "sku_id": sku,
                "notice_id": notice.id, "twin_id": twin.id, "product_id": listings[0].product_id, "shop_id": shop.id,
                "sheet_key": sheet.key, "view_id": view.id, "version_id": version.id,
                "file_id": paper.id, "look_id": look.id, "statement_id": statement.id, "money_id": money.id,
                "found_id": found.id, "change_id": change.id, "global_product_id": abroad.id,
                "person_id": person.id, "role_id": role.id, "authorization_id": shop.authorization_id,
                **order_ids,
                "adjustment_id": adjustment.id, "promotion_id": promotion.id,
                "push_rule_id": rule.id, "mapping_version_id": mapping.id,
                "merchant_sku_id": db.session.scalars(
                    select(ListingSku.merchant_sku_id).where(ListingSku.listing_id == listings[0].id)
                ).first(),
                "profile_id": db.session.scalar(select(Profile.id).where(Profile.shop_id == shop.id)),
            }  # fmt: skip
            kinds = {"listings": [*listings, theirs]}
            bulk = {
                "id": [str(one.id) for one in kinds["listings"]] + [str(one.product_id) for one in kinds["listings"]],
                "target": [str(shop.id), str(second.id)], "shop": [str(shop.id)],
                "authorization": [str(shop.authorization_id)], "product": [str(listings[0].product_id)],
                "file": [str(paper.id)],
                "sku": [str(sku)], "after": [str(listings[0].id)], "activity": [str(activity)],
                **{f"warehouse-{number}": locations for number in warehouses},
            }  # fmt: skip
            sister = {"sku_id": sister_sku, "item_id": sister_item}
            side = Side(store_hash, store.id, person.id, cookie, mark, ids, bulk, sister)
            db.session.rollback()
    return side


def texts(mark: str, number: int) -> dict[str, Any]:
    return {
        "title": f"Stoneware mug {mark} with a wide handle {number}", "description": f"<p>Glazed {mark}.</p>",
        "brand": f"Brand {mark}", "category_path": f"Home > {mark}", "tags": mark, "sku": f"SKU-{mark}-{number}",
    }  # fmt: skip


def _pad(count: int) -> None:
    """Rows that only push the next keys on."""
    now = datetime.now(UTC)
    for number in range(count):
        db.session.add(Notice(key=f"pad-{number}", text="settled", created_at=now, resolved_at=now))
        db.session.add(Product(title=f"Gone {number}", imported_at=now, deleted_at=now, bigcommerce_id=90_000 + number))
    db.session.flush()


def _order(shop_id: int, product_id: int, mark: str, offset: int) -> dict[str, int]:
    """An order that waits, and an option that a product demands."""
    now = datetime.now(UTC)
    order = Order(
        shop_id=shop_id, tiktok_id=f"57{offset:016d}", status="ON_HOLD", placed_at=now, changed_at=now, seen_at=now,
        read_at=now, buyer_name=f"Buyer {mark}", problem="order.unlinked", problem_text=f"Unknown item {mark}",
        address={}, details={},
    )  # fmt: skip
    option = RequiredOption(
        product_id=product_id, modifier_id=offset, name=f"Option {mark}", type="text", choices=[], read_at=now
    )
    db.session.add_all([order, option])
    db.session.flush()
    label = ShippingDocument(
        shop_id=shop_id, order_id=order.id, package_id=f"11{offset:016d}", kind="SHIPPING_LABEL",
        body=f"Label {mark}".encode(), content_type="application/pdf", read_at=now, expires_at=FAR,
    )  # fmt: skip
    db.session.add(label)
    db.session.flush()
    return {"order_id": order.id, "option_id": option.id, "document_id": label.id, **_request(order, mark, offset)}


def _request(order: Order, mark: str, offset: int) -> dict[str, int]:
    """A return that was granted, with a refund that BigCommerce refused and pieces to decide about."""
    now = datetime.now(UTC)
    copy = StoreOrder(order_id=order.id, reference=f"Copy {mark}", state="waiting")
    request = AfterSale(
        shop_id=order.shop_id, order_id=order.id, tiktok_id=f"40{offset:016d}", order_number=order.tiktok_id,
        kind="RETURN_AND_REFUND", status="RETURN_OR_REFUND_REQUEST_SUCCESS", tab="accepted", asked_at=now,
        changed_at=now, read_at=now, reason_text=f"Reason of {mark}", currency="USD", details={}, choices=[],
    )  # fmt: skip
    db.session.add_all([copy, request])
    db.session.flush()
    refund = StoreRefund(
        after_sale_id=request.id, copy_id=copy.id, reference=f"Refund {mark}", state="refused", is_due=False,
        problem_text=f"Refused {mark}",
    )  # fmt: skip
    variant = db.session.scalars(select(Variant.id).order_by(Variant.id).limit(1)).one()
    pieces = Restock(after_sale_id=request.id, variant_id=variant, quantity=1, state="ask", why=f"Because {mark}")
    db.session.add_all([refund, pieces])
    db.session.flush()
    return {"request_id": request.id, "refund_id": refund.id, "restock_id": pieces.id}


def _work(shop_id: int, listing_id: int, mark: str) -> tuple[int, int]:
    """A finished publish with a refused item and its evidence."""
    now = datetime.now(UTC)
    activity = Activity(
        shop_id=shop_id, kind="publish", state="finished", title=f"Publish {mark}", total=1, refused=1, units=1,
        units_done=1, created_at=now, started_at=now, finished_at=now, details={}, notes={}, message=f"Ended {mark}",
    )  # fmt: skip
    db.session.add(activity)
    db.session.flush()
    item = ActivityItem(
        activity_id=activity.id, subject_id=listing_id, label=f"Item {mark}", state="refused", due_at=now, args={},
        code="12052048", message=f"Refused {mark}", finished_at=now,
    )  # fmt: skip
    db.session.add(item)
    db.session.flush()
    digest = f"{mark}{item.id}".ljust(64, "x")[:64]
    db.session.add(EvidenceBody(digest=digest, body=zlib.compress(f'{{"title": "{mark}"}}'.encode())))
    db.session.add(
        Evidence(activity_id=activity.id, item_id=item.id, listing_id=listing_id, platform="tiktok", method="POST",
                 path=f"/product/{mark}", status=200, sent=digest, received=digest, created_at=now)
    )  # fmt: skip
    db.session.flush()
    return activity.id, item.id


def park_grant(app: Flask, code: str = "ABCDEFGH") -> None:
    """A grant that waits for its short code."""
    with app.app_context():
        db.session.add(PendingGrant(code=code, grant=seal("{}"), expires_at=datetime.now(UTC) + timedelta(hours=1)))
        db.session.commit()


def sides(app: Flask) -> tuple[Side, Side]:
    """(ours, the other's)."""
    return make(app, "ours1", "Oursmark", 2), make(app, "other1", "Foreignmark", 5)


def listing_rows_of(side: Side) -> list[Listing]:
    """Inside an app context."""
    with tenant(side.store_id):
        return list(db.session.scalars(select(Listing).order_by(Listing.id)))


def store_of(side: Side) -> Store:
    return db.session.scalars(select(Store).where(Store.id == side.store_id)).one()
