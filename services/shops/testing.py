"""Asking TikTok how shops are: `prepare` opens credentials, `ask` calls and touches no rows, `record` writes. The
caller ends its transaction before `ask`."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy import select

from clients.errors import ClientError, Refused, Throttled, Unauthorised
from clients.tiktok.api import TikTok
from clients.tiktok.models import Prerequisite
from clients.tiktok.models import Shop as ShopRow
from domain.capabilities import ShopKind
from models import Authorization, Shop, db
from services import clock, grants, platforms, shops
from services.actor import Actor
from services.global_stores import publishing_model
from services.shops import accounts

INACTIVE = {"12052700", "12052704"}  # seller inactive, seller unknown (reference 1.10)
NORMAL, CLOSED, REFUSED, SILENT, GONE = "normal", "inactive", "refused", "unreachable", "gone"


@dataclass(frozen=True, slots=True)
class Asker:
    """An account and its shops, credentials opened."""

    authorization_id: int
    seller: TikTok
    shops: Mapping[str, TikTok]
    crossing: frozenset[str] = frozenset()  # those of a global seller, which have a publishing model


@dataclass(frozen=True, slots=True)
class Told:
    """What came back: the account's shops, and each shop's own checks or fault."""

    authorization_id: int
    rows: Sequence[ShopRow] = ()
    fault: ClientError | None = None
    checks: Mapping[str, Sequence[Prerequisite]] = field(default_factory=dict)
    faults: Mapping[str, ClientError] = field(default_factory=dict)
    methods: Mapping[str, Sequence[str]] = field(default_factory=dict)  # how a global seller's shop is published to


def prepare(chosen: Sequence[Shop]) -> list[Asker]:
    """One asker for each account of these shops; accounts without tokens are left out."""
    found: dict[int, Asker] = {}
    for shop in chosen:
        grant = shop.authorization
        if not grant.access_token:
            continue
        asker = found.get(grant.id)
        clients = dict(asker.shops) if asker else {}
        clients[shop.tiktok_id] = platforms.tiktok(shop)
        crossing = asker.crossing if asker else frozenset()
        if shop.kind == ShopKind.GLOBAL_SELLER:
            crossing |= {shop.tiktok_id}
        found[grant.id] = Asker(grant.id, asker.seller if asker else platforms.tiktok_seller(grant), clients, crossing)
    return list(found.values())


def ask(askers: Sequence[Asker]) -> list[Told]:
    if not askers:
        return []
    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(pool.map(_ask, askers))


def _ask(asker: Asker) -> Told:
    try:
        rows = asker.seller.shops()
    except ClientError as fault:
        return Told(asker.authorization_id, fault=fault)
    checks: dict[str, Sequence[Prerequisite]] = {}
    faults: dict[str, ClientError] = {}
    for tiktok_id, client in asker.shops.items():
        try:
            checks[tiktok_id] = client.prerequisites()
        except ClientError as fault:
            faults[tiktok_id] = fault
    return Told(asker.authorization_id, rows, None, checks, faults, _methods(asker, checks))


def _methods(asker: Asker, answered: Iterable[str]) -> dict[str, Sequence[str]]:
    """Of the shops that answered. What cannot be told is left as it was."""
    found: dict[str, Sequence[str]] = {}
    for tiktok_id in asker.crossing & set(answered):
        with contextlib.suppress(ClientError):
            found[tiktok_id] = asker.shops[tiktok_id].listing_methods()
    return found


def state(fault: ClientError | None) -> str:
    """How a shop answered, in one of the words above."""
    if fault is None:
        return NORMAL
    if fault.code in INACTIVE:
        return CLOSED
    return REFUSED if isinstance(fault, Refused | Unauthorised) and not isinstance(fault, Throttled) else SILENT


def record(actor: Actor, told: Sequence[Told]) -> str:
    """Keeps what was told and says it in a sentence."""
    bad: list[str] = []
    fresh: list[str] = []
    count = 0
    for one in told:
        mine = db.session.scalars(
            select(Shop).where(Shop.authorization_id == one.authorization_id, Shop.is_active).order_by(Shop.id)
        ).all()
        grant = db.session.scalar(select(Authorization).where(Authorization.id == one.authorization_id))
        if isinstance(one.fault, Unauthorised) and not one.fault.permission and grant is not None:
            grants.heed(grant, one.fault)
        known = {row.id: row for row in one.rows}
        fresh += [row.name or row.id for row in one.rows if row.id not in {shop.tiktok_id for shop in mine}]
        for shop in mine:
            asked = one.fault is not None or shop.tiktok_id in one.checks or shop.tiktok_id in one.faults
            if not asked:
                continue
            count += 1
            word, reason = _judged(shop, one, known)
            _keep(shop, word, reason)
            if shop.tiktok_id in one.checks:
                shops.record_prerequisites(shop, one.checks[shop.tiktok_id])
            if shop.tiktok_id in one.methods:
                publishing_model.told(shop, one.methods[shop.tiktok_id])
            if row := known.get(shop.tiktok_id):
                shop.cipher = row.cipher
            if word != NORMAL:
                bad.append(f"“{shop.name}”: {reason}")
    db.session.flush()
    text = (
        f"{count} {'shop' if count == 1 else 'shops'} asked: "
        + ("; ".join(bad) if bad else "all answer normally")
        + "."
    )
    if fresh:
        names = ", ".join(fresh[:5])
        text += f" TikTok names {len(fresh)} more under the same permission ({names}): re-authorise to add them."
    return text if count else "No connected shop could be asked. Reconnect first."


def _judged(shop: Shop, one: Told, known: Mapping[str, ShopRow]) -> tuple[str, str]:
    fault = one.fault or one.faults.get(shop.tiktok_id)
    word = state(fault)
    if fault is None and shop.tiktok_id not in known:
        return GONE, "TikTok no longer names it under this permission; it was unbound in Seller Center"
    if word == CLOSED:
        return word, "TikTok has closed or banned the shop; nothing is sold until Seller Center opens it again"
    if word == REFUSED:
        return word, f"TikTok refuses us: {fault.text if fault else ''}"
    if word == SILENT:
        return word, f"no answer ({fault.text if fault else ''})"
    failed = [row.check_item for row in one.checks.get(shop.tiktok_id, ()) if row.is_failed]
    return (word, f"{len(failed)} of TikTok's own checks need you") if failed else (word, "")


def _keep(shop: Shop, word: str, reason: str) -> None:
    row = accounts.state_of(shop)
    if row is not None:
        row.state, row.reason, row.asked_at = word, reason, clock.now()
        if word == NORMAL:
            row.answered_at = row.asked_at
