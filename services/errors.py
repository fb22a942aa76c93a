"""What a service refuses, in words for the merchant: what, which object, why, and the one thing to press."""


class ServiceError(Exception):
    """Base of everything a service refuses on purpose. `action` is the label of the one thing to press, `url` where it
    leads, below the store's own pages (for example "/wizard/warehouses")."""

    status = 409

    def __init__(self, text: str, action: str = "", url: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.action = action
        self.url = url


class NotFound(ServiceError):
    """The thing is not there, or belongs to somebody else: the answer is the same."""

    status = 404


class Forbidden(ServiceError):
    """The person, or this kind of shop, may not do that; the text says why."""

    status = 403


class Stale(ServiceError):
    """Somebody else changed the same thing meanwhile."""

    status = 409


class Invalid(ServiceError):
    """Input that changes nothing; the text says what to correct."""

    status = 422
