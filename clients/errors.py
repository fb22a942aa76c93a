"""The one error tree of both clients. Callers catch branches and never look at status numbers."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

PLATFORMS = {"bigcommerce": "BigCommerce", "tiktok": "TikTok Shop"}


@dataclass(frozen=True, slots=True)
class ItemError:
    """One refusal inside an answer: TikTok's `data.errors[]` (reference 1.5) or one field of BigCommerce's `errors`."""

    code: str
    message: str
    subject: str = ""  # the id (or the field) it is about
    kind: str = ""  # what the subject is: product_id, sku_id, warehouse_id, field
    extra: tuple["ItemError", ...] = ()


class Facts(TypedDict, total=False):
    """Where and how a call failed; every error carries them."""

    platform: str
    method: str
    path: str
    status: int | None
    code: str
    request_id: str


class ClientError(Exception):
    """A call that did not succeed. `unknown`: it may have been applied nevertheless, so look before sending again."""

    unknown = False

    def __init__(
        self,
        text: str = "",
        *,
        platform: str = "",
        method: str = "",
        path: str = "",
        status: int | None = None,
        code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(text)
        self.text = text
        self.platform = platform
        self.method = method
        self.path = path
        self.status = status
        self.code = code
        self.request_id = request_id

    def __str__(self) -> str:
        facts = [
            f"HTTP {self.status}" if self.status is not None else "",
            f"code {self.code}" if self.code else "",
            f"request {self.request_id}" if self.request_id else "",
        ]
        known = ", ".join(fact for fact in facts if fact)
        where = " ".join(part for part in (PLATFORMS.get(self.platform, self.platform), self.method, self.path) if part)
        return f"{where}: {self.text}" + (f" ({known})" if known else "")


class Unreachable(ClientError):
    """No whole answer. Refused connections and unknown hosts were certainly not applied, the rest may have been."""

    def __init__(self, text: str = "", *, unknown: bool = True, **facts: Unpack[Facts]) -> None:
        super().__init__(text, **facts)
        self.unknown = unknown


class Throttled(ClientError):
    """Refused for the rate alone. `retry_after`: seconds the platform named, where it named a sane number."""

    def __init__(self, text: str = "", *, retry_after: float | None = None, **facts: Unpack[Facts]) -> None:
        super().__init__(text, **facts)
        self.retry_after = retry_after


class Unauthorised(ClientError):
    """The credentials were rejected. `expired`: the access token ended by time, a refresh is the cure. `permission`:
    they are good, but this one thing was not granted. `credential` is the mark of the token it was, where that is
    known: the answer to a call with an older one says nothing of the newer."""

    credential = ""

    def __init__(
        self, text: str = "", *, expired: bool = False, permission: bool = False, **facts: Unpack[Facts]
    ) -> None:
        super().__init__(text, **facts)
        self.expired = expired
        self.permission = permission


def mark(credential: str) -> str:
    """Names a secret without telling it."""
    return hashlib.sha256(credential.encode()).hexdigest()[:12]


class Refused(ClientError):
    """The platform understood and said no; nothing was applied. `details`: the refusals nested in the answer."""

    def __init__(self, text: str = "", *, details: Sequence[ItemError] = (), **facts: Unpack[Facts]) -> None:
        super().__init__(text, **facts)
        self.details = list(details)


class Unreadable(ClientError):
    """An answer came and is not what the platform documents, so nobody knows what happened."""

    unknown = True
