"""BigCommerce: sign-in of the app, the signed launch, webhooks and the store's API."""

from clients.bigcommerce.api import BigCommerce

__all__ = ["BigCommerce"]
