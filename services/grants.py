"""TikTok grants: from a consent's code to tokens, shops and everything first read of them. `exchange` and `read` talk
to the
platform and touch no rows; `record` writes and talks to nobody."""

import contextlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from clients.errors import ClientError, Refused, Unauthorised, mark
from clients.tiktok import auth
from clients.tiktok.api import TikTok
from clients.tiktok.auth import Tokens
from clients.tiktok.models import Category as CategoryRow
from clients.tiktok.models import Prerequisite
from clients.tiktok.models import Shop as ShopRow
from clients.tiktok.models import Warehouse as WarehouseRow
from domain.roles import SEND, Page
from models import Authorization, Shop, db
from services import categories, clock, notices, setup, shops, warehouses
from services.actor import Actor
from services.consents import Consent
from services.errors import ServiceError
from services.global_stores import publishing_model
from services.people import audit
from services.people.access import require
from services.platforms import clock_seconds
from services.secrets import seal, unseal
from services.shops import AlreadyConnected, accounts
from services.shops.accounts import Wish

EVENTS = (  # reference 9.1
    "PRODUCT_STATUS_CHANGE",
    "PRODUCT_AUDIT_STATUS_CHANGE",
    "PRODUCT_INFORMATION_CHANGE",
    "PRODUCT_CATEGORY_CHANGE",
    "SELLER_DEAUTHORIZATION",
    "UPCOMING_AUTHORIZATION_EXPIRATION",
)


class ConsentFailed(ServiceError):
    """TikTok did not give us tokens or shops; nothing was connected."""


class NotASeller(ServiceError):
    """The account that consented may not sell, or owns no shop."""


class WrongAccount(ServiceError):
    """A reconnect came back with another TikTok account."""


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """A shop as first read. `faults` says what could not be read; the shop is connected all the same."""

    row: ShopRow
    warehouses: Sequence[WarehouseRow] | None
    prerequisites: Sequence[Prerequisite] | None
    tree: Sequence[CategoryRow] | None
    faults: tuple[str, ...]
    methods: Sequence[str] = ()  # how a global seller's shop is published to


@dataclass(frozen=True, slots=True)
class Arrival:
    """Everything a consent brought, read and not yet recorded."""

    tokens: Tokens
    shops: tuple[ShopFacts, ...]


@dataclass(frozen=True, slots=True)
class Connected:
    """What became of an arrival. `refused`: shops that are active in another store."""

    authorization: Authorization
    shops: tuple[Shop, ...]
    refused: tuple[AlreadyConnected, ...]


def exchange(code: str) -> Tokens:
    """The tokens for an authorization code."""
    config = setup.config()
    try:
        return auth.exchange_code(
            setup.transport(), config.tiktok_auth_url, config.tiktok_app_key, config.tiktok_app_secret, code
        )
    except (Refused, Unauthorised) as refused:
        raise ConsentFailed(
            f"TikTok Shop did not accept the answer it sent us itself (code {refused.code or refused.status}). An "
            "answer works once "
            "and for 30 minutes. Nothing was connected. Go back to Causeway and press “Connect TikTok Shop” again."
        ) from refused
    except ClientError as broken:
        raise unreachable(broken) from broken


def unreachable(broken: ClientError) -> ConsentFailed:
    return ConsentFailed(
        f"TikTok Shop could not be reached to finish the connection ({broken.text or type(broken).__name__}). Nothing "
        "was connected. "
        "Go back to Causeway and press “Connect TikTok Shop” again in a minute."
    )


