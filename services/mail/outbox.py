"""The outbox: a letter is a row, written with what causes it; it leaves afterwards, again after a failure."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import or_, select, update

from clients.smtp import Letter
from models import OutgoingMail, Store, db
from models.tenancy import tenant_id
from services import clock, setup
from services.bulk import insert_missing, rows_touched

WAITS = (1, 5, 30, 120, 480)  # minutes before the second try, the third …
ABANDONED = timedelta(minutes=10)  # a letter in hand for so long lost its worker


def write(key: str, recipient: str, subject: str, text: str) -> None:
    """Adds a letter; one of the same key is never written twice."""
    now = clock.now()
    row = {
        "store_id": tenant_id(), "key": key[:120], "recipient": recipient[:255], "subject": subject[:255], "text": text,
        "state": "waiting", "tries": 0, "error": "", "created_at": now, "due_at": now,
    }  # fmt: skip
    insert_missing(OutgoingMail, [row], ("store_id", "key"))


def due(limit: int = 100) -> list[int]:
    """Letters that are to leave now, oldest first."""
    now = clock.now()
    query = select(OutgoingMail.id).where(
        or_(
            (OutgoingMail.state == "waiting") & (OutgoingMail.due_at <= now),
            (OutgoingMail.state == "sending") & (OutgoingMail.due_at <= now - ABANDONED),
        )
    )
    return list(db.session.scalars(query.order_by(OutgoingMail.id).limit(limit)))


def take(mail_id: int) -> Letter | None:
    """The letter, in hand; None when somebody else has it."""
    mail = db.session.get(OutgoingMail, mail_id)
    if mail is None or mail.state not in ("waiting", "sending"):
        return None
    now, tries = clock.now(), mail.tries
    taken = db.session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.id == mail_id, OutgoingMail.state == mail.state, OutgoingMail.tries == tries)
        .values(state="sending", due_at=now, tries=tries + 1),
        execution_options={"synchronize_session": False},
    )
    if not rows_touched(taken):
        return None
    db.session.refresh(mail)
    store = db.session.get_one(Store, mail.store_id)
    host = setup.config().mail_from.rpartition("@")[2] or "causeway.invalid"
    identity = f"{store.hash}.{mail.id}.{int(mail.created_at.timestamp())}@{host}"
    return Letter(
        setup.config().mail_from, mail.recipient, mail.subject, mail.text, identity, mail.created_at.timestamp()
    )


def sent(mail_id: int) -> None:
    mail = db.session.get_one(OutgoingMail, mail_id)
    mail.state, mail.sent_at, mail.error = "sent", clock.now(), ""
    db.session.flush()


def failed(mail_id: int, text: str, for_good: bool) -> None:
    """Tried again later, and later still; given up after the last."""
    mail = db.session.get_one(OutgoingMail, mail_id)
    mail.error = text[:500]
    if for_good or mail.tries > len(WAITS):
        mail.state = "failed"
    else:
        mail.state, mail.due_at = "waiting", clock.now() + timedelta(minutes=WAITS[mail.tries - 1])
    db.session.flush()


def recent(recipient: str, limit: int = 10) -> Sequence[OutgoingMail]:
    query = select(OutgoingMail).where(OutgoingMail.recipient == recipient)
    return db.session.scalars(query.order_by(OutgoingMail.id.desc()).limit(limit)).all()
