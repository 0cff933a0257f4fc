"""What the server reads out of a message's text (mentions, links, parsed body) and refuses in attachments."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sandbox.people import User
from sandbox.wire import ChatError, Doc

_MENTION = re.compile(r"(?<![\w@])@([\w.\-]+)")
_URL = re.compile(r"https?://[^\s)>\]]+")

Finder = Callable[[str], User | None]


def read(text: str, find: Finder) -> Doc:
    """The fields `urls`, `mentions`, `channels` and `md` of a message with this text."""
    mentions: list[Doc] = []
    if "@" in text:
        for name in dict.fromkeys(_MENTION.findall(text)):
            if name in ("all", "here"):
                mentions.append({"_id": name, "username": name})
            elif (user := find(name.rstrip(".")) or find(name)) is not None:
                mentions.append(user.u | {"type": "user"})
    urls: list[Doc] = []
    if "://" in text:
        urls = [{"url": url, "meta": {}} for url in dict.fromkeys(_URL.findall(text))]
    doc: Doc = {"urls": urls, "mentions": mentions, "channels": []}
    if text:
        doc["md"] = _markdown(text, {m["username"] for m in mentions})
    return doc


def _markdown(text: str, known: set[str]) -> list[Doc]:
    """A plain stand-in for the message parser's tree: paragraphs of text and mentions."""
    if not known:
        return [_paragraph([{"type": "PLAIN_TEXT", "value": line}]) for line in text.split("\n") if line]
    paragraphs: list[Doc] = []
    for line in text.split("\n"):
        parts: list[Doc] = []
        for i, piece in enumerate(re.split(r"(?<![\w@])@([\w.\-]+)", line)):
            if i % 2 and piece in known:
                parts.append({"type": "MENTION_USER", "value": {"type": "PLAIN_TEXT", "value": piece}})
            elif piece:
                parts.append({"type": "PLAIN_TEXT", "value": f"@{piece}" if i % 2 else piece})
        if parts:
            paragraphs.append(_paragraph(parts))
    return paragraphs


def _paragraph(value: list[Doc]) -> Doc:
    return {"type": "PARAGRAPH", "value": value}


_ACTION_TYPES: dict[str, type] = {
    "type": str,
    "text": str,
    "url": str,
    "image_url": str,
    "is_webview": bool,
    "webview_height_ratio": str,
    "msg": str,
    "msg_in_chat_window": bool,
}


def check_attachments(attachments: Any) -> None:
    """Refuse what the server's validator refuses (types, and links that are not absolute http)."""
    if not isinstance(attachments, list) or not all(isinstance(a, dict) for a in attachments):
        raise ChatError("error-invalid-params", "attachments must be an array of objects")
    for attachment in attachments:
        actions = attachment.get("actions", [])
        if not isinstance(actions, list) or not all(isinstance(a, dict) for a in actions):
            raise ChatError("error-invalid-params", "actions must be an array of objects")
        for action in actions:
            for key, kind in _ACTION_TYPES.items():
                if key in action and not isinstance(action[key], kind):
                    raise ChatError("error-invalid-params", f"Match error: Expected {kind.__name__} in field {key}")
        for part in (attachment, *actions):
            for key in ("url", "image_url", "title_link", "thumb_url", "author_link"):
                link = part.get(key)
                if link is not None and not str(link).startswith(("http://", "https://", "/file-upload/")):
                    raise ChatError("error-invalid-params", f"Invalid url in field {key}")
