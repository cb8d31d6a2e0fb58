"""Account and keys on a local OpenViking server: made with the root key, kept in the workspace, tried at a start."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sessions_platform.errors import ConfigurationError
from sessions_platform.openviking_server.config import write_private
from sessions_platform.resources.openviking_admin import OpenVikingAdmin, key_works

ACCOUNT = "sessions"
ADMIN = "admin"
USER = "loader"


@dataclass(frozen=True)
class Keys:
    """Keys of the account's administrator and of the user who loads and searches."""

    admin: str = field(repr=False)
    user: str = field(repr=False)


def tried_keys(url: str, path: Path) -> Keys | None:
    """The kept keys, if the server still takes both."""
    try:
        keys = Keys(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return keys if key_works(url, keys.admin) and key_works(url, keys.user) else None


def make_keys(url: str, root_key: str, path: Path) -> Keys:
    """Make account, administrator and user, or new keys for them where they exist; keep the keys in `path`."""
    with OpenVikingAdmin(url, root_key) as admin:
        try:
            first = admin.create_account(ACCOUNT, ADMIN) or admin.new_key(ACCOUNT, ADMIN)
        except ConfigurationError as error:
            raise ConfigurationError(f"{path.with_name('root.key')} is not this server's root key: {error}") from error
        keys = Keys(admin=first, user=admin.create_user(ACCOUNT, USER) or admin.new_key(ACCOUNT, USER))
    write_private(path, json.dumps(asdict(keys)))
    return keys
