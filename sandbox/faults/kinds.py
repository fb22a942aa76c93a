"""What each kind of fault does to one call."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.faults import answers, marks
from sandbox.faults.connection import half, hang_up, has_gone
from sandbox.faults.target import TIKTOK, Target
from sandbox.state import Document
from sandbox.tiktok.control_actions import change_authorization
from sandbox.tiktok.platform import Platform

if TYPE_CHECKING:
    from sandbox.faults.middleware import Faults

Answer = Iterable[bytes] | None


@dataclass(frozen=True)
class Strike:
    """A rule that hit a call."""

    faults: "Faults"
    target: Target
    rule: Document
    amount: float

    @property
    def environ(self) -> dict[str, Any]:
        return self.target.environ

    @property
    def tiktok(self) -> Platform | None:
        """The platform that answers, when it is TikTok Shop."""
        return self.faults.tiktok if self.target.platform == TIKTOK else None

    def answer(self, response: Response, start: Any) -> Answer:
        return response(self.environ, start)

    def effect(self) -> tuple[str, Any, bytes, Document]:
        return self.faults.effect(self.environ)


def throttle(strike: Strike, start: Any) -> Answer:
    wait = None if strike.rule["amount"] is None else strike.amount
    return strike.answer(answers.throttled(strike.tiktok, wait), start)


def error_before(strike: Strike, start: Any) -> Answer:
    return strike.answer(answers.failed(strike.tiktok, strike.rule["amount"]), start)


def error_after(strike: Strike, start: Any) -> Answer:
    strike.effect()
    return error_before(strike, start)


def lost_before(strike: Strike, start: Any) -> Answer:
    hang_up(strike.environ)


def lost_after(strike: Strike, start: Any) -> Answer:
    strike.effect()
    hang_up(strike.environ)


def cut(strike: Strike, start: Any) -> Answer:
    status, headers, body, _ = strike.effect()
    body = body or b"{}"
    headers["Content-Length"] = str(len(body) + 1)
    start(status, list(headers))
    return half(strike.environ, body)


def garbage(strike: Strike, start: Any) -> Answer:
    strike.effect()
    return strike.answer(answers.garbage(), start)


def html(strike: Strike, start: Any) -> Answer:
    strike.effect()
    return strike.answer(answers.error_page(), start)


def dribble(strike: Strike, start: Any) -> Answer:
    status, headers, body, found = strike.effect()
    start(status, list(headers))

    def drops() -> Iterator[bytes]:
        for place in range(len(body)):
            time.sleep(1 / strike.amount)
            if has_gone(strike.environ):
                hang_up(strike.environ)
            yield body[place : place + 1]
        note(strike, found)

    return drops()


def hang_after(strike: Strike, start: Any) -> Answer:
    status, headers, body, found = strike.effect()
    time.sleep(strike.amount)
    if has_gone(strike.environ):
        hang_up(strike.environ)
    start(status, list(headers))

    def whole() -> Iterator[bytes]:
        yield body
        note(strike, found)

    return whole()


def note(strike: Strike, found: Document) -> None:
    if found.get(marks.CREATED):
        strike.faults.effects.answered(found[marks.CREATED])


def late(strike: Strike, start: Any) -> Answer:
    """Admitted now, counted against the rate now; what the endpoint does comes later, and nobody is told."""
    if not strike.target.gated or strike.faults.effect(strike.environ, marks.ADMIT)[3].get(marks.ADMITTED):
        strike.faults.later(strike.amount, strike.environ)
    hang_up(strike.environ)


def token_expired(strike: Strike, start: Any) -> Answer:
    tiktok = strike.faults.tiktok
    row = tiktok.authorizations.tokens[strike.target.token]
    tiktok.authorizations.tokens[strike.target.token] = {**row, "expires": tiktok.now()}
    return None


def token_revoked(strike: Strike, start: Any) -> Answer:
    if strike.tiktok is None:
        strike.faults.bigcommerce.revoke(strike.target.store_hash)
        return None
    grants = strike.tiktok.authorizations
    grant = grants.grants[grants.tokens[strike.target.token]["grant_id"]]
    change_authorization(strike.tiktok, {"seller_id": grant["seller_id"], "action": "deauthorize"})
    return None


def able(faults: "Faults", rule: Document, target: Target) -> bool:
    """A token can only end while it lives; every other fault can always strike."""
    if not rule["kind"].startswith("token_"):
        return True
    if target.platform != TIKTOK:
        grant = faults.bigcommerce.tokens.get(target.token)
        return grant is not None and grant["hash"] == target.store_hash
    grants = faults.tiktok.authorizations
    token = grants.tokens.get(target.token)
    if token is None or token["expires"] <= faults.tiktok.box.clock.now():
        return False
    return bool(grants.grants[token["grant_id"]]["status"] != "deauthorized")


STRIKES: dict[str, Callable[[Strike, Any], Answer]] = {
    "throttle": throttle,
    "error_before": error_before,
    "error_after": error_after,
    "lost_before": lost_before,
    "lost_after": lost_after,
    "cut": cut,
    "garbage": garbage,
    "html": html,
    "dribble": dribble,
    "hang_after": hang_after,
    "late": late,
    "token_expired": token_expired,
    "token_revoked": token_revoked,
}