def read(tokens: Tokens, sites: Sequence[str] = ()) -> Arrival:
    """The shops of a grant (of the ticked sites, if any was), each with its warehouses, checks and category tree; our
    webhooks are registered on the way."""
    if tokens.user_type != 0:
        raise NotASeller(
            "The TikTok account that consented is not a seller's account (it belongs to a creator or a partner). Sign "
            "in with the "
            "account that owns the shop and connect again."
        )
    try:
        rows = _client(tokens, "", "").shops()
    except (Refused, Unauthorised) as refused:
        raise ConsentFailed(
            f"TikTok Shop refused to list the shops of “{tokens.seller_name}” (code {refused.code or refused.status}). "
            "Only the shop's main "
            "account may connect an app: sign in with the owner's login, not a staff member's, and connect again."
        ) from refused
    except ClientError as broken:
        raise unreachable(broken) from broken
    if not rows:
        raise NotASeller(
            f"“{tokens.seller_name}” has no TikTok shop that this login may manage. Only the shop's main account may "
            "connect an app: sign in "
            "with the owner's login, not a staff member's, and connect again."
        )
    if sites:
        here = ", ".join(sorted({row.region for row in rows}))
        rows = [row for row in rows if row.region in sites]
        if not rows:
            raise ConsentFailed(
                f"“{tokens.seller_name}” has no shop in the sites that were ticked ({', '.join(sites)}); it has shops "
                f"in {here}. Nothing was connected. Go back to Causeway, tick one of these or none, and connect again."
            )
    clients = [_client(tokens, row.id, row.cipher) for row in rows]
    address = (setup.config().hooks_url or setup.config().app_url).rstrip("/") + "/hooks/tiktok"
    with ThreadPoolExecutor(max_workers=min(4, len(rows))) as pool:
        facts = pool.map(lambda pair: _facts(pair[0], pair[1], address), zip(clients, rows, strict=True))
        return Arrival(tokens, tuple(facts))


def _client(tokens: Tokens, shop_id: str, cipher: str) -> TikTok:
    config = setup.config()
    return TikTok(
        setup.transport(),
        config.tiktok_api_url,
        config.tiktok_app_key,
        config.tiktok_app_secret,
        tokens.access_token,
        shop_id=shop_id,
        cipher=cipher,
        budget=setup.budget(),
        clock=clock_seconds,
    )


def _facts(client: TikTok, row: ShopRow, address: str) -> ShopFacts:
    faults: list[str] = []
    found, checks, tree = None, None, None
    try:
        found = client.warehouses()
    except ClientError as fault:
        faults.append(f"warehouses: {fault.text}")
    try:
        checks = client.prerequisites()
    except ClientError as fault:
        faults.append(f"shop checks: {fault.text}")
    try:
        tree = client.categories()
    except ClientError as fault:
        faults.append(f"category tree: {fault.text}")
    try:
        for event in EVENTS:
            client.put_webhook(event, address)
    except ClientError as fault:
        faults.append(f"webhooks: {fault.text}")
    methods: Sequence[str] = ()
    if row.seller_type == "CROSS_BORDER":
        with contextlib.suppress(ClientError):  # asked for again by the clock
            methods = client.listing_methods()
    return ShopFacts(row, found, checks, tree, tuple(faults), methods)


def record(actor: Actor, arrival: Arrival, consent: Consent | None = None) -> Connected:
    """Keeps tokens (sealed) and shops. Without a consent the grant began in Seller Center."""
    require(actor, Page.AUTHORIZATION, SEND)
    before = _meant(consent)
    if consent and consent.purpose == "reconnect" and before and before.open_id != arrival.tokens.open_id:
        raise WrongAccount(
            f"You signed in as “{arrival.tokens.seller_name}”, but this connection belongs to “{before.seller_name}”. "
            "Nothing was changed. "
            f"Sign in to TikTok Shop as “{before.seller_name}” and reconnect, or press “Switch account” to use the "
            "other one."
        )
    authorization = keep(actor, arrival.tokens)
    connected: list[Shop] = []
    refused: list[AlreadyConnected] = []
    for facts in arrival.shops:
        try:
            shop = shops.arrive(actor, authorization, facts.row)
        except AlreadyConnected as taken:
            refused.append(taken)
            notices.raise_notice(f"shop-taken:{facts.row.id}", "danger", taken.text, taken.action, taken.url)
            continue
        connected.append(shop)
        _record_facts(shop, facts)
    accounts.keep(actor, authorization, consent.wish if consent else Wish(), "" if consent else "seller_center")
    if not connected:
        shops.forget_tokens(authorization)
    elif consent and consent.purpose == "switch" and before and before.id != authorization.id:
        for shop in db.session.scalars(select(Shop).where(Shop.authorization_id == before.id, Shop.is_active)):
            shops.disconnect(actor, shop)
    if connected:
        names = ", ".join(f"“{shop.name}” ({shop.market})" for shop in connected)
        purpose = consent.purpose if consent else "short code"
        audit.note(actor, "account.connected", f"“{authorization.seller_name}” was authorised ({purpose}): {names}.")
    return Connected(authorization, tuple(connected), tuple(refused))


