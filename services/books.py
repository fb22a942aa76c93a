"""Do the kept counts agree with the rows? For tests and for a person who asks; nothing repairs itself here."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import func, select

from models import Activity, Counter, Listing, ListingProblem, Product, db
from models.engine import read_only
from services import activities
from services.counters import LISTING_PROBLEM, LISTING_TAB, PRODUCT_STATUS
from services.tabs import chip

Key = tuple[str, int, str]  # scope, shop (0: the store), name


@dataclass(frozen=True, slots=True)
class Difference:
    """One count that is not what its rows add up to."""

    what: str
    kept: int
    true: int

    def __str__(self) -> str:
        return f"{self.what}: kept {self.kept:,}, counted {self.true:,}"


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read inside is of one moment, although workers write meanwhile. Begins with no transaction open."""
    token = read_only.set(True)
    try:
        if db.engine.dialect.name != "sqlite":  # a transaction there always sees one moment
            db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield
    finally:
        db.session.rollback()
        read_only.reset(token)


def differences() -> list[Difference]:
    """What is wrong in the current store's books; empty when they are right."""
    kept, true = kept_counts(), true_counts()
    found = [
        Difference(f"{scope} “{name}” of {f'shop {shop}' if shop else 'the store'}", kept.get(key, 0), true.get(key, 0))
        for key in sorted(kept.keys() | true.keys())
        for scope, shop, name in [key]
        if kept.get(key, 0) != true.get(key, 0)
    ]
    for activity in db.session.scalars(select(Activity).order_by(Activity.id)):
        for name, (was, counted) in activities.check_counts(activity).items():
            found.append(Difference(f"activity {activity.id}, {name}", was, counted))
    return found


def kept_counts() -> dict[Key, int]:
    """The counters that are not zero."""
    rows = db.session.execute(select(Counter.scope, Counter.shop_id, Counter.name, Counter.count))
    return {(scope, shop, name): count for scope, shop, name, count in rows if count}


def true_counts() -> dict[Key, int]:
    """The same, counted from listings, their problems and products."""
    count, listings = func.count(), func.count(func.distinct(Listing.id))
    tabs = select(Listing.shop_id, Listing.tab, count).group_by(Listing.shop_id, Listing.tab)
    problems = select(Listing.shop_id, Listing.tab, ListingProblem.code, listings)
    problems = problems.join(ListingProblem, ListingProblem.listing_id == Listing.id)
    problems = problems.group_by(Listing.shop_id, Listing.tab, ListingProblem.code)
    products = select(Product.status, count).where(Product.deleted_at.is_(None)).group_by(Product.status)
    found: dict[Key, int] = {}
    for shop, tab, number in db.session.execute(tabs):
        found[LISTING_TAB, shop, tab] = number
    for shop, tab, code, number in db.session.execute(problems):
        found[LISTING_PROBLEM, shop, chip(tab, code)] = number
    for status, number in db.session.execute(products):
        found[PRODUCT_STATUS, 0, status] = number
    return found
