"""TikTok accounts as people call them: the nickname given at authorisation, the sites that were ticked, the sub-stores'
own nicknames, and the company by which TikTok counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from domain.capabilities import ShopKind
from domain.nicknames import LONGEST, numbered, sub_store
from domain.roles import CHANGE, SEND, Page
from models import Account, Authorization, Shop, ShopState, db
from models.present import has_table
from services.actor import Actor
from services.errors import Invalid, NotFound
from services.people import audit
from services.people.access import asks, require

PER_COMPANY = 5  # shops under one tax id (features S5-07)
SITES = (
    ("US", "United States"), ("GB", "United Kingdom"), ("DE", "Germany"), ("FR", "France"), ("ES", "Spain"),
    ("IT", "Italy"), ("IE", "Ireland"), ("ID", "Indonesia"), ("MY", "Malaysia"), ("PH", "Philippines"),
    ("SG", "Singapore"), ("TH", "Thailand"), ("VN", "Vietnam"), ("JP", "Japan"), ("MX", "Mexico"), ("BR", "Brazil"),
)  # fmt: skip
HERE = "/settings/authorization"
SEMI_MARKETS = ("ID",)  # where semi-consignment exists (features S1-09)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed before the consent. No site: all of them (features S4-08)."""

    nickname: str = ""
    sites: tuple[str, ...] = ()


def wish(nickname: str, sites: Sequence[str]) -> Wish:
    """The form's values, checked."""
    nickname = " ".join(nickname.split())
    if len(nickname) > LONGEST:
        raise Invalid(f"A nickname has at most {LONGEST} characters.")
    known = {code for code, _ in SITES}
    return Wish(nickname, tuple(sorted(known & set(sites))))


def of(authorization_id: int) -> Account | None:
    if not has_table(Account):
        return None
    return db.session.scalar(select(Account).where(Account.authorization_id == authorization_id))


def states() -> dict[int, ShopState]:
    """What is kept of each shop, by its id."""
    if not has_table(ShopState):
        return {}
    return {row.shop_id: row for row in db.session.scalars(select(ShopState))}


def state_of(shop: Shop) -> ShopState | None:
    """Added where there is none yet; None while its table is missing."""
    if not has_table(ShopState):
        return None
    row = db.session.scalar(select(ShopState).where(ShopState.shop_id == shop.id))
    if row is None:
        row = ShopState(store_id=shop.store_id, shop_id=shop.id, called=shop.name, number=0, is_own=False)
        db.session.add(row)
    return row


def keep(actor: Actor, authorization: Authorization, wanted: Wish, begun_in: str = "") -> None:
    """After a consent: the account's nickname and sites, and a nickname for every sub-store that has none of its own.
    The shops carry TikTok's names at this moment."""
    if not has_table(Account):
        return
    account = of(authorization.id)
    if account is None:
        account = Account(store_id=actor.store_id, authorization_id=authorization.id, nickname="", sites=[], company="")
        account.begun_in = begun_in or "app"
        db.session.add(account)
    account.nickname = wanted.nickname or account.nickname
    account.sites = sorted(wanted.sites)
    account.begun_in = begun_in or account.begun_in
    _name(authorization, account.nickname)
    db.session.flush()


def _name(authorization: Authorization, nickname: str) -> None:
    shops = db.session.scalars(select(Shop).where(Shop.authorization_id == authorization.id).order_by(Shop.id)).all()
    kept = {shop.id: state_of(shop) for shop in shops}
    several = len(shops) > 1 or any(shop.kind == ShopKind.GLOBAL_SELLER for shop in shops)
    numbers = numbered(
        {str(shop.id): row.number for shop in shops if (row := kept[shop.id])}, [str(shop.id) for shop in shops]
    )
    for shop in shops:
        row = kept[shop.id]
        if row is None:
            continue
        row.number = numbers[str(shop.id)] if several else 0
        if nickname and not row.is_own:
            shop.name = (sub_store(nickname, row.number) if several else nickname)[:255]


def arrived(shop: Shop, called: str, before: str) -> None:
    """TikTok named the shop `called`; a name that somebody here gave it stays."""
    row = state_of(shop)
    if row is not None:
        row.called = called[:255]
        if row.is_own:
            shop.name = before


@asks(Page.AUTHORIZATION, CHANGE)
def rename(actor: Actor, shop: Shop, nickname: str) -> None:
    """Another nickname for one sub-store (features S4-15); empty: the one it would have by itself."""
    nickname = " ".join(nickname.split())
    if len(nickname) > LONGEST:
        raise Invalid(f"A nickname has at most {LONGEST} characters.", "Back", HERE)
    row, before = state_of(shop), shop.name
    if row is None:
        raise NotFound("Nicknames are being set up by an update that is running. Try again in a minute.")
    row.is_own = bool(nickname)
    account = of(shop.authorization_id)
    own = account.nickname if account else ""
    by_itself = (sub_store(own, row.number) if row.number else own) if own else row.called
    shop.name = (nickname or by_itself)[:255]
    audit.note(actor, "shop.renamed", f"“{before}” is called “{shop.name}” now.", shop_id=shop.id)


@asks(Page.AUTHORIZATION, CHANGE)
def set_company(actor: Actor, authorization: Authorization, company: str) -> None:
    """The company (tax id) the account belongs to, as the merchant calls it: TikTok does not tell."""
    account = of(authorization.id)
    if account is None:
        keep(actor, authorization, Wish())
        account = of(authorization.id)
    if account is not None:
        account.company = " ".join(company.split())[:120]
        told = account.company or "no company named"
        audit.note(actor, "account.company", f"“{authorization.seller_name}” belongs to: {told}.")


def declare_semi_consignment(actor: Actor, shop: Shop) -> None:
    """TikTok's answers do not tell a semi-consignment store from a local one, and its account manager arranges it
    (features S1-21, reference 10.3), so a person says it, once, where the market has them."""
    require(actor, Page.AUTHORIZATION, SEND, shop)
    if shop.kind != ShopKind.LOCAL or shop.market not in SEMI_MARKETS:
        raise Invalid(
            f"“{shop.name}” cannot be a semi-consignment store: TikTok has them in Indonesia only, beside local ones.",
            "Back", HERE,
        )  # fmt: skip
    shop.kind = ShopKind.SEMI_CONSIGNMENT.value
    if (account := of(shop.authorization_id)) is not None:
        account.begun_in = "account_manager"
    audit.note(
        actor,
        "shop.semi_consignment",
        f"“{shop.name}” is a semi-consignment store; only the owner and roles that name it reach it now.",
        shop_id=shop.id,
    )
    db.session.flush()
