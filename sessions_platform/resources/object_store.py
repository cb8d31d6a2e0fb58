"""The object store: a folder or an S3 bucket behind the same few calls. No knowledge of what the objects mean.

A put is atomic: readers see the old object or the new one, whole. Locally it is a temporary file, fsync and rename;
on S3 the protocol's own put. Bytes are moved by obstore; S3 credentials, profile, region and endpoint come from
dagster-aws's `S3Resource`, so that AWS_* variables and `~/.aws` work as boto3 reads them.
"""

import contextlib
import errno
import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any

from sessions_platform.errors import ConfigurationError, StoreError
from sessions_platform.resources.leftovers import hold, remove_abandoned

if TYPE_CHECKING:
    from obstore.store import ObjectStore as Backend

_TEMPORARY = ".tmp-"
_SPOOL_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """Key, size in bytes and time of last change (epoch seconds) of a stored object."""

    key: str
    size: int
    changed: float


class ObjectStore:
    """Objects below one URL. Missing objects raise FileNotFoundError; every other refusal raises StoreError."""

    def __init__(self, backend: "Backend", url: str, folder: Path | None) -> None:
        self.url = url
        self._backend = backend
        self._folder = folder

    def get(self, key: str) -> bytes:
        """The whole object."""
        import obstore

        with self._explained(key):
            return bytes(obstore.get(self._backend, key).bytes())

    def put(self, key: str, data: bytes) -> None:
        """Put the object in place, atomically."""
        with self.writer(key) as stream:
            stream.write(data)

    def put_if_changed(self, key: str, data: bytes) -> bool:
        """Put the object unless exactly these bytes stand there; says whether it wrote."""
        info = self.head(key)
        if info is not None and info.size == len(data) and self.get(key) == data:
            return False
        self.put(key, data)
        return True

    def put_new(self, key: str, data: bytes) -> bool:
        """Put the object unless one stands there; of several that try at once, one is told True."""
        import obstore
        from obstore.exceptions import AlreadyExistsError

        try:
            with self._explained(key):
                obstore.put(self._backend, key, data, mode="create")
        except StoreError as error:
            if isinstance(error.__cause__, AlreadyExistsError):
                return False
            raise
        return True

    def head(self, key: str) -> ObjectInfo | None:
        """Size and time of an object, or None."""
        import obstore

        try:
            with self._explained(key):
                meta = obstore.head(self._backend, key)
        except FileNotFoundError:
            return None
        return ObjectInfo(meta["path"], meta["size"], meta["last_modified"].timestamp())

    def objects(self, prefix: str) -> Iterator[ObjectInfo]:
        """Objects below a folder (`prefix` ends in `/`), in no order; temporary files are left out."""
        import obstore

        with self._explained(prefix):
            for batch in obstore.list(self._backend, prefix.rstrip("/"), chunk_size=1000):
                for meta in batch:
                    if _TEMPORARY not in meta["path"]:
                        yield ObjectInfo(meta["path"], meta["size"], meta["last_modified"].timestamp())

    def folders(self, prefix: str) -> list[str]:
        """Names of the folders directly below a prefix, sorted."""
        import obstore

        with self._explained(prefix):
            found = obstore.list_with_delimiter(self._backend, prefix.rstrip("/"))["common_prefixes"]
        if self._folder is not None:
            # A folder whose last object was deleted stays on a disk; in a store it is none.
            found = [folder for folder in found if any((self._folder / folder).iterdir())]
        return sorted(folder.rstrip("/").rsplit("/", 1)[-1] for folder in found)

    def dates(self, stage: str) -> list[str]:
        """Dates (`2026-11-03`) that have a folder below a stage such as `raw` or `tables/messages`, sorted."""
        return [name.removeprefix("date=") for name in self.folders(stage + "/") if name.startswith("date=")]

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; missing ones are no error."""
        import obstore

        for key in keys:
            with self._explained(key), contextlib.suppress(FileNotFoundError):
                obstore.delete(self._backend, key)

    @contextlib.contextmanager
    def writer(self, key: str) -> Iterator[IO[bytes]]:
        """A stream whose bytes become the object when the block ends without an error, and vanish otherwise."""
        with self._explained(key):
            if self._folder is not None:
                with _replacing(self._folder / key) as stream:
                    yield stream
            else:
                yield from self._upload(key)

    @contextlib.contextmanager
    def reader(self, key: str) -> Iterator[IO[bytes]]:
        """The object as a stream, read in pieces."""
        import obstore

        with self._explained(key):
            if self._folder is not None:
                with (self._folder / key).open("rb") as stream:
                    yield stream
            else:
                yield obstore.open_reader(self._backend, key, buffer_size=4 << 20)  # type: ignore[misc]

    def local_path(self, key: str) -> Path | None:
        """Where the object lies on this machine's disk, if the store is a folder."""
        return None if self._folder is None else self._folder / key

    def sweep(self, prefix: str) -> int:
        """Remove the temporary files that killed processes left below a folder; how many. On S3 there are none."""
        if self._folder is None:
            return 0
        return remove_abandoned((self._folder / prefix).rglob(f"*{_TEMPORARY}*"))

    def check(self) -> None:
        """Try the store as the platform uses it: write, read, list and delete a small object."""
        key = f".check/{uuid.uuid4().hex}"
        self.put(key, b"ok")
        if self.get(key) != b"ok" or not any(info.key == key for info in self.objects(".check/")):
            raise StoreError(f"{self.url}: an object that was just written could not be read back")
        self.delete([key])

    def _upload(self, key: str) -> Iterator[IO[bytes]]:
        """Bytes of an upload, in memory up to 32 MB, then in an unnamed temporary file; all redacted by now."""
        import obstore

        with SpooledTemporaryFile(max_size=_SPOOL_BYTES) as buffer:
            yield buffer
            buffer.seek(0)
            obstore.put(self._backend, key, buffer)

    @contextlib.contextmanager
    def _explained(self, key: str) -> Iterator[None]:
        from obstore import exceptions as oe

        try:
            yield
        except (FileNotFoundError, oe.NotFoundError) as error:
            if "NoSuchBucket" in str(error):
                raise StoreError(f"SESSIONS_STORE_URL={self.url}: there is no such bucket") from None
            raise FileNotFoundError(f"{self.url.rstrip('/')}/{key}") from None
        except (PermissionError, oe.PermissionDeniedError, oe.UnauthenticatedError) as error:
            raise StoreError(f"SESSIONS_STORE_URL={self.url}: no permission for {key} ({_short(error)})") from error
        except oe.BaseError as error:
            raise StoreError(f"SESSIONS_STORE_URL={self.url}: {key}: {_short(error)}") from error
        except OSError as error:
            reason = "the disk is full" if error.errno in {errno.ENOSPC, errno.EDQUOT} else error.strerror or str(error)
            raise StoreError(f"SESSIONS_STORE_URL={self.url}: {key}: {reason}") from error


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """A stream to a temporary file beside `path`, which takes its name after fsync."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary, stream = _temporary_beside(path)
    try:
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _temporary_beside(path: Path) -> tuple[Path, IO[bytes]]:
    while True:
        temporary = path.with_name(f"{path.name}{_TEMPORARY}{os.getpid()}-{uuid.uuid4().hex[:12]}")
        stream = temporary.open("wb")
        if hold(temporary, stream.fileno()):
            return temporary, stream
        stream.close()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _short(error: BaseException) -> str:
    """First line of a client's error, without its dump of the request (which can hold credentials)."""
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__


