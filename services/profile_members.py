"""Which profile prepares which product, kept by (shop, product): drafts read it by key, lists filter by it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, false, func, literal, select, update

from domain.rule_groups import RuleGroup
from models import Listing, Product, Profile, ProfileProduct, ProfileRule, db
from models.base import Key
from models.present import has_table
from models.tenancy import scoped, tenant_id
from services.bulk import insert_into, table_of
from services.errors import ServiceError
from services.prepared import STORE, prepared, rows
from services.profile_rules import P, Ranked, here, winner

M = table_of(ProfileProduct)
RANGE = 5000  # products in one statement
PART = 5000  # ids in one IN list; SQLite allows 32,766 variables a statement


class NotMigrated(ServiceError):
    """The tables come with a migration that has not run yet."""

    status = 503


def ready() -> bool:
    """Whether the migration that brings the tables has run."""
    return has_table(ProfileRule) and has_table(ProfileProduct)


def demand() -> None:
    if not ready():
        raise NotMigrated(
            "The database is being brought up to date; profiles can be used when that is done.",
            "See listings",
            "/listings/",
        )


def ranked(shop_id: int) -> list[tuple[int, RuleGroup]]:
    """The shop's profiles in their order with their rules, without the default one."""
    query = (
        select(Profile.id, ProfileRule.rule)
        .join(ProfileRule, ProfileRule.profile_id == Profile.id)
        .where(Profile.shop_id == shop_id, Profile.is_default.is_(False))
        .order_by(Profile.position, Profile.id)
    )
    return [(profile_id, RuleGroup.from_json(rule)) for profile_id, rule in db.session.execute(query)]


def hold(shop_id: int, *, change: bool = False) -> None:
    """Whoever writes by the rules shares a lock that whoever changes them takes alone: no old rule writes over a new
    one. SQLite has one writer anyway."""
    query = select(Profile.id).where(Profile.shop_id == shop_id, Profile.is_default)
    db.session.execute(query.with_for_update(read=not change, key_share=False))


def assign(shop_id: int, order: Ranked, *scope: ColumnElement[bool]) -> list[int]:
    """Brings the rows of these products to what the rules say; ids of the products whose profile is another now."""
    found = select(P.c.id, winner(order).label("wins"), M.c.profile_id.label("has"), M.c.is_gone)
    joined = and_(M.c.store_id == P.c.store_id, M.c.shop_id == shop_id, M.c.product_id == P.c.id)
    all_of = found.select_from(P.outerjoin(M, joined)).where(*here(), *scope).subquery()
    moved: list[int] = []
    if order:
        differs = all_of.c.wins.is_not(None) & (
            all_of.c.has.is_(None) | (all_of.c.has != all_of.c.wins) | all_of.c.is_gone
        )
        source = select(
            literal(tenant_id(), Key), literal(shop_id, Key), all_of.c.id, all_of.c.wins, false().label("is_gone")
        ).where(differs)
        names = ["store_id", "shop_id", "product_id", "profile_id", "is_gone"]
        statement = insert_into(M).from_select(names, source)
        statement = statement.on_conflict_do_update(
            index_elements=["store_id", "shop_id", "product_id"],
            set_={"profile_id": statement.excluded.profile_id, "is_gone": statement.excluded.is_gone},
        ).returning(M.c.product_id)
        moved += db.session.scalars(scoped(statement))
    lost = select(all_of.c.id).where(all_of.c.wins.is_(None), all_of.c.has.is_not(None))
    mine = (M.c.store_id == tenant_id(), M.c.shop_id == shop_id, M.c.product_id.in_(lost))
    moved += db.session.scalars(scoped(delete(M).where(*mine).returning(M.c.product_id)))
    return moved


def join(product_ids: Iterable[int]) -> None:
    """Products that are new or changed join the profiles whose rules take them, in every shop of the store."""
    ids = list(product_ids)
    if not ids or not ready():
        return
    for shop_id in _ruled_shops():
        hold(shop_id)
        order = ranked(shop_id)
        for start in range(0, len(ids), PART):
            assign(shop_id, order, P.c.id.in_(ids[start : start + PART]))


def leave(product_ids: Iterable[int]) -> None:
    """Products that BigCommerce has no more are not counted; what prepares their listings stays."""
    ids = list(product_ids)
    if not ids or not ready():
        return
    for start in range(0, len(ids), PART):
        mine = (M.c.store_id == tenant_id(), M.c.product_id.in_(ids[start : start + PART]))
        db.session.execute(scoped(update(M).where(*mine).values(is_gone=True)))


