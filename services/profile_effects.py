"""What saving a profile would change, before it is saved: products that move, listings by field,
examples."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from domain import profile_order
from domain.draft import AttributeValue, Draft
from models import Listing, Profile, Shop, db
from models.tenancy import scoped
from services import categories, drafts, profile_edits, profile_members
from services.actor import Actor
from services.profile_edits import Change
from services.profile_rules import P, Ranked, here, winner

LOOKED_AT = 200  # listings compared field by field
EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of one listing, before and after; what is about to be sent differs in it."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Example:
    listing_id: int
    title: str
    is_live: bool
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class Effects:
    """`moves`: (from, to, products). `fields` counts the listings looked at, which are all of them unless `listings` is
    more. `live` of them are on sale."""

    moves: Sequence[tuple[str, str, int]]
    listings: int
    live: int
    looked_at: int
    changed: int
    fields: Sequence[tuple[str, int]]
    examples: Sequence[Example]

    @property
    def moved(self) -> int:
        return sum(count for _, _, count in self.moves)


def of_save(actor: Actor, shop: Shop, profile: Profile | None, change: Change) -> Effects:
    """The change is made, looked at and taken back, so that what is shown is what happens. Raises Invalid as saving
    would."""
    profile_members.demand()
    names = _names(shop)
    nested = db.session.begin_nested()
    try:
        saved = profile_edits.apply(actor, shop, profile, change)
        order, names = profile_members.ranked(shop.id), names | _names(shop)
        concerned = _concerned(shop, order, and_(*profile_members.listings_of(saved)))
        listings, live = _counts(concerned)
        rows, moves = _some(concerned), _moves(shop, order, names)
        after = drafts.prepare(shop, [row.id for row in rows], members=_members(order, rows))
    finally:
        nested.rollback()
    return _compared(shop, rows, after, moves, listings, live)


def of_delete(shop: Shop, profile: Profile) -> Effects:
    """What taking a profile away would change."""
    order = [one for one in profile_members.ranked(shop.id) if one[0] != profile.id]
    return _reordered(shop, order)


def of_swap(shop: Shop, one: int, other: int) -> Effects:
    """What another order would change."""
    rules = dict(profile_members.ranked(shop.id))
    return _reordered(shop, [(number, rules[number]) for number in profile_order.swapped(list(rules), one, other)])


def _reordered(shop: Shop, order: Ranked) -> Effects:
    """Profiles stay as they are; only who gets which product changes."""
    profile_members.demand()
    concerned = _concerned(shop, order, false())
    listings, live = _counts(concerned)
    rows = _some(concerned)
    after = drafts.prepare(shop, [row.id for row in rows], members=_members(order, rows))
    return _compared(shop, rows, after, _moves(shop, order, _names(shop)), listings, live)


def _compared(
    shop: Shop,
    rows: Sequence[Any],
    after: Mapping[int, drafts.Prepared],
    moves: Sequence[tuple[str, str, int]],
    listings: int,
    live: int,
) -> Effects:
    before = drafts.prepare(shop, [row.id for row in rows])
    examples, fields = [], Counter[str]()
    for row in rows:
        found = differences(shop, before[row.id], after[row.id])
        fields.update({one.field for one in found})
        if found:
            examples.append(Example(row.id, row.title, bool(row.tiktok_id), found))
    return Effects(moves, listings, live, len(rows), len(examples), fields.most_common(), examples[:EXAMPLES])


def _concerned(shop: Shop, order: Ranked, besides: ColumnElement[bool]) -> ColumnElement[bool]:
    """Listings whose product goes to another profile, and those of the condition."""
    moving = select(P.c.id).select_from(_joined(shop)).where(*here(), _differs(order))
    return and_(Listing.shop_id == shop.id, or_(besides, Listing.product_id.in_(moving)))


def _some(concerned: ColumnElement[bool]) -> Sequence[Any]:
    query = select(Listing.id, Listing.title, Listing.tiktok_id, Listing.product_id).where(concerned)
    return db.session.execute(query.order_by(Listing.id).limit(LOOKED_AT)).all()


def _members(order: Ranked, rows: Sequence[Any]) -> dict[int, int]:
    """Product -> profile under this order, of the listings looked at."""
    ids = [row.product_id for row in rows if row.product_id]
    query = select(P.c.id, winner(order).label("wins")).where(*here(), P.c.id.in_(ids))
    return {product_id: wins for product_id, wins in db.session.execute(scoped(query)) if wins is not None}


def _counts(condition: ColumnElement[bool]) -> tuple[int, int]:
    """(all, those that TikTok has)"""
    query = select(func.count(Listing.id)).where(condition)
    return db.session.scalar(query) or 0, db.session.scalar(query.where(Listing.tiktok_id != "")) or 0


def _names(shop: Shop) -> dict[int | None, str]:
    rows = db.session.execute(select(Profile.id, Profile.name, Profile.is_default).where(Profile.shop_id == shop.id))
    return {(None if is_default else profile_id): name for profile_id, name, is_default in rows}


def _joined(shop: Shop) -> Any:
    members = profile_members.M
    on = and_(members.c.store_id == P.c.store_id, members.c.shop_id == shop.id, members.c.product_id == P.c.id)
    return P.outerjoin(members, on)


def _differs(order: Ranked) -> ColumnElement[bool]:
    return winner(order).is_distinct_from(profile_members.M.c.profile_id)


def _moves(shop: Shop, order: Ranked, names: Mapping[int | None, str]) -> list[tuple[str, str, int]]:
    found = (
        select(profile_members.M.c.profile_id.label("had"), winner(order).label("wins"))
        .select_from(_joined(shop))
        .where(*here())
        .subquery()
    )
    query = select(found.c.had, found.c.wins, func.count()).where(found.c.had.is_distinct_from(found.c.wins))
    rows = db.session.execute(scoped(query.group_by(found.c.had, found.c.wins)))
    return sorted((names.get(had, ""), names.get(wins, ""), count) for had, wins, count in rows)


def differences(shop: Shop, before: drafts.Prepared, after: drafts.Prepared) -> list[Difference]:
    """Field by field, in the order of a listing's page."""
    old, new = _shown(shop, before), _shown(shop, after)
    return [
        Difference(name, old.get(name, ""), new.get(name, ""))
        for name in dict.fromkeys([*old, *new])
        if old.get(name, "") != new.get(name, "")
    ]


