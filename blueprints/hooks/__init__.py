"""Where the platforms reach us: signed webhooks, answered at once."""
