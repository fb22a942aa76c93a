"""Keeps our BigCommerce webhooks registered: they are switched off after failures and vanish with an uninstall."""

import secrets as random

from sqlalchemy import select

from clients.bigcommerce.hooks import SECRET_HEADER
from clients.errors import ClientError, Unauthorised
from models import Store, db
from models.tenancy import across_stores, tenant
from services import platforms, setup, stores, webhooks
from services.secrets import seal, unseal

SCOPES = webhooks.BIGCOMMERCE


def keep() -> int:
    """A schedule: every installed store; answers how many hooks were made or switched on."""
    with across_stores("webhooks of every installed store are kept"):
        ids = list(db.session.scalars(select(Store.id).where(Store.state == "installed")))
        db.session.rollback()
    return sum(keep_store(store_id) for store_id in ids)


def keep_store(store_id: int) -> int:
    """Registers what is missing for one store and switches on what was switched off; a platform that does not answer is
    asked again next time."""
    config = setup.config()
    with across_stores("webhooks of a store are kept"):
        store = db.session.get(Store, store_id)
        if store is None or not store.token:
            db.session.rollback()
            return 0
        if not store.hook_secret:
            store.hook_secret = seal(random.token_urlsafe(32))
        secret, client = unseal(store.hook_secret), platforms.bigcommerce(store)
        db.session.commit()
    destination = f"{config.hooks_url or config.app_url}/hooks/bigcommerce"
    made = 0
    try:
        present = {hook.scope: hook for hook in client.hooks() if hook.destination == destination}
        for scope in SCOPES:
            hook = present.get(scope)
            if hook is None:
                client.create_hook(scope, destination, {SECRET_HEADER: secret})
            elif not hook.is_active:  # two days without an answer of ours (reference 7.4); a second one is refused
                client.activate_hook(hook.id, {SECRET_HEADER: secret})
            else:
                continue
            made += 1
    except Unauthorised as refusal:
        with tenant(store_id):
            if refusal.status != 403:
                stores.reject(db.session.get_one(Store, store_id), refusal.text)
                db.session.commit()
    except ClientError:
        return made
    return made