def _shown(shop: Shop, one: drafts.Prepared) -> dict[str, str]:
    draft = one.draft
    row = categories.get(shop, draft.category_id) if draft.category_id else None
    found = {
        "Category": " › ".join(row.path) if row else draft.category_id,
        "Brand": "" if one.policy.brand == "never" else draft.brand_name,
        "Brand policy": one.policy.brand.replace("_", " "),
        "Package weight": f"{draft.weight.value} {draft.weight.unit.lower()}" if draft.weight else "",
        "Package size": _size(draft),
        "Price": ", ".join(dict.fromkeys(str(sku.price) for sku in draft.skus if sku.price is not None)),
        "Variants": "; ".join(", ".join(f"{name}: {value}" for name, value in sku.options) for sku in draft.skus),
        "Identifier": ", ".join(f"{sku.identifier.kind} {sku.identifier.code}" for sku in draft.skus if sku.identifier),
        "Identifier required": "yes" if draft.identifier_required else "no",
    }
    labels = {need.id: need.name for need in one.needs.attributes} if one.needs else {}
    return found | {labels.get(key, key): _values(values) for key, values in draft.attributes.items()}


def _size(draft: Draft) -> str:
    sides = draft.dimensions
    return f"{sides.length} × {sides.width} × {sides.height} {sides.unit.lower()}" if sides else ""


def _values(values: Sequence[AttributeValue]) -> str:
    return ", ".join(value.text or value.id for value in values)
