"""Who wins: which profile gets each product, which match two or none, and what another order would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, func, literal, not_, or_, select

from domain import profile_order
from domain.profile_order import DEFAULT, Matched
from domain.rule_groups import RuleGroup
from models import Profile, Shop, db
from models.tenancy import scoped
from services import profile_members, profile_rules
from services.profile_rules import P, Ranked, here, where

MAPPED = 60  # profiles that one statement holds every product against
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One profile in the order: how many products match, how many it gets, and who gets the others."""

    id: int
    name: str
    matching: int
    held: int
    lost: Mapping[str, int]  # name of the profile that gets them -> products


@dataclass(frozen=True, slots=True)
class Overlap:
    """Products that match several profiles: who wins, and who else would take them."""

    matched: Matched
    winner: str
    others: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Map:
    order: Sequence[int]
    names: Mapping[int, str]
    counts: Mapping[Matched, int]
    lines: Sequence[Line]
    overlaps: Sequence[Overlap]
    default: int  # products that no rule takes
    total: int

    def moved(self, one: int, other: int) -> list[tuple[str, str, int]]:
        """What changes if the two change places: (from, to, products)."""
        after = profile_order.swapped(self.order, one, other)
        found = profile_order.moved(self.counts, self.order, after)
        return [(self.names[old], self.names[new], count) for (old, new), count in sorted(found.items())]


def read(shop: Shop) -> Map:
    """Counted anew from the products as they are; one statement."""
    order = profile_members.ranked(shop.id)[:MAPPED]
    names = {row.id: row.name for row in db.session.scalars(select(Profile).where(Profile.shop_id == shop.id))}
    default = db.session.scalar(select(Profile.name).where(Profile.shop_id == shop.id, Profile.is_default))
    names[DEFAULT] = default or "Default profile"
    counts, ids = count(order), [profile_id for profile_id, _ in order]
    held = profile_order.held(counts, ids)
    lines = [
        Line(
            one,
            names[one],
            profile_order.matching(counts, one),
            held[one],
            {names[other]: lost for other, lost in sorted(profile_order.lost(counts, ids, one).items())},
        )
        for one in ids
    ]
    overlaps = []
    for matched, number in sorted(counts.items(), key=lambda pair: -pair[1]):
        if len(matched) > 1:
            first, *others = (one for one in ids if one in matched)
            overlaps.append(Overlap(matched, names[first], tuple(names[one] for one in others), number))
    return Map(ids, names, counts, lines, overlaps, held[DEFAULT], sum(counts.values()))


def count(order: Ranked) -> dict[Matched, int]:
    """Products by the set of profiles whose rules match them."""
    key: ColumnElement[Any] = literal("", String)
    for _, rule in order:
        key = key + case((where(rule), literal("1", String)), else_=literal("0", String))
    marked = select(key.label("marks")).where(*here()).subquery()
    rows = db.session.execute(scoped(select(marked.c.marks, func.count()).group_by(marked.c.marks)))
    ids = [profile_id for profile_id, _ in order]
    return {
        frozenset(one for one, mark in zip(ids, marks, strict=True) if mark == "1"): number for marks, number in rows
    }


def examples(order: Ranked, matched: Matched, limit: int = SHOWN) -> Sequence[Any]:
    """Products that exactly these profiles match."""
    return profile_rules.examples(_exactly(order, matched), limit)


def _exactly(order: Ranked, matched: Matched) -> ColumnElement[bool]:
    parts = [where(rule) if profile_id in matched else not_(where(rule)) for profile_id, rule in order]
    return and_(P.c.id.is_not(None), *parts)


def taken_from(shop: Shop, profile_id: int, rule: RuleGroup) -> list[tuple[str, int]]:
    """Of the products that the rule takes: whose they are now, the default profile's included."""
    members = profile_members.M
    joined = and_(members.c.store_id == P.c.store_id, members.c.shop_id == shop.id, members.c.product_id == P.c.id)
    query = (
        select(members.c.profile_id, func.count())
        .select_from(P.outerjoin(members, joined))
        .where(*here(), where(rule), or_(members.c.profile_id.is_(None), members.c.profile_id != profile_id))
        .group_by(members.c.profile_id)
    )
    names = {row.id: row.name for row in db.session.scalars(select(Profile).where(Profile.shop_id == shop.id))}
    default = next(
        iter(db.session.scalars(select(Profile.name).where(Profile.shop_id == shop.id, Profile.is_default))), ""
    )
    rows = db.session.execute(scoped(query)).all()
    return [(names.get(number, "") if number else default, found) for number, found in rows]
