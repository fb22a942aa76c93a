"""Which revisions code and database meet at (docs/decisions/0007). A release moves both."""

RELEASED = "0001"
"""What the last release brought. Its code must go on working on every later expand."""

OLDEST = "0002"
"""The oldest revision that the code of this checkout runs on: the newest one that added a column the models name, or a
table that pages cannot do without."""
