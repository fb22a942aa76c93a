"""The way to TikTok's consent page and back: a signed, single-use `state` that says whose consent it is."""

import secrets as random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from clients.tiktok.auth import consent_url
from domain.roles import SEND, Page
from models import Authorization, Person, Store, db
from services import clock, entry, setup
from services.actor import Actor
from services.errors import NotFound, ServiceError
from services.people.access import require
from services.shops import accounts
from services.shops.accounts import Wish

LIFE = timedelta(minutes=15)
KIND = "tiktok_state"


class WrongState(ServiceError):
    """The `state` that came back is not one of ours."""


class StateExpired(ServiceError):
    """The merchant took longer than the state lives."""


class StateUsed(ServiceError):
    """The same answer came a second time."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a state says. `purpose`: connect, reconnect (the same account again) or switch (another account instead)."""

    store_id: int
    person_id: int
    purpose: str
    authorization_id: int
    nonce: str
    expires: float  # Unix seconds, business time
    nickname: str = ""
    sites: Sequence[str] = ()  # none: all

    @property
    def wish(self) -> Wish:
        return Wish(self.nickname, tuple(self.sites))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(setup.config().secret_key, salt="tiktok-consent")


def link(
    actor: Actor, purpose: str = "connect", authorization_id: int = 0, *, us: bool = False, wish: Wish | None = None
) -> str:
    """The address of TikTok's consent page for this person and purpose; good once and for fifteen minutes. Without a
    wish a reconnect keeps the account's nickname and sites."""
    require(actor, Page.AUTHORIZATION, SEND)
    if (
        authorization_id
        and db.session.scalar(select(Authorization.id).where(Authorization.id == authorization_id)) is None
    ):
        raise NotFound("This TikTok authorization does not exist.", "See all shops", "/settings/authorization")
    if wish is None and purpose == "reconnect" and (account := accounts.of(authorization_id)):
        wish = Wish(account.nickname, tuple(account.sites or ()))
    wish = wish or Wish()
    expires = (clock.now() + LIFE).timestamp()
    nonce = random.token_urlsafe(16)
    consent = Consent(
        actor.store_id, actor.person_id or 0, purpose, authorization_id, nonce, expires, wish.nickname, wish.sites
    )
    config = setup.config()
    page = config.tiktok_consent_url_us if us and config.tiktok_consent_url_us else config.tiktok_consent_url
    return consent_url(page, config.tiktok_service_id, str(_signer().dumps(asdict(consent))))


def spend(state: str) -> Consent:
    """Reads the state and marks it used; commit before the code is exchanged, so that a second answer is refused."""
    try:
        content: dict[str, Any] = _signer().loads(state)
        consent = Consent(**content)
    except (BadSignature, TypeError) as wrong:
        raise WrongState(
            "This answer from TikTok Shop does not belong to a connection that was started here. "
            "Nothing was connected. "
            ""
            "Go back to Causeway in your BigCommerce control panel and press “Connect TikTok Shop” again."
        ) from wrong
    expires = datetime.fromtimestamp(consent.expires, UTC)
    if expires < clock.now():
        raise StateExpired(
            "More than 15 minutes passed between the start in Causeway and your consent, so the answer was not "
            "accepted. "
            "Nothing was connected. Go back to Causeway and press “Connect TikTok Shop” again."
        )
    if not entry.spend(KIND, consent.nonce, expires):
        raise StateUsed(
            "This answer from TikTok Shop was already used; perhaps the page was reloaded. If the "
            "shop does not show up "
            "in "
            "Causeway within a minute, press “Connect TikTok Shop” there again."
        )
    return consent


def actor_of(consent: Consent) -> tuple[Actor, Store]:
    """The person who started it and the store it is for; run inside the store."""
    store = db.session.get(Store, consent.store_id)
    person = db.session.scalar(select(Person).where(Person.id == consent.person_id))
    if store is None or store.state != "installed" or person is None:
        raise WrongState(
            "Causeway was removed from the store, or your user was, after the connection was started. Nothing was "
            "connected."
        )
    return Actor(person.email, store.id, person.id, person.is_owner), store
