"""Keeps tokens alive: renewed a day before they end, once per expiry however many processes run, new tokens stored
before use."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from clients.errors import ClientError, Refused, Unauthorised
from clients.tiktok import auth
from models import Authorization, SpentToken, db
from models.tenancy import across_stores, tenant
from services import clock, grants, notices, setup
from services.secrets import SealBroken, unseal

log = logging.getLogger("causeway.renewals")

AHEAD = timedelta(hours=24)
ENDS_SOON = timedelta(days=30)
# After that another process may try: the one that claimed has died. Longer than the call's own deadline (30 s).
CLAIM_LIFE = timedelta(seconds=40)
KIND = "tiktok_refresh"


@dataclass(frozen=True, slots=True)
class Claim:
    """One process's right to renew one authorization now."""

    store_id: int
    authorization_id: int
    refresh_token: str
    token: str


def due(now: datetime) -> list[tuple[int, int]]:
    """(store, authorization) whose access token ends within a day."""
    with across_stores("tokens that must be renewed"):
        rows = db.session.execute(
            select(Authorization.store_id, Authorization.id)
            .where(Authorization.state == "active", Authorization.access_expires_at < now + AHEAD)
            .order_by(Authorization.access_expires_at)
        )
        return [(store_id, key) for store_id, key in rows]


def claim(store_id: int, authorization_id: int, now: datetime) -> Claim | None:
    """Claims this expiry; None when another process has it or it is done. Commit before the call."""
    with tenant(store_id):
        authorization = db.session.scalar(select(Authorization).where(Authorization.id == authorization_id))
        if authorization is None or authorization.state != "active" or authorization.access_expires_at >= now + AHEAD:
            return None
        token = f"{authorization.id}:{int(authorization.access_expires_at.timestamp())}"
        db.session.execute(delete(SpentToken).where(SpentToken.kind == KIND, SpentToken.expires_at < now))
        try:
            with db.session.begin_nested():
                db.session.add(SpentToken(kind=KIND, token=token, expires_at=now + CLAIM_LIFE))
        except IntegrityError:
            return None
        return Claim(store_id, authorization.id, unseal(authorization.refresh_token), token)


def renew(claimed: Claim) -> auth.Tokens:
    """The call itself; touches no rows."""
    config = setup.config()
    return auth.refresh(
        setup.transport(),
        config.tiktok_auth_url,
        config.tiktok_app_key,
        config.tiktok_app_secret,
        claimed.refresh_token,
    )


def record(claimed: Claim, outcome: auth.Tokens | ClientError) -> bool:
    """Keeps the new tokens, or flips the authorization when TikTok rejected the old ones. Anything else is tried
    again later."""
    with tenant(claimed.store_id):
        authorization = db.session.scalar(select(Authorization).where(Authorization.id == claimed.authorization_id))
        if authorization is None or unseal(authorization.refresh_token) != claimed.refresh_token:
            return False  # reconnected or disconnected meanwhile
        if isinstance(outcome, auth.Tokens):
            grants.put_tokens(authorization, outcome)
            notices.resolve(f"authorization:{authorization.id}")
            warn_of_end(authorization)
            db.session.flush()
            return True
        if isinstance(outcome, Refused | Unauthorised):
            grants.give_up(authorization, f"code {outcome.code}" if outcome.code else outcome.text)
        else:  # nobody has to wait for the claim's end: it can be tried again at once
            db.session.execute(delete(SpentToken).where(SpentToken.kind == KIND, SpentToken.token == claimed.token))
        db.session.flush()
        return False


def warn_of_end(authorization: Authorization) -> None:
    """A refresh does not lengthen the period the seller granted; thirty days before its end we ask for a new
    consent."""
    key = f"authorization-ends:{authorization.id}"
    if authorization.refresh_expires_at < clock.now() + ENDS_SOON:
        notices.raise_notice(
            key,
            "warning",
            f"The consent of “{authorization.seller_name}” ends on {authorization.refresh_expires_at:%d %B %Y}. "
            "Reconnect before that "
            "day and nothing stops.",
            "Reconnect",
            "/settings/authorization",
        )
    else:
        notices.resolve(key)


def refresh_due(now: datetime, commit: Callable[[], None]) -> int:
    """Renews whatever is due; how many were renewed. `commit` ends each short transaction (the clock hands in its
    own)."""
    renewed = 0
    waiting = due(now)
    commit()
    for store_id, authorization_id in waiting:
        try:
            claimed = claim(store_id, authorization_id, now)
        except SealBroken as broken:  # the operator's keys are wrong; the seller's consent is as good as before
            db.session.rollback()
            log.error("Authorization %s of store %s is not renewed: %s", authorization_id, store_id, broken)
            continue
        commit()
        if claimed is None:
            continue
        try:
            outcome: auth.Tokens | ClientError = renew(claimed)
        except ClientError as fault:
            outcome = fault
        renewed += record(claimed, outcome)
        commit()
    return renewed
