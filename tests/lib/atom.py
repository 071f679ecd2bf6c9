"""What RFC 4287 asks of a feed, as far as a document can be held against it without a network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

NAMESPACE = "{http://www.w3.org/2005/Atom}"
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_FEED = {
    "author",
    "category",
    "contributor",
    "generator",
    "icon",
    "id",
    "link",
    "logo",
    "rights",
    "subtitle",
    "title",
    "updated",
    "entry",
}
_ENTRY = {
    "author",
    "category",
    "content",
    "contributor",
    "id",
    "link",
    "published",
    "rights",
    "source",
    "summary",
    "title",
    "updated",
}
_ONCE = {
    "generator",
    "icon",
    "id",
    "logo",
    "rights",
    "subtitle",
    "title",
    "updated",
    "published",
    "content",
    "summary",
    "source",
}


def problems(document: bytes) -> list[str]:
    """Everything that RFC 4287 (sections 3 and 4) forbids in a feed document."""
    feed = ElementTree.fromstring(document)
    if feed.tag != f"{NAMESPACE}feed":
        return [f"the root is {feed.tag}"]
    found = _of(feed, _FEED, "feed")
    entries = feed.findall(f"{NAMESPACE}entry")
    if feed.find(f"{NAMESPACE}author") is None and any(
        entry.find(f"{NAMESPACE}author") is None for entry in entries
    ):
        found.append("neither the feed nor every entry has an author")  # 4.1.1
    if not any(link.get("rel") == "self" for link in feed.findall(f"{NAMESPACE}link")):
        found.append("no link rel=self")  # 4.1.1: should
    seen = set()
    for number, entry in enumerate(entries):
        found += _of(entry, _ENTRY, f"entry {number}")
        if entry.find(f"{NAMESPACE}content") is None and not any(
            link.get("rel", "alternate") == "alternate"
            for link in entry.findall(f"{NAMESPACE}link")
        ):
            found.append(f"entry {number}: neither content nor a link rel=alternate")  # 4.1.2
        key = (entry.findtext(f"{NAMESPACE}id"), entry.findtext(f"{NAMESPACE}updated"))
        if key in seen:
            found.append(f"entry {number}: the same id and updated twice")  # 4.1.1
        seen.add(key)
    return found


def _of(element: ElementTree.Element, known: set[str], where: str) -> list[str]:
    names = [child.tag.removeprefix(NAMESPACE) for child in element]
    found = [f"{where}: unknown element {name}" for name in names if name not in known]
    for name in ("id", "title", "updated"):
        if names.count(name) != 1:
            found.append(f"{where}: {names.count(name)} of {name}")
    found += [f"{where}: {name} twice" for name in _ONCE if names.count(name) > 1]
    for name, child in zip(names, element, strict=True):
        found += [f"{where}: {wrong}" for wrong in _CHILDREN.get(name, _any)(child)]
    alternates = [
        (link.get("type"), link.get("hreflang"))
        for link in element.findall(f"{NAMESPACE}link")
        if link.get("rel", "alternate") == "alternate"
    ]
    if len(set(alternates)) < len(alternates):
        found.append(f"{where}: two alternate links of one type and language")  # 4.1.1, 4.1.2
    return found


def _any(_child: ElementTree.Element) -> Iterator[str]:
    yield from ()


def _date(child: ElementTree.Element) -> Iterator[str]:  # 3.3
    if not _is_date((child.text or "").strip()):
        yield f"the date {child.text!r}"


def _id(child: ElementTree.Element) -> Iterator[str]:  # 4.2.6
    if not urlsplit((child.text or "").strip()).scheme:
        yield f"the id {child.text!r} is no absolute IRI"


def _link(child: ElementTree.Element) -> Iterator[str]:  # 4.2.7
    if not urlsplit(child.get("href", "")).scheme:
        yield f"the link {child.get('href')!r} is not absolute"


def _category(child: ElementTree.Element) -> Iterator[str]:  # 4.2.2.1
    if not child.get("term"):
        yield "a category without term"


def _text(child: ElementTree.Element) -> Iterator[str]:  # 3.1.1
    if child.get("type", "text") not in ("text", "html", "xhtml"):
        yield f"a text of type {child.get('type')}"
    if len(child) and child.get("type") != "xhtml":
        yield "a text that holds elements"


def _author(child: ElementTree.Element) -> Iterator[str]:  # 3.2.1
    if not (child.findtext(f"{NAMESPACE}name") or "").strip():
        yield "an author without a name"


_CHILDREN: dict[str, Callable[[ElementTree.Element], Iterator[str]]] = {
    "updated": _date,
    "published": _date,
    "id": _id,
    "link": _link,
    "category": _category,
    "title": _text,
    "summary": _text,
    "author": _author,
}


def _is_date(words: str) -> bool:
    """Whether a text is a date of RFC 3339 with upper-case T and Z, and a real moment."""
    if not _DATE.fullmatch(words):
        return False
    try:
        datetime.fromisoformat(words)
    except ValueError:
        return False
    return True
