"""The sandbox's own settings, read from the environment that `dev.py` prepares. All addresses are loopback."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Settings:
    path: Path | None = None  # the state file; None keeps it in memory
    port: int = 8100
    app_url: str = "http://127.0.0.1:8000"  # the product, framed by the control panel
    control_panel_url: str = "http://localhost:8100"  # BigCommerce's admin: another site than the app
    tiktok_url: str = "http://tiktok.localhost:8100"  # TikTok's consent pages: a third site
    api_url: str = "http://127.0.0.1:8100"  # where servers reach both APIs
    # The app as registered with both platforms (must equal the product's configuration).
    bigcommerce_client_id: str = "sandbox-client-id"
    bigcommerce_client_secret: str = "sandbox-client-secret-0123456789abcdef"
    tiktok_app_key: str = "sandboxkey01"
    tiktok_app_secret: str = "sandboxsecret0123456789"
    tiktok_service_id: str = "7000000000000000009"
    seed: int = 7
    products: int = 120
    review_seconds: float = 6.0  # how long a review takes by the sandbox's clock
    lenient_cipher: bool = False  # accept an unwanted shop_cipher (black-box SDK runs, reference 1.6)
    run_timers: bool = True
    mail_port: int | None = None  # where the mailbox listens; 0: any free port

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """`SANDBOX_<NAME>` per field; the credentials are shared with the product (`BIGCOMMERCE_CLIENT_ID`, …)."""
        port = int(environment.get("SANDBOX_PORT", "8100"))
        path, mail_port = environment.get("SANDBOX_PATH"), environment.get("SANDBOX_MAIL_PORT")
        return cls(
            path=Path(path) if path else None,
            port=port,
            mail_port=int(mail_port) if mail_port else None,
            app_url=environment.get("APP_URL", cls.app_url),
            control_panel_url=environment.get("SANDBOX_CONTROL_PANEL_URL", f"http://localhost:{port}"),
            tiktok_url=environment.get("SANDBOX_TIKTOK_URL", f"http://tiktok.localhost:{port}"),
            api_url=environment.get("SANDBOX_API_URL", f"http://127.0.0.1:{port}"),
            bigcommerce_client_id=environment.get("BIGCOMMERCE_CLIENT_ID", cls.bigcommerce_client_id),
            bigcommerce_client_secret=environment.get("BIGCOMMERCE_CLIENT_SECRET", cls.bigcommerce_client_secret),
            tiktok_app_key=environment.get("TIKTOK_APP_KEY", cls.tiktok_app_key),
            tiktok_app_secret=environment.get("TIKTOK_APP_SECRET", cls.tiktok_app_secret),
            tiktok_service_id=environment.get("TIKTOK_SERVICE_ID", cls.tiktok_service_id),
            seed=int(environment.get("SANDBOX_SEED", "7")),
            products=int(environment.get("SANDBOX_PRODUCTS", "120")),
            review_seconds=float(environment.get("SANDBOX_REVIEW_SECONDS", "6")),
            lenient_cipher=environment.get("SANDBOX_LENIENT_CIPHER", "") == "1",
        )
