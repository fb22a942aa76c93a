"""The list of a shop's profiles: in their order, the default one last; search, pages, how many products each has."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from domain.rule_groups import MATCHES, RuleGroup, describe
from models import Profile, ProfileRule, Shop, db
from services import categories, profile_edits, profile_members

SIZES = (10, 25, 50, 100)
ALL_PRODUCTS = "All Products"


@dataclass(frozen=True, slots=True)
class Line:
    """`rules`: each condition in words; `match`: whether any or all must hold, empty on the default profile."""

    id: int
    name: str
    is_default: bool
    category: tuple[str, ...]
    match: str
    rules: Sequence[str]
    products: int
    place: int  # from 1; 0 on the default profile


@dataclass(frozen=True, slots=True)
class Page:
    lines: Sequence[Line]
    first: int
    total: int
    number: int
    pages: int

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1


def page(shop: Shop, search: str = "", size: int = SIZES[0], number: int = 1) -> Page:
    """One page of those whose name has the text."""
    found = [line for line in lines(shop) if search.casefold() in line.name.casefold()]
    pages = max(1, -(-len(found) // size))
    number = min(max(1, number), pages)
    start = (number - 1) * size
    return Page(found[start : start + size], start + 1 if found else 0, len(found), number, pages)


def lines(shop: Shop) -> list[Line]:
    query = (
        select(Profile, ProfileRule.rule)
        .outerjoin(ProfileRule, ProfileRule.profile_id == Profile.id)
        .where(Profile.shop_id == shop.id)
        .order_by(Profile.is_default, Profile.position, Profile.id)
    )
    counts = profile_members.counts(shop.id)
    rest = profile_edits.total(shop) - sum(counts.values())
    found = []
    for place, (profile, rule) in enumerate(db.session.execute(query), 1):
        group = RuleGroup.from_json(rule or {})
        row = categories.get(shop, profile.category_id) if profile.category_id else None
        found.append(
            Line(
                profile.id,
                profile.name,
                profile.is_default,
                tuple(row.path) if row else (),
                "" if profile.is_default else MATCHES[group.match],
                [ALL_PRODUCTS] if profile.is_default else describe(group),
                max(0, rest) if profile.is_default else counts.get(profile.id, 0),
                0 if profile.is_default else place,
            )
        )
    return found
