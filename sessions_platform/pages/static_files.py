"""Style, script and the Vega bundle of the vl-convert wheel, each under an address that holds its hash."""

import hashlib
import os
import threading
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from starlette.responses import Response

_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_OWN = ("pages.css", "pages.js", "icon.svg")
VEGA = "vega.js"


class StaticFiles:
    """The files that pages link to. The bundle takes seconds to make: it is made once and kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._guard = folder, threading.Lock()
        self._data: dict[str, bytes] = {}

    def url(self, name: str) -> str:
        """Address of a file."""
        return f"/static/{name}?v={hashlib.sha256(self._read(name)).hexdigest()[:16]}"

    def answer(self, name: str) -> Response | None:
        """The file, to be kept by browsers for a year; None if there is none of this name."""
        if name not in (*_OWN, VEGA):
            return None
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(self._read(name), media_type=_TYPES[name.rpartition(".")[2]], headers=headers)

    def _read(self, name: str) -> bytes:
        with self._guard:
            if name not in self._data:
                own = files("sessions_platform.pages").joinpath("static", name)
                self._data[name] = self._bundle() if name == VEGA else own.read_bytes()
            return self._data[name]

    def _bundle(self) -> bytes:
        path = self._folder / f"vega-{version('vl-convert-python')}.js"
        try:
            return path.read_bytes()
        except OSError:
            import vl_convert

            # As its documentation calls it: its types ask for a snippet.
            made = vl_convert.javascript_bundle().encode()  # type: ignore[call-arg]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}.part")
            part.write_bytes(made)
            part.replace(path)
        except OSError:
            pass  # a read-only home: it is made again by the next process
        return made
