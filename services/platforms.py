"""Clients for a store and for a shop, credentials opened. Built in the session's thread, used in any."""

from collections.abc import Callable

from clients.bigcommerce.api import BigCommerce
from clients.exchange import Exchange
from clients.tiktok.api import TikTok
from models import Authorization, Shop, Store
from services import clock, setup
from services.secrets import unseal

Observe = Callable[[Exchange], None] | None


def bigcommerce(store: Store, observe: Observe = None) -> BigCommerce:
    config = setup.config()
    return BigCommerce(
        setup.transport(), config.bigcommerce_api_url, store.hash, unseal(store.token), setup.budget(), observe
    )


def tiktok(shop: Shop, observe: Observe = None) -> TikTok:
    """For one shop: its cipher and the tokens of its authorization."""
    return _tiktok(shop.authorization, shop.tiktok_id, shop.cipher, observe)


def tiktok_seller(authorization: Authorization, observe: Observe = None) -> TikTok:
    """For seller-level calls, which take no shop (reference 1.6)."""
    return _tiktok(authorization, "", "", observe)


def _tiktok(authorization: Authorization, shop_id: str, cipher: str, observe: Observe) -> TikTok:
    config = setup.config()
    return TikTok(
        setup.transport(),
        config.tiktok_api_url,
        config.tiktok_app_key,
        config.tiktok_app_secret,
        unseal(authorization.access_token),
        shop_id=shop_id,
        cipher=cipher,
        budget=setup.budget(),
        observe=observe,
        clock=lambda: clock_seconds(),
    )


def clock_seconds() -> float:
    """Business time as seconds; pool threads, without an app context, fall back to the signature's learned offset."""
    try:
        return clock.now().timestamp()
    except RuntimeError:
        import time

        return time.time()
