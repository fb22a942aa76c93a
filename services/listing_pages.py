"""The lists of the Listings page: filter, keyset pages, what is in use, and what happened to one listing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)

from models import Activity, ActivityItem, Category, Counter, Listing, ListingProblem, Product, Profile, db
from models.base import Key
from services import listing_search, profile_members, tags
from services.bulk import table_of
from services.counters import LISTING_PROBLEM, LISTING_TAB
from services.prepared import STORE, prepared, rows

PAGE = 50
STALE = 10_000  # beyond so many "rechecking 10,000+"
SAID = (
    "publish",
    "resend",
    "activate",
    "deactivate",
    "delete",
    "recover",
    "sync_status",
    "live_values",
    "update_part",
    "sync_products",
)
CATEGORIES = 60  # offered in the filter
_counter, _listing, _problem, _product = map(table_of, (Counter, Listing, ListingProblem, Product))


def unsent() -> ColumnElement[bool]:
    """Listings whose content is not what TikTok last took; quantities do not count (see Prepared.hash)."""
    half = func.substr(Listing.sent_hash, 1, 16) != func.substr(Listing.draft_hash, 1, 16)
    return (Listing.tiktok_id != "") & (Listing.sent_hash != "") & half


@dataclass(frozen=True, slots=True)
class Filter:
    """What the Listings page shows, as in its URL."""

    shop_id: int | None = None
    tab: str = ""
    problem: str = ""
    search: str = ""
    category: str = ""
    tag: str = ""
    profile: int | None = None
    unsent: bool = False  # content that TikTok did not take yet
    asked: list[ColumnElement[bool]] = field(default_factory=list, compare=False, repr=False)  # the search, once asked

    @property
    def term(self) -> str:
        return self.search.replace("\0", "").strip()

    @property
    def narrowed(self) -> bool:
        """Whether anything but tab and shop narrows the list."""
        return bool(self.problem or self.term or self.category or self.tag or self.profile or self.unsent)

    def query(self) -> Select[Any]:
        """SELECT of matching listing ids; used for the page, for "select all that match" and for bulk actions."""
        found = select(Listing.id)
        for condition in self.conditions():
            found = found.where(condition)
        return found

    def conditions(self) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if self.shop_id is not None:
            wanted.append(Listing.shop_id == self.shop_id)
        if self.tab:
            wanted.append(Listing.tab == self.tab)
        if self.problem:
            wanted.append(
                exists().where(
                    ListingProblem.listing_id == Listing.id,
                    ListingProblem.code == self.problem,
                    ListingProblem.store_id == Listing.store_id,
                )
            )
        return wanted + self.searched()

    def searched(self) -> list[ColumnElement[bool]]:
        """Category, tag, profile, unsent changes and search."""
        wanted: list[ColumnElement[bool]] = [Listing.category_id == self.category] if self.category else []
        if self.unsent:
            wanted.append(unsent())
        if self.tag:
            wanted.append(tags.having(self.tag, Listing.product_id))
        if self.profile:
            wanted.append(profile_members.listing_is_of(self.profile))
        if self.term and not self.asked:
            self.asked.append(listing_search.matching(self.term))
        return [*wanted, *self.asked]


def in_category(category_id: str) -> ColumnElement[bool]:
    """Set on the listing or inherited from the shop's default profile; what waits for its check is looked at itself."""
    own = Listing.fields["category"].as_string()
    inherited = exists().where(
        Profile.shop_id == Listing.shop_id,
        Profile.store_id == Listing.store_id,
        Profile.is_default,
        Profile.category_id == category_id,
    )
    unchecked = and_(Listing.is_stale, or_(own == category_id, and_(own.is_(None), inherited)))
    return or_(Listing.category_id == category_id, unchecked)


_LAST = bindparam("last", type_=String)
_NEXT_CATEGORY = prepared(
    select(func.min(_listing.c.category_id)).where(_listing.c.store_id == STORE, _listing.c.category_id > _LAST)
)


def categories_in_use(shop_id: int | None) -> list[Category]:
    """Categories that listings have, by name, for the filter; found by leaping from one to the next in their index."""
    ids: list[str] = []
    while len(ids) < CATEGORIES and (found := rows(_NEXT_CATEGORY, last=ids[-1] if ids else "")[0][0]) is not None:
        ids.append(found)
    if shop_id is not None:
        here = exists().where(
            Listing.category_id == Category.tiktok_id, Listing.shop_id == shop_id, Listing.store_id == Category.store_id
        )
        query = select(Category).where(Category.tiktok_id.in_(ids), Category.shop_id == shop_id, here)
    else:
        query = select(Category).where(Category.tiktok_id.in_(ids))
    return list({row.tiktok_id: row for row in db.session.scalars(query.order_by(Category.name))}.values())


