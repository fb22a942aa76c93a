"""What BigCommerce's callbacks prove: a grant code that became a token, a signed launch."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from clients.bigcommerce.launch import Launch, LaunchRefused, read_launch
from clients.bigcommerce.login import exchange_code
from clients.errors import ClientError
from models import SpentToken, db
from services import logs, sessions, setup
from services.errors import ServiceError
from services.stores import Installation

log = logs.logger(__name__)
REMOVED = "removed"
REMEMBERED = timedelta(days=2)  # launch tokens live for one (reference 1.3)


class NotProven(ServiceError):
    """The request does not come from BigCommerce, or is too old; nothing was done."""

    status = 403


class NotGranted(ServiceError):
    """BigCommerce did not turn the code into a token; nothing was stored."""

    status = 502


class Removed(ServiceError):
    """The person was taken off the app after this link was made."""

    status = 403


def redeem(code: str, context: str, scope: str, redirect_uri: str) -> Installation:
    """Exchanges the one-time code (one call outside); the store is the one the answer names, never the query's."""
    config = setup.config()
    try:
        grant = exchange_code(
            setup.transport(),
            config.bigcommerce_login_url,
            config.bigcommerce_client_id,
            config.bigcommerce_client_secret,
            code,
            context,
            scope,
            redirect_uri,
        )
    except ClientError as refusal:
        log.warning("grant_refused", status=refusal.status, platform_code=refusal.code, error=str(refusal))
        raise NotGranted(
            "BigCommerce did not confirm the installation: the code was used already or is too old. "
            "Nothing was stored. Start the installation again from the Marketplace."
        ) from refusal
    return Installation(grant.store_hash, grant.access_token, grant.scope, grant.user, grant.owner, grant.account_uuid)


def launch(token: str) -> Launch:
    """Who opens which store, from the signed token (reference 1.3)."""
    config = setup.config()
    try:
        # Real time: BigCommerce stamps the token, and no sandbox clock moves it.
        now = sessions.wall_clock()
        return read_launch(token, config.bigcommerce_client_id, config.bigcommerce_client_secret, now)
    except LaunchRefused as refusal:
        log.warning("launch_refused", reason=refusal.code)
        raise NotProven(
            "This link was not signed by BigCommerce for this app, or it is more than a day old. "
            "Open the app again from your control panel."
        ) from refusal


def spend(kind: str, token: str, expires_at: datetime) -> bool:
    """Whether a signed token is used for the first time. It is remembered until it ends by itself."""
    db.session.execute(delete(SpentToken).where(SpentToken.expires_at < sessions.wall_clock()))
    try:
        with db.session.begin_nested():
            db.session.add(SpentToken(kind=kind, token=token[:128], expires_at=expires_at))
    except IntegrityError:
        return False
    return True


def remember_removal(removal: Launch) -> None:
    """A removed person's browser still holds links that BigCommerce signed before; they must not let them in again."""
    token = f"{removal.store_hash}:{removal.user.id}"
    db.session.execute(delete(SpentToken).where(SpentToken.kind == REMOVED, SpentToken.token == token))
    db.session.add(SpentToken(kind=REMOVED, token=token, expires_at=removal.issued_at + REMEMBERED))
    db.session.flush()


def refuse_removed(launch: Launch) -> None:
    """Raises Removed for a link that is older than the person's removal. Both moments are BigCommerce's own."""
    query = select(SpentToken.expires_at).where(
        SpentToken.kind == REMOVED, SpentToken.token == f"{launch.store_hash}:{launch.user.id}"
    )
    until = db.session.scalar(query)
    if until is not None and launch.issued_at <= until - REMEMBERED:
        log.warning("launch_refused", reason="removed")
        raise Removed(
            "Your user was removed from this app after this link was made. If you were given access again, "
            "open the app from your control panel."
        )
