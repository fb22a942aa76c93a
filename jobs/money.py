"""Schedules of money: statements of every shop once a day, gross sales of days that changed, mail."""

import logging

from rq.timeouts import BaseTimeoutException
from sqlalchemy import select

from jobs.launch import launch
from models import Authorization, MoneyCursor, SalesDay, Shop, Store, db
from models.present import has_table
from models.tenancy import across_stores, tenant
from services.actor import system
from services.finance import reading, sales

log = logging.getLogger("causeway.money")


def read_statements() -> int:
    """Starts the reading of each shop that is due; answers how many."""
    with across_stores("statements of every active shop are read"):
        if not has_table(MoneyCursor):
            return 0
        query = (
            select(Shop.store_id, Shop.id)
            .join(Authorization, Authorization.id == Shop.authorization_id)
            .join(Store, Store.id == Shop.store_id)
            .where(Shop.is_active, Authorization.state == "active", Store.state == "installed")
            .order_by(Shop.id)
        )
        shops = [(store_id, shop_id) for store_id, shop_id in db.session.execute(query)]
        db.session.rollback()
    return sum(_guarded(store_id, shop_id) for store_id, shop_id in shops)


def _guarded(store_id: int, shop_id: int) -> int:
    """One shop's trouble must not keep the others waiting."""
    try:
        with tenant(store_id):
            shop = db.session.get_one(Shop, shop_id)
            if not reading.is_due(shop):
                db.session.commit()
                return 0
            launch(reading.start(system(store_id), shop).activity)
            return 1
    except BaseTimeoutException:
        raise
    except Exception as failure:
        db.session.rollback()
        log.error("Statements of store %s: %s", store_id, failure, exc_info=failure)
        return 0


def sum_up_sales() -> int:
    """Answers how many days were summed."""
    stores = list(db.session.scalars(select(Store.id).where(Store.state == "installed").order_by(Store.id)))
    present = has_table(SalesDay)
    db.session.rollback()
    summed = 0
    for store_id in stores if present else []:
        try:
            with tenant(store_id):
                summed += sales.settle()
                db.session.commit()
        except BaseTimeoutException:
            raise
        except Exception as failure:
            db.session.rollback()
            log.error("Sales of store %s: %s", store_id, failure, exc_info=failure)
    return summed
