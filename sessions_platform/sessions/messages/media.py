"""Placeholders for what is not text. The bytes of an image are never kept; a Langfuse media token is: it is short."""

import re
from typing import Any

TOKEN = re.compile(r"@@@langfuseMedia:[^@\s]{1,400}@@@")
_KINDS = ("image", "audio", "video")
_KIND_KEYS = ("type", "modality", "mime_type", "mimeType", "media_type", "mediaType")
_DEPTH = 4
_IMAGES = ("image", "image_url", "image-url", "input_image", "image_file")
_SOUNDS = ("audio", "audio_url", "audio-url", "input_audio", "output_audio", "video", "video_url", "video-url")
_FILES = ("file", "input_file", "file_data", "file-data", "fileData", "document", "document-url")
_BYTES = ("media", "blob", "uri", "binary", "inline_data", "inlineData")
MEDIA_TYPES = frozenset((*_IMAGES, *_SOUNDS, *_FILES, *_BYTES))


def placeholder(part: dict[str, Any], hint: str = "") -> str:
    """`[image]`, `[audio]`, `[video]` or `[file]`, with the part's media tokens behind it."""
    words = [hint, *_strings([part.get(key) for key in _KIND_KEYS], 1)]
    body = part.get("source") or part.get("inline_data") or part.get("inlineData") or part.get("file_data")
    if isinstance(body, dict):
        words += _strings([body.get(key) for key in _KIND_KEYS], 1)
    kind = next((kind for kind in _KINDS for word in words if word.lower().startswith((kind, f"input_{kind}"))), "file")
    tokens = [token for text in _strings(part, _DEPTH) for token in TOKEN.findall(text)]
    return " ".join([f"[{kind}]", *tokens])


def document_text(part: dict[str, Any]) -> str | None:
    """The text of a document that is sent as text."""
    source = part.get("source")
    if isinstance(source, dict) and source.get("type") == "text" and isinstance(source.get("data"), str):
        return str(source["data"])
    return None


def _strings(value: Any, depth: int) -> list[str]:
    if isinstance(value, str):
        return [value]
    if depth <= 0:
        return []
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in items for text in _strings(item, depth - 1)]
