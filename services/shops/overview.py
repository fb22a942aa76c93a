"""The Store Authorization page in data: every account with its shops, permissions, life and counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from domain.capabilities import WORDS, ShopKind
from domain.roles import Access, Page
from domain.scopes import GLOBAL_PRODUCTS, PERMISSIONS, Permission, missing
from models import Account, Activity, Authorization, Shop, ShopState, db
from services import clock
from services.global_stores import publishing_model
from services.global_stores.publishing_model import Standing
from services.shops import accounts, testing

SOON = 30  # days
STATES: dict[str, tuple[str, str]] = {
    testing.NORMAL: ("Normal", "success"),
    testing.CLOSED: ("Closed by TikTok", "danger"),
    testing.REFUSED: ("Refused", "danger"),
    testing.SILENT: ("No answer", "warning"),
    testing.GONE: ("Not under this permission", "danger"),
    "": ("Not asked yet", "secondary"),
}
BEGINNINGS = {
    "app": "started in Causeway",
    "seller_center": "started in TikTok's Seller Center",
    "account_manager": "arranged by a TikTok account manager",
}


@dataclass(frozen=True, slots=True)
class ShopView:
    """`last`: when TikTok last did something for us or answered well."""

    shop: Shop
    called: str
    is_own: bool
    kind: str
    word: str
    tone: str
    reason: str
    asked_at: datetime | None
    last: datetime | None
    may_be_semi: bool
    publishing: Standing | None = None  # of shops of a global seller


@dataclass(frozen=True, slots=True)
class AccountView:
    """`hidden`: the role does not show details of global sellers."""

    grant: Authorization
    nickname: str
    company: str
    sites: Sequence[str]
    begun: str
    is_global: bool
    hidden: bool
    is_active: bool
    days: int
    soon: bool
    missing: Sequence[Permission]
    granted: int
    shops: Sequence[ShopView]


@dataclass(frozen=True, slots=True)
class Company:
    """Shops under one tax id against TikTok's limit."""

    name: str
    count: int
    limit: int = accounts.PER_COMPANY

    @property
    def full(self) -> bool:
        return self.count >= self.limit


@dataclass(frozen=True, slots=True)
class Overview:
    """`stores` counts shops and sub-stores; a global seller's account itself is not counted (features S4-09, S4-10)."""

    accounts: Sequence[AccountView]
    stores: int
    companies: Sequence[Company]


def overview(access: Access, shops: Sequence[Shop]) -> Overview:
    """Of the shops the person may see."""
    kept = accounts.states()
    lasts = _lasts([shop.id for shop in shops])
    models = publishing_model.standings(shops)
    grants: dict[int, list[Shop]] = {}
    for shop in shops:
        grants.setdefault(shop.authorization_id, []).append(shop)
    found = [_account(access, group, kept, lasts, models) for group in grants.values()]
    counts: dict[str, int] = {}
    for view in found:
        name = view.company or view.grant.seller_name
        counts[name] = counts.get(name, 0) + len(view.shops)
    return Overview(found, len(shops), [Company(name, count) for name, count in counts.items()])


def _account(
    access: Access,
    shops: Sequence[Shop],
    kept: dict[int, ShopState],
    lasts: dict[int, datetime],
    models: Mapping[int, Standing],
) -> AccountView:
    grant = shops[0].authorization
    account = accounts.of(grant.id) or Account(nickname="", company="", sites=[], begun_in="app")
    days = (grant.refresh_expires_at - clock.now()).days
    lacking = missing(grant.scopes or ())
    is_global = any(shop.kind == ShopKind.GLOBAL_SELLER for shop in shops)
    return AccountView(
        grant=grant,
        nickname=account.nickname,
        company=account.company,
        sites=list(account.sites or ()),
        begun=BEGINNINGS.get(account.begun_in, ""),
        is_global=is_global,
        hidden=is_global and not access.may(Page.GLOBAL_STORE),
        is_active=grant.state == "active",
        days=days,
        soon=days < SOON,
        missing=[*lacking, *_of_global_sellers(grant.scopes or ())] if is_global else lacking,
        granted=len(PERMISSIONS) - len(lacking),
        shops=[_shop(shop, kept.get(shop.id), lasts.get(shop.id), models.get(shop.id)) for shop in shops],
    )


def _of_global_sellers(granted: Sequence[str]) -> list[Permission]:
    """What a global seller's account lacks besides."""
    return [] if not granted or GLOBAL_PRODUCTS.key in granted else [GLOBAL_PRODUCTS]


def _shop(shop: Shop, row: ShopState | None, last: datetime | None, publishing: Standing | None) -> ShopView:
    word, tone = STATES.get(row.state if row else "", STATES[""])
    if shop.authorization.state != "active":
        word, tone = "Waits for a reconnect", "danger"
    moments = [moment for moment in (last, row.answered_at if row else None) if moment is not None]
    return ShopView(
        shop=shop,
        called=row.called if row and row.called else shop.name,
        is_own=bool(row and row.is_own),
        kind=WORDS.get(ShopKind(shop.kind), shop.kind),
        word=word,
        tone=tone,
        reason=row.reason if row else "",
        asked_at=row.asked_at if row else None,
        last=max(moments, default=None),
        may_be_semi=shop.kind == ShopKind.LOCAL and shop.market in accounts.SEMI_MARKETS,
        publishing=publishing,
    )


def _lasts(shop_ids: Sequence[int]) -> dict[int, datetime]:
    query = (
        select(Activity.shop_id, func.max(Activity.finished_at))
        .where(Activity.shop_id.in_(shop_ids), Activity.done > 0, Activity.finished_at.is_not(None))
        .group_by(Activity.shop_id)
    )
    return {shop_id: moment for shop_id, moment in db.session.execute(query) if shop_id and moment}