def _meant(consent: Consent | None) -> Authorization | None:
    if consent is None or not consent.authorization_id:
        return None
    return get(consent.authorization_id)


def keep(actor: Actor, tokens: Tokens) -> Authorization:
    """Adds or renews the authorization of a TikTok account; whatever was wrong with it is over."""
    authorization = db.session.scalar(select(Authorization).where(Authorization.open_id == tokens.open_id))
    if authorization is None:
        authorization = Authorization(store_id=actor.store_id, open_id=tokens.open_id)
    authorization.seller_name, authorization.region = tokens.seller_name[:255], tokens.region[:8]
    authorization.scopes = list(tokens.scopes)
    authorization.connected_by, authorization.connected_at = actor.name[:255], clock.now()
    put_tokens(authorization, tokens)
    db.session.add(authorization)
    db.session.flush()
    notices.resolve(f"authorization:{authorization.id}")
    notices.resolve(f"authorization-ends:{authorization.id}")
    return authorization


def put_tokens(authorization: Authorization, tokens: Tokens) -> None:
    authorization.state, authorization.reason = "active", ""
    authorization.access_token, authorization.access_expires_at = seal(tokens.access_token), tokens.access_expires_at
    authorization.refresh_token, authorization.refresh_expires_at = (
        seal(tokens.refresh_token),
        tokens.refresh_expires_at,
    )


def _record_facts(shop: Shop, facts: ShopFacts) -> None:
    if facts.warehouses is not None:
        warehouses.record(shop, facts.warehouses)
    if facts.prerequisites is not None:
        shops.record_prerequisites(shop, facts.prerequisites)
    if facts.tree is not None:
        categories.record_tree(shop, facts.tree)
    publishing_model.told(shop, facts.methods)
    key = f"shop-faults:{shop.id}"
    if facts.faults:
        notices.raise_notice(
            key,
            "warning",
            f"“{shop.name}” is connected, but TikTok Shop did not answer everything: {'; '.join(facts.faults)}.",
            "Read again",
            "/settings/authorization",
        )
    else:
        notices.resolve(key)


def heed(authorization: Authorization, error: Unauthorised) -> None:
    """What a rejected call means for the grant: a missing permission stops only what needs it, an access token that
    ended by time is renewed by the clock, anything else is given up. What was said of an earlier token is over."""
    if is_over(authorization, error):
        return
    if error.permission:
        notices.raise_notice(
            f"permission:{authorization.id}",
            "warning",
            f"TikTok Shop did not grant “{authorization.seller_name}” a permission that {error.method} {error.path} "
            "needs. What needs it waits; everything else goes on.",
            "Check the connection",
            "/doctor/",
        )
    elif not error.expired:
        reject(authorization, error.text)


def is_over(authorization: Authorization, error: Unauthorised) -> bool:
    """The call was made with a token that has been replaced since."""
    return error.credential not in ("", mark(unseal(authorization.access_token)))


def reject(authorization: Authorization, reason: str) -> None:
    """A call was refused for its credentials. A token that merely ended by time is renewed by the clock; any other is
    given up."""
    if authorization.access_expires_at > clock.now():
        give_up(authorization, reason)


def give_up(authorization: Authorization, reason: str) -> None:
    """TikTok no longer accepts the grant: its shops' work waits (the engine asks for `state`) and the merchant must
    connect again."""
    if authorization.state != "active":
        return
    authorization.state, authorization.reason = "needs_reauthorisation", reason
    names = ", ".join(f"“{shop.name}”" for shop in _shops_of(authorization))
    notices.raise_notice(
        f"authorization:{authorization.id}",
        "danger",
        f"TikTok Shop no longer accepts the connection of “{authorization.seller_name}” ({reason}). Work for "
        f"{names or 'its shops'} "
        "waits until it is connected again.",
        "Reconnect",
        "/settings/authorization",
    )


def _shops_of(authorization: Authorization) -> Sequence[Shop]:
    return db.session.scalars(select(Shop).where(Shop.authorization_id == authorization.id, Shop.is_active)).all()


def get(authorization_id: int) -> Authorization | None:
    return db.session.scalar(select(Authorization).where(Authorization.id == authorization_id))


def arrived_since(moment: datetime) -> bool:
    """Whether a consent was completed since then."""
    query = select(Authorization.id).where(Authorization.connected_at >= moment, Authorization.state == "active")
    return db.session.scalar(query.limit(1)) is not None
