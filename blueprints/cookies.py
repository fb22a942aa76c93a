"""The cookies of the framed app: partitioned, because the control panel is another site."""

from flask import Response
from itsdangerous import BadSignature, URLSafeSerializer

from services import sessions, setup

NOTE = "__Host-note-"  # a toast that waits for the next whole page of its store
NOTE_SECONDS = 60
TRIAL = "__Host-as-"  # the owner tries a role on in this browser; which one is a row


def _put(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="None", partitioned=True
    )


def drop(response: Response, name: str) -> None:
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="None", partitioned=True)


def put_session(response: Response, store_hash: str, opaque: str) -> None:
    _put(response, sessions.cookie_name(store_hash), opaque, int(sessions.LIFETIME.total_seconds()))


def put_note(response: Response, store_hash: str, note: dict[str, str]) -> None:
    _put(response, NOTE + store_hash, str(_serializer(store_hash).dumps(note)), NOTE_SECONDS)


def put_trial(response: Response, store_hash: str, seconds: int) -> None:
    _put(response, TRIAL + store_hash, "1", seconds)


def read_note(cookies: dict[str, str], store_hash: str) -> dict[str, str] | None:
    """The waiting toast; None when there is none or somebody else wrote it."""
    try:
        note = _serializer(store_hash).loads(cookies.get(NOTE + store_hash, ""))
    except BadSignature:
        return None
    return {str(key): str(value) for key, value in note.items()} if isinstance(note, dict) else None


def _serializer(store_hash: str) -> URLSafeSerializer:
    return URLSafeSerializer(setup.config().secret_key, salt=f"note:{store_hash}")
