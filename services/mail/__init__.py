"""Mail: what people want to be told, the outbox, and how a letter leaves it."""
