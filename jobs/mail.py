"""A schedule: letters about new notices are written and what is due leaves. Without SMTP_URL nothing is sent."""

import logging

from rq.timeouts import BaseTimeoutException
from sqlalchemy import select

from clients import smtp
from models import MailWish, OutgoingMail, Store, db
from models.present import has_table
from models.tenancy import across_stores, tenant
from services import setup
from services.mail import outbox, wishes

log = logging.getLogger("causeway.mail")


def send() -> int:
    """Answers how many letters left."""
    address = setup.config().smtp_url
    if not address or not has_table(OutgoingMail):
        return 0
    sent = 0
    for store_id in _stores():
        try:
            with tenant(store_id):
                wishes.gather(db.session.get_one(Store, store_id))
                db.session.commit()
                sent += sum(_send(address, mail_id) for mail_id in outbox.due())
        except BaseTimeoutException:
            raise
        except Exception as failure:
            db.session.rollback()
            log.error("Mail of store %s: %s", store_id, failure, exc_info=failure)
    return sent


def _stores() -> list[int]:
    """Those whose people want mail, or whose letters wait."""
    with across_stores("stores whose people want mail"):
        wanting = select(MailWish.store_id).where(MailWish.level != "none")
        waiting = select(OutgoingMail.store_id).where(OutgoingMail.state.in_(("waiting", "sending")))
        found = set(db.session.scalars(wanting)) | set(db.session.scalars(waiting))
        db.session.rollback()
    return sorted(found)


def _send(address: str, mail_id: int) -> bool:
    """No transaction is open while the server is spoken to."""
    letter = outbox.take(mail_id)
    db.session.commit()
    if letter is None:
        return False
    try:
        smtp.send(address, letter)
    except smtp.MailFailed as failure:
        outbox.failed(mail_id, str(failure), failure.for_good)
        db.session.commit()
        log.warning("Letter %s was not sent: %s", mail_id, failure)
        return False
    outbox.sent(mail_id)
    db.session.commit()
    return True
