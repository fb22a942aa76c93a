"""The nightly tidying: what is past its time is removed, store by store, in small transactions."""

import logging

from sqlalchemy import select

from models import Store, db
from models.tenancy import tenant
from services import clock, record_keeping, retention, settings, setup
from services.catalog_sync import board
from services.spreadsheets import files
from services.stock import lag

log = logging.getLogger("causeway.retention")


def tidy() -> int:
    """An RQ job; answers how many rows went. One store's trouble does not keep the others' rubbish."""
    config, now, commit = setup.config(), clock.now(), db.session.commit
    days = config.evidence_kept
    gone = retention.drop_unowned(now, commit)
    stores = db.session.scalars(select(Store.id).order_by(Store.id)).all()
    commit()
    for store_id in stores:
        try:
            with tenant(store_id):
                gone += retention.drop_evidence(now, days, commit)
                gone += retention.drop_activities(now, config.activity_days, commit)
                gone += retention.drop_settled(now, commit)
                gone += retention.drop_bodies(now, commit)
                gone += files.drop_expired(now, commit)
                gone += lag.forget(now, commit) + board.forget(now, commit)
                kept = settings.of(db.session.get_one(Store, store_id))
                gone += record_keeping.drop(now, kept, commit)
        except Exception as failure:
            db.session.rollback()
            log.error("Tidying store %s: %s", store_id, failure, exc_info=failure)
    log.info("Tidied %s rows", gone)
    return gone
