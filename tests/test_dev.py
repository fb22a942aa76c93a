"""dev.py and launcher.py: what a newcomer meets when something is in the way."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import dev
import installer
import launcher


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setattr(dev, "DATA", folder)
    return folder


def test_secrets_are_made_once_and_only_the_owner_reads_them(data: Path) -> None:
    made = dev.generated_secrets()
    assert dev.generated_secrets() == made
    assert stat.S_IMODE((data / "secrets.env").stat().st_mode) == 0o600
    assert min(len(value) for value in made.values()) >= 32


def test_the_development_settings_start_the_app_and_agree_with_the_sandbox(data: Path) -> None:
    from config import Config
    from sandbox.settings import Settings

    values = dev.environment()
    config, settings = Config.read(values), Settings.from_environment(values)
    assert config.development
    assert config.bigcommerce_client_secret == settings.bigcommerce_client_secret
    assert config.tiktok_app_secret == settings.tiktok_app_secret
    assert (config.app_url, config.sandbox_url) == (settings.app_url, settings.api_url)
    assert config.tiktok_consent_url == settings.tiktok_url
    assert config.frame_ancestors == settings.control_panel_url
    assert str(settings.path).startswith(str(data))


def test_the_callers_own_redis_takes_the_place_of_ours(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert dev.environment()["REDIS_URL"].startswith("unix://")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:6390/4")
    assert dev.environment()["REDIS_URL"] == "redis://127.0.0.1:6390/4"


def test_a_deep_checkout_keeps_its_socket_within_the_systems_limit(
    data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(dev, "DATA", tmp_path / ("deep" * 30))
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    path = dev.redis_socket()
    assert len(os.fsencode(path)) < 107
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.parent.rmdir()


def test_a_taken_port_is_named_with_its_owner_and_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        monkeypatch.setenv("WEB_PORT", str(port))
        with pytest.raises(installer.Stop) as stopped:
            dev.refuse_taken_ports()
    assert str(port) in str(stopped.value) and "WEB_PORT=" in str(stopped.value)
    if sys.platform == "linux":
        assert str(os.getpid()) in str(stopped.value)


def test_what_a_killed_run_left_behind_is_named(data: Path) -> None:
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        launcher.note("bulk", left.pid, data)
        with pytest.raises(installer.Stop) as stopped:
            dev.refuse_leftovers()
        assert f"bulk ({left.pid})" in str(stopped.value) and f"kill {left.pid}" in str(stopped.value)
    finally:
        left.kill()
        left.wait()
    dev.refuse_leftovers()
    assert list((data / "processes").iterdir()) == []


def test_a_process_number_used_again_is_not_taken_for_ours(data: Path) -> None:
    launcher.note("web", os.getpid(), data)
    assert launcher.running(data) == {"web": os.getpid()}
    (data / "processes" / "web").write_text(f"{os.getpid()} another beginning")
    assert launcher.running(data) == {}


def test_the_redis_launcher_waits_for_its_clients_and_keeps_the_data(data: Path, tmp_path: Path) -> None:
    import redis

    def start() -> tuple["subprocess.Popen[bytes]", "redis.Redis"]:
        process = subprocess.Popen([sys.executable, launcher.__file__, "redis"], env=environment)
        client = redis.Redis.from_url(url)
        while not launcher.answers(url):
            assert process.poll() is None
        return process, client

    short = Path(f"/tmp/cwtest{os.getpid()}.sock")
    url = f"unix://{short}"
    environment = {**os.environ, "REDIS_URL": url, "CAUSEWAY_DATA": str(data)}
    try:
        process, client = start()
        client.set("kept", "yes")
        assert launcher.other_clients(url) == 1
        process.terminate()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.8)  # our connection is still open
        client.close()
        assert process.wait(5) == 0
        process, client = start()
        assert client.get("kept") == b"yes"
        client.close()
        process.terminate()
        assert process.wait(5) == 0
    finally:
        short.unlink(missing_ok=True)


def test_make_lists_every_command_and_the_procfiles_name_the_same_processes() -> None:
    listed = subprocess.run(["make", "-s"], cwd=installer.ROOT, capture_output=True, text=True, check=True).stdout
    assert [name for name in ("run", "test", "lint", "bench", "clean") if f"make {name} " not in listed] == []

    def names(path: str) -> set[str]:
        return {line.split(":")[0] for line in (installer.ROOT / path).read_text().splitlines() if ":" in line}

    assert names("Procfile") - {"release"} == names("Procfile.dev") - {"redis", "sandbox"}
