"""Asking everything a connection needs: `prepare` opens credentials, `ask` calls and touches no rows, `record` keeps
what was read and answers the findings. The caller ends its transaction before `ask`."""

import socket
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from sqlalchemy import func, select

from clients.bigcommerce.api import BigCommerce
from clients.errors import ClientError, Unauthorised
from clients.tiktok.api import TikTok
from clients.tiktok.models import Warehouse as WarehouseRow
from clients.transport import Request, Transport
from domain import diagnosis, store_scopes
from domain.diagnosis import AccountFacts, Finding, Place, ShopFacts, Surroundings
from domain.scopes import missing
from models import Activity, ActivityItem, Authorization, Shop, Store, db
from services import clock, grants, platforms, setup, shops, warehouses, webhooks
from services.actor import Actor
from services.shops import testing

WAREHOUSE_CODES = ("12052097", "12052530", "12052531", "12052533", "12052534", "12052037", "12019028", "12052364")
LATELY = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Patient:
    """What `ask` needs, as plain data and clients."""

    transport: Transport
    hosts: tuple[str, ...]
    addresses: tuple[str, ...]
    tiktok_url: str
    hooks_url: str
    bigcommerce: BigCommerce | None
    accounts: tuple[testing.Asker, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back. `warehouses` and `hooks` by TikTok's shop id; a shop is missing where it did not answer."""

    found: Mapping[str, bool]
    broken: Mapping[str, str]
    skew: float | None
    bigcommerce: str
    bigcommerce_hooks: Mapping[str, bool]
    told: Sequence[testing.Told]
    warehouses: Mapping[str, Sequence[WarehouseRow]] = field(default_factory=dict)
    hooks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def prepare(store: Store, chosen: Sequence[Shop]) -> Patient:
    config = setup.config()
    urls = [config.bigcommerce_api_url, config.tiktok_api_url, config.tiktok_auth_url, config.tiktok_consent_url]
    hosts = tuple(dict.fromkeys(urlsplit(url).hostname or "" for url in urls if url))
    addresses = tuple(dict.fromkeys(urls[:3]))
    hooks = (config.hooks_url or config.app_url).rstrip("/") + "/hooks/tiktok"
    client = platforms.bigcommerce(store) if store.token else None
    return Patient(
        setup.transport(), hosts, addresses, config.tiktok_api_url, hooks, client, tuple(testing.prepare(chosen))
    )


def ask(patient: Patient) -> Answers:
    with ThreadPoolExecutor(max_workers=4) as pool:
        names = pool.map(_resolves, patient.hosts)
        reached = pool.map(lambda url: _reach(patient.transport, url), patient.addresses)
        big = pool.submit(_bigcommerce, patient.bigcommerce)
        found = dict(zip(patient.hosts, names, strict=True))
        answers = dict(zip(patient.addresses, reached, strict=True))
        told = testing.ask(patient.accounts)
        per_shop = [(key, one) for asker in patient.accounts for key, one in asker.shops.items()]
        read = dict(zip([key for key, _ in per_shop], pool.map(_read, [one for _, one in per_shop]), strict=True))
        refused, hooks = big.result()
    skews = [skew for url, (_, skew) in answers.items() if url == patient.tiktok_url and skew is not None]
    broken = {urlsplit(url).hostname or url: why for url, (why, _) in answers.items() if why}
    return Answers(
        found, broken, skews[0] if skews else None, refused, hooks, told,
        {key: rows for key, (rows, _) in read.items() if rows is not None},
        {key: hooks for key, (_, hooks) in read.items() if hooks is not None},
    )  # fmt: skip


def _resolves(host: str) -> bool:
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return host.endswith(".localhost")  # browsers know it without asking (RFC 6761)
    return True


def _reach(transport: Transport, url: str) -> tuple[str, float | None]:
    """(why not, our clock minus theirs)."""
    try:
        answer = transport.send(Request("GET", f"{url.rstrip('/')}/", platform="", path="/", deadline=8))
    except ClientError as fault:
        return fault.text or type(fault).__name__, None
    date = answer.headers.get("Date")
    try:
        theirs = parsedate_to_datetime(date) if date else None
    except (TypeError, ValueError):
        theirs = None
    return "", platforms.clock_seconds() - theirs.timestamp() if theirs else None


def _bigcommerce(client: BigCommerce | None) -> tuple[str, dict[str, bool]]:
    if client is None:
        return "no token", {}
    try:
        client.store()
        return "", {hook.scope: hook.is_active for hook in client.hooks()}
    except Unauthorised as refused:
        return refused.text or "not accepted", {}
    except ClientError as fault:
        return fault.text or type(fault).__name__, {}


def _read(client: TikTok) -> tuple[Sequence[WarehouseRow] | None, dict[str, str] | None]:
    try:
        rows: Sequence[WarehouseRow] | None = client.warehouses()
    except ClientError:
        rows = None
    try:
        return rows, {hook.event_type: hook.address for hook in client.webhooks()}
    except ClientError:
        return rows, None


def record(actor: Actor, store: Store, answers: Answers, patient: Patient, origin: str) -> list[Finding]:
    """Keeps states and warehouses as just read; answers every finding."""
    config = setup.config()
    before = {shop.id: {row.name: row.effect_status for row in warehouses.mapped(shop)} for shop in shops.active()}
    testing.record(actor, answers.told)
    lacking = store_scopes.missing(store.scopes.split())
    around = Surroundings(
        hosts=answers.found,
        broken=answers.broken,
        skew=answers.skew,
        app_url=config.app_url,
        origin=origin,
        production=not config.development,
        bigcommerce=answers.bigcommerce,
        bigcommerce_missing=[f"{scope} ({without})" for scope, without in lacking.items()],
        bigcommerce_hooks=[] if answers.bigcommerce else _off(answers.bigcommerce_hooks, webhooks.BIGCOMMERCE),
    )
    found = list(diagnosis.surroundings(around))
    for told in answers.told:
        found += _of_account(told, answers, patient, before)
    asked = {told.authorization_id for told in answers.told}
    for grant in {shop.authorization for shop in shops.active() if shop.authorization_id not in asked}:
        found += diagnosis.account(_account(grant, None))
    return found


def _off(hooks: Mapping[str, bool], wanted: Sequence[str]) -> list[str]:
    """Scopes that are needed and not there, and those that are switched off."""
    return sorted({one for one in wanted if one not in hooks} | {scope for scope, on in hooks.items() if not on})


def _of_account(
    told: testing.Told, answers: Answers, patient: Patient, before: Mapping[int, Mapping[str, str]]
) -> list[Finding]:
    grant = grants.get(told.authorization_id)
    if grant is None:
        return []
    found = list(diagnosis.account(_account(grant, told.fault)))
    known = {row.id for row in told.rows}
    waits = grant.state != "active" or told.fault is not None
    mine = db.session.scalars(select(Shop).where(Shop.authorization_id == grant.id, Shop.is_active).order_by(Shop.id))
    for shop in mine.all():
        rows = answers.warehouses.get(shop.tiktok_id)
        if rows is not None:
            warehouses.record(shop, rows)
        fault = told.faults.get(shop.tiktok_id)
        state = testing.GONE if not waits and shop.tiktok_id not in known else testing.state(fault)
        used = {row.id for row in warehouses.mapped(shop)}
        hooks = answers.hooks.get(shop.tiktok_id)
        facts = ShopFacts(
            name=shop.name,
            shop_id=shop.id,
            cross_border=shop.seller_type == "CROSS_BORDER",
            waits=waits,
            state=state,
            reason=fault.text if fault else "",
            failed=[
                (check.label, check.fix)
                for check in shops.checks(shop)
                if not check.ok and check.item not in ("SHOP_STATUS", "PICKUP_WAREHOUSE")
            ],
            places=[
                Place(row.name, row.type, row.effect_status, row.sub_type, row.id in used)
                for row in warehouses.of(shop)
            ],
            read=rows is not None,
            locked=shop.mapping_locked_at is not None,
            hooks=[] if hooks is None else [one for one in grants.EVENTS if hooks.get(one) != patient.hooks_url],
            warehouse_errors=_refused_lately(shop),
            before=before.get(shop.id, {}),
        )
        found += diagnosis.shop(facts)
    return found


def _account(grant: Authorization, fault: ClientError | None) -> AccountFacts:
    state = testing.state(fault)
    now = clock.now()
    return AccountFacts(
        name=grant.seller_name,
        active=grant.state == "active",
        reason=grant.reason,
        access_seconds=(grant.access_expires_at - now).total_seconds(),
        days=(grant.refresh_expires_at - now).days,
        missing=[(one.word, one.without) for one in missing(grant.scopes or ())],
        refused=(fault.text or fault.code) if fault and state == testing.REFUSED else "",
        code=fault.code if fault else "",
        silent=(fault.text or type(fault).__name__) if fault and state == testing.SILENT else "",
    )


def _refused_lately(shop: Shop) -> int:
    query = (
        select(func.count(ActivityItem.id))
        .join(Activity, Activity.id == ActivityItem.activity_id)
        .where(
            Activity.shop_id == shop.id,
            Activity.created_at > clock.now() - LATELY,
            ActivityItem.state == "refused",
            ActivityItem.code.in_(WAREHOUSE_CODES),
        )
    )
    return db.session.scalar(query) or 0
