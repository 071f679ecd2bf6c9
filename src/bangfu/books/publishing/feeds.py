"""Atom feeds (RFC 4287): what was published last of a place."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from bangfu.books.publishing.models import Publication
from bangfu.core.language import Text

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
_KINDS = {
    "plan": Text("资金项目计划", "plan"),
    "project": Text("项目", "project"),
    "month": Text("资金拨付", "payments"),
    "results": Text("项目绩效", "results"),
    "draw": Text("抽查", "draw"),
    "seal": Text("台账月封", "seal of the ledger"),
}


class _Feed(Atom1Feed):
    """Django's, but for the moment of a feed without entries, which it would take from a clock."""

    otherwise: datetime

    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=self.otherwise)


def atom(
    *,
    title: str,
    address: str,
    own_address: str,
    author: str,
    language: str,
    publications: Iterable[Publication],
    address_of: Callable[[Publication], str],
    say: Callable[[Text], str],
    now: datetime,
) -> str:
    """The feed as XML. `address` is the page it stands for, `own_address` its own; all are absolute.
    An empty feed is as of `now`.

    An entry keeps its id through every version of what it tells, and its `updated` moves on.
    """
    feed = _Feed(
        title=_plain(title),
        link=address,
        description=None,
        language=language,
        author_name=_plain(author),
        feed_url=own_address,
        feed_guid=own_address,
    )
    feed.otherwise = now
    for each in publications:
        words = say(Text(each.title_zh, each.title_en))
        place = " ".join(name for name in (each.county, each.township, each.village) if name)
        said = say(
            Text(
                f"{place}。第 {each.version} 版，公开到 {each.closes_on}。",
                f"{place}. Version {each.version}, public until {each.closes_on}.",
            )
        )
        feed.add_item(
            title=_plain(words),
            link=address_of(each),
            description=escape(_plain(said)),
            unique_id=f"urn:uuid:{each.series}",
            pubdate=each.first_at,
            updateddate=each.published_at,
            categories=[say(_KINDS[each.kind])],
        )
    text: str = feed.writeString("utf-8")
    return text


def _plain(words: str) -> str:
    """Without the characters that XML does not know."""
    return "".join(
        c for c in words if unicodedata.category(c) not in ("Cc", "Cs") and c not in "\ufffe\uffff"
    )
