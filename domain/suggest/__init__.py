"""Suggestions by local matching: words, kinds of things and past choices; each with a reason, none without a yes."""
