"""The status words of this request: those of the vocabulary that the store has chosen."""

from flask import g

from domain.vocabulary import Vocabulary, vocabulary
from services import settings


def spoken() -> Vocabulary:
    """Read once a request; after a change of the settings the next request speaks the new one."""
    if "vocabulary" not in g:
        g.vocabulary = vocabulary(settings.of(g.store).status_words)
    found: Vocabulary = g.vocabulary
    return found