def profiles_in_use(shop_id: int | None) -> Sequence[Profile]:
    """Profiles to choose from in the filter, in their order; none where the default one prepares everything."""
    query = select(Profile).where(Profile.shop_id == shop_id) if shop_id is not None else select(Profile)
    found = db.session.scalars(query.order_by(Profile.is_default, Profile.name).limit(CATEGORIES)).all()
    return found if any(not one.is_default for one in found) else ()


def history(listing: Listing, limit: int = 8) -> Sequence[tuple[ActivityItem, Activity]]:
    """What activities last did with this listing, newest first."""
    query = (
        select(ActivityItem, Activity)
        .join(Activity, Activity.id == ActivityItem.activity_id)
        .where(ActivityItem.subject_id == listing.id, Activity.kind.in_(SAID))
        .order_by(ActivityItem.id.desc())
        .limit(limit)
    )
    return [(item, activity) for item, activity in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the rows, of one shop or all: listings by tab, by problem and tab, and how many are rechecked
    (counted up to STALE + 1)."""

    tabs: Mapping[str, int]
    problems: Mapping[tuple[str, str], int]  # by (tab, code)
    stale: int

    def chips(self, tab: str) -> list[tuple[str, int]]:
        """Problems of one tab with how many listings have each, the most frequent first."""
        found = [(code, count) for (name, code), count in self.problems.items() if name == tab]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def size(self, wanted: Filter) -> int | None:
        """How many listings the filter has, where the counters know it."""
        elsewhere = wanted.term or wanted.category or wanted.tag or wanted.profile or wanted.unsent
        if elsewhere or (wanted.problem and not wanted.tab):
            return None
        if wanted.problem:
            return self.problems.get((wanted.tab, wanted.problem), 0)
        return self.tabs.get(wanted.tab, 0) if wanted.tab else sum(self.tabs.values())


@cache
def _head(has_shop: bool) -> Any:
    shop = bindparam("shop_id", type_=Key)
    counted = select(_counter.c.scope.label("scope"), _counter.c.name, _counter.c.count.label("number")).where(
        _counter.c.store_id == STORE, _counter.c.scope.in_((LISTING_TAB, LISTING_PROBLEM)), _counter.c.count > 0
    )
    stale = select(_listing.c.id).where(_listing.c.store_id == STORE, _listing.c.is_stale).limit(STALE + 1)
    if has_shop:
        counted, stale = counted.where(_counter.c.shop_id == shop), stale.where(_listing.c.shop_id == shop)
    waiting = select(literal("stale"), literal(""), func.count()).select_from(stale.subquery())
    return prepared(union_all(counted, waiting))


def head(shop_id: int | None) -> Head:
    """In one statement."""
    tabs: dict[str, int] = {}
    problems: dict[tuple[str, str], int] = {}
    stale = 0
    given = {} if shop_id is None else {"shop_id": shop_id}
    for scope, name, number in rows(_head(shop_id is not None), **given):
        if scope == LISTING_TAB:
            tabs[name] = tabs.get(name, 0) + number
        elif scope == LISTING_PROBLEM:
            tab, _, code = name.partition("/")
            problems[tab, code] = problems.get((tab, code), 0) + number
        else:
            stale = number
    return Head(tabs, problems, stale)


class _Shape(NamedTuple):
    """What a list's statement depends on; its values are bound. `problem`: "" or the way to its listings: "walk" looks
    at the list's rows one by one, "leap" begins with the problem's own index."""

    has_shop: bool
    has_tab: bool
    problem: str
    cursor: str  # "", "before" or "after"


_SERIOUS = or_(_problem.c.is_blocking, _problem.c.source != "rules")
_ITS = (_problem.c.store_id == STORE, _problem.c.listing_id == _listing.c.id)
_FIRST = (
    select(_problem.c.text)
    .where(*_ITS)
    .order_by((_problem.c.source == "rules"), _problem.c.is_blocking.desc(), _problem.c.position)
    .limit(1)
)
_COLUMNS = (
    _listing.c.id,
    _listing.c.shop_id,
    _listing.c.title,
    _listing.c.is_stale,
    _listing.c.is_enabled,
    _listing.c.is_ready,
    _listing.c.audit_status,
    _listing.c.platform_status,
    _listing.c.tab,
    _listing.c.score,
    _listing.c.currency,
    type_coerce(_listing.c.price_low, Key).label("price_low"),
    type_coerce(_listing.c.price_high, Key).label("price_high"),
    _listing.c.quantity,
    # Content that TikTok did not take yet; the second half of a hash is about quantities (drafts.Prepared.hash).
    and_(
        _listing.c.tiktok_id != "",
        _listing.c.sent_hash != "",
        func.substr(_listing.c.sent_hash, 1, 16) != func.substr(_listing.c.draft_hash, 1, 16),
    ).label("unsent"),
    _product.c.title.label("product_title"),
    _product.c.sku,
    _product.c.image_url,
    _FIRST.scalar_subquery().label("problem"),
    select(func.count()).select_from(_problem).where(*_ITS).scalar_subquery().label("problems"),
    select(func.count()).select_from(_problem).where(*_ITS, _SERIOUS).scalar_subquery().label("serious"),
)


def _select(shape: _Shape) -> Select[Any]:
    joined = and_(_product.c.store_id == STORE, _product.c.id == _listing.c.product_id)
    query = select(*_COLUMNS).select_from(_listing.outerjoin(_product, joined)).where(_listing.c.store_id == STORE)
    cursor = bindparam("cursor", type_=Key)
    if shape.has_shop:
        query = query.where(_listing.c.shop_id == bindparam("shop_id", type_=Key))
    if shape.has_tab:
        query = query.where(_listing.c.tab == bindparam("tab", type_=String))
    if shape.problem:
        having = select(_problem.c.listing_id).where(
            _problem.c.store_id == STORE, _problem.c.code == bindparam("problem", type_=String)
        )
        walked = having.where(_problem.c.listing_id == _listing.c.id).exists()
        query = query.where(walked if shape.problem == "walk" else _listing.c.id.in_(having))
    if shape.cursor:
        query = query.where(_listing.c.id > cursor if shape.cursor == "after" else _listing.c.id < cursor)
    order = _listing.c.id.asc() if shape.cursor == "after" else _listing.c.id.desc()
    return query.order_by(order).limit(bindparam("most", type_=Key))


@cache
def _plain(shape: _Shape) -> Select[Any]:
    return prepared(_select(shape))


def _way(wanted: Filter, sizes: Head | None) -> str:
    """Which way to the listings with a problem reads fewer rows for one page."""
    if not wanted.problem:
        return ""
    if sizes is None:
        return "walk"
    here = sizes.problems.get((wanted.tab, wanted.problem), 0)
    everywhere = sum(count for (_, code), count in sizes.problems.items() if code == wanted.problem)
    hits = max(1, here if wanted.tab else everywhere)
    listed = sizes.tabs.get(wanted.tab, 0) if wanted.tab else sum(sizes.tabs.values())
    return "leap" if everywhere < listed * PAGE / hits else "walk"


def page(
    wanted: Filter,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int | None = None,
    sizes: Head | None = None,
) -> tuple[Sequence[Any], int | None, int | None]:
    """One keyset page, newest first: (rows of _COLUMNS, cursor of the older page, cursor of the newer page)."""
    most = limit or PAGE
    cursor = "after" if after is not None else "before" if before is not None else ""
    shape = _Shape(wanted.shop_id is not None, bool(wanted.tab), _way(wanted, sizes), cursor)
    searched = wanted.searched()
    query = prepared(_select(shape).where(*searched)) if searched else _plain(shape)
    values = {"shop_id": wanted.shop_id, "tab": wanted.tab, "problem": wanted.problem, "most": most + 1}
    values["cursor"] = after if after is not None else before
    found = rows(query, **{name: value for name, value in values.items() if value not in (None, "")})
    more = len(found) > most
    found = found[:most]
    if cursor == "after":
        found, more_newer, more_older = found[::-1], more, True
    else:
        more_newer, more_older = before is not None, more
    older = found[-1].id if found and more_older else None
    newer = found[0].id if found and more_newer else None
    return found, older, newer


def count_up_to(wanted: Filter, limit: int = 1_000) -> int:
    """How many match, counted no further than `limit` + 1 ("1,000+")."""
    inner = select(_listing.c.id).where(_listing.c.store_id == STORE, *wanted.conditions()).limit(limit + 1).subquery()
    return int(rows(prepared(select(func.count()).select_from(inner)))[0][0])
