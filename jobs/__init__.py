"""Background work. RQ only rings; the rows in the database are the work."""

from jobs.setup import install

__all__ = ["install"]
