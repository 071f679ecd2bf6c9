"""The digest of a posting: what it says and what it follows, in 64 hexadecimal digits.

The canonical text is one field list a line, fields parted by a tab, so that anybody can write it down
and hash it with `sha256sum`:

    posting <number> <place> <kind> <day> <document> <actor> <memo> <number reversed or ->
    entry   <line> <stage> <project> <fen>          sorted as text
    after   <line> <previous digest of the line, or ->   sorted as text

Sorting is by code point, which is the byte order of UTF-8 and PostgreSQL's collation "C". No field can
hold a tab or a line break (`validation.check_texts`, and check constraints in the database).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256

from bangfu.core.ledger.postings import Entry, Posting

NOTHING = "-"


def header_text(
    number: int,
    place: str,
    kind: str,
    day: date,
    document: str,
    actor: str,
    memo: str,
    reverses: int | None,
) -> str:
    """The first line of a posting's canonical text."""
    reversed_number = NOTHING if reverses is None else str(reverses)
    return (
        f"posting\t{number}\t{place}\t{kind}\t{day.isoformat()}\t{document}\t{actor}\t{memo}"
        f"\t{reversed_number}\n"
    )


def entry_text(line: str, stage: str, project: str, fen: int) -> str:
    """One entry's line of the canonical text."""
    return f"entry\t{line}\t{stage}\t{project}\t{fen}\n"


def canonical(header: str, entries: Iterable[Entry], previous: Mapping[str, str]) -> str:
    """The text that is hashed. `previous` maps each line touched to the digest it follows, "" for none."""
    rows = sorted([entry_text(*entry) for entry in entries])
    links = sorted([f"after\t{line}\t{digest or NOTHING}\n" for line, digest in previous.items()])
    return "".join([header, *rows, *links])


def posting_digest(posting: Posting, previous: Mapping[str, str]) -> str:
    """SHA-256 over the canonical text of a posting, as 64 lower-case hexadecimal digits."""
    header = header_text(
        posting.number,
        posting.place,
        posting.kind,
        posting.day,
        posting.document,
        posting.actor,
        posting.memo,
        posting.reverses,
    )
    return text_digest(canonical(header, posting.entries, previous))


def text_digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, as 64 lower-case hexadecimal digits."""
    return sha256(text.encode()).hexdigest()
