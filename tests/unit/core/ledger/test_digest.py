import hashlib
from datetime import date

from bangfu.core.ledger.digest import canonical, header_text, posting_digest
from bangfu.core.ledger.postings import Posting, allocation
from bangfu.core.ledger.seals import Head, seal
from bangfu.core.ledger.stages import Kind

FIRST = "1" * 64
POSTING = Posting(
    number=3,
    place="420527000000",
    kind=Kind.ALLOCATE,
    day=date(2026, 3, 3),
    document="秭政发〔2026〕1号",
    actor="lu",
    memo="第一批",
    entries=tuple(allocation([("B", "P1", 4000), ("A", "P1", 6000), ("A", "P2", 3000)])),
)
# Written by hand, as an auditor would with a text editor and sha256sum.
TEXT = (
    "posting\t3\t420527000000\tallocate\t2026-03-03\t秭政发〔2026〕1号\tlu\t第一批\t-\n"
    "entry\tA\tallocated\tP1\t6000\n"
    "entry\tA\tallocated\tP2\t3000\n"
    "entry\tA\tannounced\t\t-9000\n"
    "entry\tB\tallocated\tP1\t4000\n"
    "entry\tB\tannounced\t\t-4000\n"
    f"after\tA\t{FIRST}\n"
    "after\tB\t-\n"
)


def test_the_digest_is_sha256_of_the_text_anybody_can_write():
    assert (
        posting_digest(POSTING, {"A": FIRST, "B": ""}) == hashlib.sha256(TEXT.encode()).hexdigest()
    )


def test_the_digest_is_stable():
    assert posting_digest(POSTING, {"A": FIRST, "B": ""}) == (
        "a07c5fdd848d06956920a8bcd60d726938031caee57a2dc868ab6b03de7f3b23"
    )


def test_the_order_of_rows_and_lines_does_not_matter():
    header = header_text(
        3, "420527000000", "allocate", date(2026, 3, 3), "秭政发〔2026〕1号", "lu", "第一批", None
    )
    backwards = canonical(header, reversed(POSTING.entries), {"B": "", "A": FIRST})
    assert backwards == TEXT


def test_a_seal_hashes_its_heads_after_the_seal_before():
    one = seal("420527000000", 202603, "", [Head("B", 2, "b" * 64), Head("A", 3, "a" * 64)])
    text = f"seal\t420527000000\t202603\t-\nhead\tA\t3\t{'a' * 64}\nhead\tB\t2\t{'b' * 64}\n"
    assert one.digest == hashlib.sha256(text.encode()).hexdigest()
    assert one.heads == (Head("A", 3, "a" * 64), Head("B", 2, "b" * 64))
    assert seal("420527000000", 202604, one.digest, one.heads).digest != one.digest
