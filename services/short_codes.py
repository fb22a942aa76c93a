"""Grants that began in Seller Center come without a `state`: they wait under a short code until it is entered here."""

import json
import secrets as random
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from clients.tiktok.auth import Tokens
from models import PendingGrant, db
from services import clock
from services.errors import ServiceError
from services.secrets import seal, unseal

CODE_LIFE = timedelta(hours=1)
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that look alike


class UnknownCode(ServiceError):
    """The short code of a grant from Seller Center is not known, or too old."""


def park(tokens: Tokens) -> PendingGrant:
    """Keeps a grant that began in Seller Center under a short code, until it is entered in the app."""
    content = {
        "access_token": tokens.access_token,
        "access_expires_at": tokens.access_expires_at.isoformat(),
        "refresh_token": tokens.refresh_token,
        "refresh_expires_at": tokens.refresh_expires_at.isoformat(),
        "open_id": tokens.open_id,
        "seller_name": tokens.seller_name,
        "region": tokens.region,
        "user_type": tokens.user_type,
        "scopes": list(tokens.scopes),
    }
    db.session.execute(delete(PendingGrant).where(PendingGrant.expires_at < clock.now()))
    code = "".join(random.choice(LETTERS) for _ in range(8))  # 40 bits; guessing is limited (blueprints/limits.py)
    pending = PendingGrant(
        code=code,
        grant=seal(json.dumps(content)),
        seller_name=tokens.seller_name[:255],
        expires_at=clock.now() + CODE_LIFE,
    )
    db.session.add(pending)
    db.session.flush()
    return pending


def claim(code: str) -> Tokens:
    """The tokens behind a short code; the code works once. Commit before they are used."""
    typed = "".join(letter for letter in code.upper() if letter.isalnum())
    pending = db.session.scalar(select(PendingGrant).where(PendingGrant.code == typed))
    if pending is None or pending.expires_at < clock.now():
        raise UnknownCode(
            "This code is not known. A code is good once and for one hour; it is shown after you authorise Causeway in "
            "TikTok's "
            "Seller Center. Start there again, or press “Connect TikTok Shop” here."
        )
    content = json.loads(unseal(pending.grant))
    for name in ("access_expires_at", "refresh_expires_at"):
        content[name] = datetime.fromisoformat(content[name])
    db.session.delete(pending)
    db.session.flush()
    return Tokens.model_construct(**{**content, "scopes": tuple(content["scopes"])})
