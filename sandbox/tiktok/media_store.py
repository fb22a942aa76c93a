"""Where uploaded bytes live: beside the state file, or in a bounded piece of memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

from sandbox.box import Sandbox

Document = dict[str, Any]

MEMORY_MAXIMUM = 64 * 1024 * 1024


class MediaStore:
    """Bytes by name (`<hash>.<extension>`), what is known of images by uri and of files by id."""

    def __init__(self, box: Sandbox) -> None:
        self.images = box.state.collection("tiktok_images")
        self.files = box.state.collection("tiktok_files")
        self.base_url = f"{box.settings.api_url}/tiktok-media"
        self.folder: Path | None = box.settings.path.parent / "tiktok-media" if box.settings.path else None
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
        self.lock = threading.Lock()
        self.memory: OrderedDict[str, bytes] = OrderedDict()
        self.used = 0

    def put(self, name: str, content: bytes) -> str:
        """Keep bytes and answer their address."""
        if self.folder:
            path = self.folder / name
            if not path.exists():
                path.write_bytes(content)
        else:
            with self.lock:
                if name not in self.memory:
                    self.memory[name] = content
                    self.used += len(content)
                while self.used > MEMORY_MAXIMUM:
                    self.used -= len(self.memory.popitem(last=False)[1])
        return f"{self.base_url}/{name}"

    def get(self, name: str) -> bytes | None:
        if self.folder:
            path = self.folder / Path(name).name
            return path.read_bytes() if path.is_file() else None
        return self.memory.get(name)

    def image(self, uri: object) -> Document | None:
        return self.images.get(str(uri))
