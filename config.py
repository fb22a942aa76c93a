"""Every setting, read once from the environment. A missing or weak secret stops the start with one line."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

WEAK = {"", "dev", "secret", "changeme", "change-me", "password"}
OTHERS = ""  # in `evidence_kept`: all kinds that are not named


class WrongSetting(Exception):
    """A setting that must not be used; the text is one line for the person who starts the process."""


@dataclass(frozen=True)
class Config:
    """One attribute per environment variable, in lower case."""

    causeway_env: str = "production"  # or development
    app_url: str = "http://127.0.0.1:8000"
    database_url: str = ""
    redis_url: str = ""
    secret_key: str = ""  # signs CSRF tokens and the state of outgoing authorisations
    encryption_keys: str = ""  # Fernet keys, comma separated, the first encrypts (rotation)
    bigcommerce_client_id: str = ""
    bigcommerce_client_secret: str = ""
    bigcommerce_app_id: str = ""
    bigcommerce_api_url: str = "https://api.bigcommerce.com"
    bigcommerce_login_url: str = "https://login.bigcommerce.com"
    frame_ancestors: str = "https://*.mybigcommerce.com"
    tiktok_app_key: str = ""
    tiktok_app_secret: str = ""
    tiktok_service_id: str = ""
    tiktok_api_url: str = "https://open-api.tiktokglobalshop.com"
    tiktok_auth_url: str = "https://auth.tiktok-shops.com"
    tiktok_consent_url: str = "https://services.tiktokshop.com"
    tiktok_consent_url_us: str = ""  # US sellers' own page; empty: the same as the rest of the world
    semi_consignment_url: str = ""  # an adapter for TikTok's semi-consignment stores; empty: that stays off
    semi_consignment_token: str = ""  # what the adapter is asked with
    hooks_url: str = ""  # where the platforms reach our webhooks; empty: app_url
    sandbox_url: str = ""  # set only in development: image fetches may go there, business time follows it
    data_folder: str = ".data"
    proxy_hops: int = 0  # trusted reverse proxies in front (X-Forwarded-*)
    publish_rate: float = 48.0  # TikTok calls per second, shop and endpoint (limit 50, reference 1.8)
    settle_seconds: float = 8.0  # how long an unanswered write may still take effect before we look it up
    evidence_days: str = "90,catalog_import=14,publish=400"  # how long evidence is kept, by kind of activity
    activity_days: int = 400  # how long activities stay in the feed after their end
    smtp_url: str = ""  # smtp://[name:password@]host[:port] or smtps://…; empty: no mail is sent
    mail_from: str = "causeway@localhost"
    metrics_token: str = ""  # /metrics answers whoever brings it; empty: nobody
    rate_limits: float = 1.0  # multiplies what blueprints/limits.py allows; 0 takes the limits away (benchmarks)
    kill_point: str = ""  # tests: the worker kills itself at this named point

    @property
    def development(self) -> bool:
        return self.causeway_env == "development"

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @classmethod
    def read(
        cls, environment: Mapping[str, str] | None = None, overrides: Mapping[str, object] | None = None
    ) -> "Config":
        """From the environment and explicit overrides (tests), checked."""
        source: dict[str, object] = dict(os.environ if environment is None else environment)
        source.update(overrides or {})
        values: dict[str, Any] = {}
        for field in fields(cls):
            raw = source.get(field.name.upper())
            if raw is None or raw == "":
                continue
            kind: type = type(field.default)
            try:
                values[field.name] = kind(str(raw))
            except ValueError:
                raise WrongSetting(f"{field.name.upper()} must be a number, not {raw!r}.") from None
        config = cls(**values)
        config.check()
        return config

    def check(self) -> None:
        """Stops the start with one clear line when a secret is missing or weak."""
        for name in ("database_url", "redis_url", "bigcommerce_client_id", "tiktok_app_key", "tiktok_service_id"):
            if not getattr(self, name):
                raise WrongSetting(f"{name.upper()} is not set. See the configuration table in README.md.")
        for name in ("secret_key", "bigcommerce_client_secret", "tiktok_app_secret"):
            value = getattr(self, name)
            # TikTok issues app secrets of its own length; ours and BigCommerce's must be long.
            least = 16 if name == "tiktok_app_secret" else 32
            if value.lower() in WEAK or len(value) < least:
                raise WrongSetting(f"{name.upper()} is missing or weak: it needs at least {least} characters.")
        self.evidence_kept  # noqa: B018 - stops the start when it cannot be read
        if self.metrics_token and len(self.metrics_token) < 16:
            raise WrongSetting("METRICS_TOKEN needs at least 16 characters.")
        if not self.encryption_keys:
            raise WrongSetting("ENCRYPTION_KEYS is not set. Make one with: python -m commands new-key")
        if not self.development:
            if self.sandbox_url:
                raise WrongSetting("SANDBOX_URL belongs to development only. Unset it or set CAUSEWAY_ENV=development.")
            if not self.app_url.startswith("https://"):
                raise WrongSetting("APP_URL must start with https:// in production: BigCommerce frames nothing else.")

    @property
    def evidence_kept(self) -> dict[str, int]:
        """`EVIDENCE_DAYS` "90,catalog_import=14" is ninety days, and fourteen for imports. Kind → days;
        OTHERS stands for all that are not named."""
        kept: dict[str, int] = {}
        for part in filter(None, (part.strip() for part in self.evidence_days.split(","))):
            kind, _, days = part.rpartition("=")
            if not days.strip().isdigit() or int(days) < 1:
                raise WrongSetting(f"EVIDENCE_DAYS: {part!r} is neither a number of days nor kind=days.")
            kept[kind.strip() or OTHERS] = int(days)
        if OTHERS not in kept:
            raise WrongSetting("EVIDENCE_DAYS needs a number for all kinds first, as in: 90,catalog_import=14")
        return kept

    @property
    def database(self) -> str:
        """The SQLAlchemy address; hosting providers still hand out the old `postgres://` spelling."""
        url = self.database_url
        if url.startswith("postgres://"):
            url = "postgresql://" + url.removeprefix("postgres://")
        if url.startswith("postgresql://"):
            url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
        return url

    @property
    def folder(self) -> Path:
        return Path(self.data_folder)
