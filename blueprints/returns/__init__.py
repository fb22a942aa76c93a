"""Returns: the inbox, one request and its answer, what the seller starts, how requests are handled."""

from blueprints.returns import single, starting
from blueprints.returns.area import returns
from blueprints.returns.routes import index
from blueprints.returns.settings import return_settings

__all__ = ["index", "return_settings", "returns", "single", "starting"]