def _ruled_shops() -> Sequence[int]:
    query = select(Profile.shop_id).join(ProfileRule, ProfileRule.profile_id == Profile.id)
    return db.session.scalars(query.where(Profile.is_default.is_(False)).distinct()).all()


@dataclass(frozen=True, slots=True)
class Range:
    """Ids from `low` to `high` hold `count` products."""

    low: int
    high: int
    count: int


def ranges(size: int = RANGE) -> list[Range]:
    """The store's catalog in parts of about `size` products."""
    part = ((func.row_number().over(order_by=P.c.id) - 1) // size).label("part")
    numbered = select(P.c.id, part).where(*here()).subquery()
    query = (
        select(func.min(numbered.c.id), func.max(numbered.c.id), func.count())
        .group_by(numbered.c.part)
        .order_by(func.min(numbered.c.id))
    )
    return [Range(low, high, count) for low, high, count in db.session.execute(scoped(query))]


def of(shop_id: int, product_ids: Iterable[int]) -> Mapping[int, int]:
    """Product -> profile, of those that are not the default profile's."""
    ids = list(product_ids)
    if not ids or not ready():
        return {}
    found: dict[int, int] = {}
    for start in range(0, len(ids), PART):
        query = select(ProfileProduct.product_id, ProfileProduct.profile_id).where(
            ProfileProduct.shop_id == shop_id, ProfileProduct.product_id.in_(ids[start : start + PART])
        )
        found |= {product_id: profile_id for product_id, profile_id in db.session.execute(query)}
    return found


_member, _profile = table_of(ProfileProduct), table_of(Profile)
_NAMES = prepared(
    select(_member.c.product_id, _member.c.shop_id, _profile.c.name)
    .join_from(_member, _profile, and_(_profile.c.store_id == STORE, _profile.c.id == _member.c.profile_id))
    .where(_member.c.store_id == STORE, _member.c.product_id.in_(bindparam("products", type_=Key, expanding=True)))
    .order_by(_member.c.shop_id)
)


def names(product_ids: Sequence[int]) -> dict[int, dict[int, str]]:
    """Product -> shop -> name of its profile, of those that are not the default profile's."""
    if not product_ids or not ready():
        return {}
    found: dict[int, dict[int, str]] = {}
    for product_id, shop_id, name in rows(_NAMES, products=list(product_ids)):
        found.setdefault(product_id, {})[shop_id] = name
    return found


def counts(shop_id: int) -> dict[int, int]:
    """Products of each profile, the default one left out."""
    query = (
        select(ProfileProduct.profile_id, func.count())
        .join(Profile, Profile.id == ProfileProduct.profile_id)
        .where(Profile.shop_id == shop_id, ProfileProduct.is_gone.is_(False))
        .group_by(ProfileProduct.profile_id)
    )
    return {profile_id: count for profile_id, count in db.session.execute(query)}


def products_of(profile: Profile) -> ColumnElement[bool]:
    """A condition on Product: those that the profile prepares."""
    mine = select(ProfileProduct.product_id).where(ProfileProduct.store_id == tenant_id())
    if profile.is_default:
        others = mine.where(ProfileProduct.shop_id == profile.shop_id, ProfileProduct.product_id == Product.id)
        return ~others.correlate(Product).exists()
    return Product.id.in_(mine.where(ProfileProduct.profile_id == profile.id))


def listing_is_of(profile_id: int) -> ColumnElement[bool]:
    """A condition on Listing: the profile is the first that prepares it; nothing where it does not exist any more."""
    profile = db.session.scalar(select(Profile).where(Profile.id == profile_id)) if ready() else None
    if profile is None:
        return false()
    here = Listing.shop_id == profile.shop_id
    mine = select(ProfileProduct.product_id).where(
        ProfileProduct.store_id == tenant_id(), ProfileProduct.shop_id == profile.shop_id
    )
    if profile.is_default:
        other = mine.where(ProfileProduct.product_id == Listing.product_id)
        return and_(here, ~other.correlate(Listing).exists())
    return and_(here, Listing.product_id.in_(mine.where(ProfileProduct.profile_id == profile_id)))


def listings_of(profile: Profile) -> list[ColumnElement[bool]]:
    """Conditions on Listing: those whose draft the profile has a part in. The default one has a part in all."""
    found: list[Any] = [Listing.shop_id == profile.shop_id]
    if not profile.is_default:
        mine = select(ProfileProduct.product_id).where(
            ProfileProduct.store_id == tenant_id(), ProfileProduct.profile_id == profile.id
        )
        found.append(Listing.product_id.in_(mine))
    return found