def open_store(url: str) -> ObjectStore:
    """The store at a folder path, `file://` or `s3://bucket/prefix` URL."""
    if url.startswith("s3://"):
        return ObjectStore(_s3_backend(url), url, None)
    if "://" in url and not url.startswith("file://"):
        raise ConfigurationError(f"SESSIONS_STORE_URL={url}: give a folder or s3://bucket/prefix")
    return _open_folder(Path(url.removeprefix("file://")).expanduser().absolute(), url)


def _open_folder(folder: Path, url: str) -> ObjectStore:
    from obstore.store import LocalStore

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"SESSIONS_STORE_URL={url}: cannot make this folder ({error.strerror})") from error
    if not os.access(folder, os.W_OK):
        raise StoreError(f"SESSIONS_STORE_URL={url}: this folder is read-only")
    return ObjectStore(LocalStore(folder), str(folder), folder)


def _s3_backend(url: str) -> "Backend":
    """obstore's client on boto3's credentials. Imported here: dagster_aws.s3 takes seconds to import."""
    import boto3
    from dagster_aws.s3 import S3Resource
    from obstore.auth.boto3 import Boto3CredentialProvider
    from obstore.store import S3Store

    s3 = S3Resource()
    session = boto3.Session(profile_name=s3.profile_name, region_name=s3.region_name)
    endpoint = s3.endpoint_url or s3.get_client().meta.endpoint_url
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    if not bucket:
        raise ConfigurationError(f"SESSIONS_STORE_URL={url}: the bucket's name is missing")
    if session.get_credentials() is None:
        raise ConfigurationError(f"SESSIONS_STORE_URL={url}: no AWS credentials (AWS_ACCESS_KEY_ID, AWS_PROFILE, role)")
    options: Any = {"region": session.region_name or "us-east-1", "endpoint": endpoint}
    return S3Store(
        bucket,
        prefix=prefix.strip("/") or None,
        config=options,
        credential_provider=Boto3CredentialProvider(session),
        client_options={"allow_http": str(endpoint).startswith("http://")},
        retry_config={"max_retries": 6, "retry_timeout": _seconds(60)},
    )


def _seconds(number: int) -> Any:
    from datetime import timedelta

    return timedelta(seconds=number)
