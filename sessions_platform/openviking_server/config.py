"""The configuration file, environment and folders of a local OpenViking server; no process is handled here.

Limits are for 2 cores and 4 GB, where unbounded model concurrency is the well-known failure. The workspace is named
after embedding model and dimension, because vectors of two models must never meet in one index.
"""

import contextlib
import json
import os
import re
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sessions_platform.loopback import HOST

EMBEDDINGS_A_CHAT = 4
"""Embedding requests in flight for each chat request that may be: they are short, and there are five times as many."""
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True)
class ServerOptions:
    """What a server is made from. `port` 0 takes a free one; `gateway_url` is an OpenAI-compatible base URL."""

    home: Path
    gateway_url: str
    gateway_api_key: str = field(default="", repr=False)
    chat_model: str = "offline-extractive"
    embedding_model: str = "offline-hashed-words"
    embedding_dimension: int = 2048
    model_concurrency: int = 2
    port: int = 0
    chat_timeout_seconds: float = 120.0

    @property
    def workspace(self) -> Path:
        """Folder of everything this server writes."""
        name = _UNSAFE.sub("-", self.embedding_model).strip("-.") or "model"
        return self.home / "openviking" / f"{name}-{self.embedding_dimension}"

    @property
    def configuration(self) -> Path:
        """The file the server is started with."""
        return self.workspace / "ov.conf"

    @property
    def keys_file(self) -> Path:
        """Where account keys are kept."""
        return self.workspace / "keys.json"

    @cached_property
    def root_key(self) -> str:
        """The server's root key: made on first use, kept in the workspace."""
        path = self.workspace / "root.key"
        with contextlib.suppress(FileNotFoundError):
            if key := path.read_text(encoding="ascii").strip():
                return key
        key = secrets.token_urlsafe(32)
        write_private(path, key)
        return key


def write_private(path: Path, text: str) -> None:
    """Replace a file that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.tmp-{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def write_configuration(options: ServerOptions, port: int) -> None:
    """Put `ov.conf` in place (owner only: it holds keys)."""
    write_private(options.configuration, json.dumps(configuration(options, port), indent=1))


def configuration(options: ServerOptions, port: int) -> dict[str, Any]:
    """The server's configuration: at most `model_concurrency` chat requests in flight, four times the embeddings."""
    model = {"provider": "openai", "api_key": options.gateway_api_key or "none", "api_base": options.gateway_url}
    most = max(1, options.model_concurrency)
    one_by_one = {"max_concurrent": 1}
    return {
        "server": {"host": HOST, "port": port, "root_api_key": options.root_key},
        "storage": {
            "workspace": str(options.workspace / "data"),
            "vectordb": {"name": "context", "backend": "local"},
            "agfs": {"backend": "local"},
        },
        "embedding": {
            "dense": {**model, "model": options.embedding_model, "dimension": options.embedding_dimension},
            # The server takes so many from its queue five times a second: with few, it waits more than it works.
            "max_concurrent": EMBEDDINGS_A_CHAT * most,
            "max_retries": 2,
            # A gateway that was away for a while must not keep the index closed for minutes after it came back.
            "circuit_breaker": {"failure_threshold": 5, "reset_timeout": 2, "max_reset_timeout": 10},
        },
        "vlm": {
            **model,
            "model": options.chat_model,
            "max_concurrent": most,
            "max_retries": 1,
            "timeout": options.chat_timeout_seconds,
        },
        "queue_workers": {
            # Taken once a second, so many at a time. Ours ask a model only for extraction, and then the loader sends no
            # more at once than there may be requests.
            "session_commit": {"max_concurrent": 16},
            "add_resource": {**one_by_one, "file_operation_concurrency": 4, "file_vectorization_concurrency": 2},
            "external_parse": one_by_one,
            "reindex": one_by_one,
            "external_task": one_by_one,
        },
        "enable_watch_scheduler": False,
        "log": {"level": "WARNING", "output": "stdout"},
    }


def environment(options: ServerOptions) -> dict[str, str]:
    """The server's variables: ours, without those that would overrule the file, and with loopback off any proxy."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENVIKING_", "OV_"))}
    direct = ",".join(filter(None, [kept.get("NO_PROXY") or kept.get("no_proxy"), "127.0.0.1,localhost"]))
    return kept | {
        "NO_PROXY": direct,
        "no_proxy": direct,
        # glibc keeps an arena a thread otherwise: tens of megabytes on a small box.
        "MALLOC_ARENA_MAX": "2",
        # Its libraries would fetch price lists and tokenizers from the internet while they are imported.
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "HF_HUB_OFFLINE": "1",
        "PYTHONUNBUFFERED": "1",
    }
