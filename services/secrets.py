"""Secrets at rest: sealed with the first key, opened with any (rotation)."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from services import setup


class SealBroken(Exception):
    """A stored secret cannot be opened with any of the keys."""


def _keys() -> MultiFernet:
    return MultiFernet(
        [Fernet(key.strip().encode()) for key in setup.config().encryption_keys.split(",") if key.strip()]
    )


def seal(text: str) -> str:
    """The text encrypted for the database; empty stays empty."""
    return _keys().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """The text again; raises SealBroken when no key opens it."""
    if not sealed:
        return ""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as broken:
        raise SealBroken("A stored secret does not open with the current ENCRYPTION_KEYS.") from broken


def reseal(sealed: str) -> str:
    """The same secret under the newest key."""
    return _keys().rotate(sealed.encode()).decode() if sealed else ""
