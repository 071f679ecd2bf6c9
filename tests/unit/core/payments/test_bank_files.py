"""The bank's files: the same bytes, and a return that is the same or nothing however it is mangled."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.payments.bank import (
    BACK,
    Order,
    Result,
    position_of,
    read_return,
    reference,
    summary_of,
    write_file,
)

SENT = {reference(7, position): position * 101 for position in range(1, 6)}


def written(rows, head=BACK) -> bytes:
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(head)
    lines.writerows(rows)
    return out.getvalue().encode()


def right(failed=()):
    return [
        (ref, f"{fen // 100}.{fen % 100:02d}", "失败" if ref in failed else "成功", "账户注销")
        for ref, fen in SENT.items()
    ]


@pytest.mark.parametrize(
    "scheme, term, told",
    [
        ("雨露计划职业教育补助", "2026年秋季学期", "雨露计划职业教育补助 2026年秋季学期"),
        ("长" * 40, "2026年秋季学期", "长" * 20 + " 2026年秋季学期"),
    ],
)
def test_the_summary_names_scheme_and_term_in_thirty_characters(scheme, term, told):
    assert summary_of(scheme, term) == told
    assert len(told.encode("gb18030")) <= 60


def test_the_file_is_these_bytes():
    content = write_file([Order(reference(7, 1), '张"三', "62101", 150_000)], summary="雨露")
    assert (
        content
        == (
            "\ufeff流水号,户名,账号,金额（元）,摘要\r\n"
            '00000007000001,"张""三",62101,1500.00,雨露\r\n'
        ).encode()
    )


@given(st.integers(1, 99_999_999), st.integers(1, 999_999))
def test_a_reference_names_its_batch_and_position(batch, position):
    written_as = reference(batch, position)
    assert position_of(batch, written_as) == position
    assert position_of(batch % 99_999_999 + 1, written_as) is None


@given(st.permutations(right()), st.sets(st.sampled_from(sorted(SENT))))
def test_any_order_is_the_same_return(order, failed):
    rows = [(ref, yuan, "失败" if ref in failed else "成功", why) for ref, yuan, _, why in order]
    plain = read_return(written(right(failed)), SENT)
    assert read_return(written(rows), SENT) == plain
    assert plain.problems == ()
    assert {each.reference for each in plain.results if each.failure} == failed


mangled = st.one_of(
    st.tuples(st.just("drop"), st.integers(0, 4)),
    st.tuples(st.just("twice"), st.integers(0, 4)),
    st.tuples(st.just("amount"), st.integers(0, 4)),
    st.tuples(st.just("unknown"), st.integers(0, 4)),
    st.tuples(st.just("result"), st.integers(0, 4)),
    st.tuples(st.just("short"), st.integers(0, 4)),
)


@given(
    st.permutations(right()), st.lists(mangled, min_size=1, max_size=4, unique_by=lambda m: m[1])
)
def test_a_mangled_return_gives_nothing_and_names_every_fault(order, faults):
    rows = list(order)
    added = []
    for what, at in faults:
        ref, yuan, result, why = rows[at]
        if what == "twice":
            added.append(rows[at])
        rows[at] = {
            "drop": None,
            "twice": rows[at],
            "amount": (
                ref,
                f"{yuan}1"[:-1] + "9" if not yuan.endswith("9") else "0.00",
                result,
                why,
            ),
            "unknown": (reference(8, at + 1), yuan, result, why),
            "result": (ref, yuan, "好", why),
            "short": (ref, yuan),
        }[what]
    returned = read_return(written([row for row in rows if row] + added), SENT)
    assert returned.results == ()
    # An unknown reference stands in the place of one that no line names any more: both are told.
    unknown = [fault for fault in faults if fault[0] == "unknown"]
    assert len(returned.problems) == len(faults) + len(unknown)


@given(st.binary(max_size=300))
def test_any_bytes_give_nothing_and_a_reason(content):
    returned = read_return(content, SENT)
    assert returned.results == ()
    assert returned.problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_of_banks(encoding):
    content = written(right()).decode().encode(encoding)
    assert len(read_return(content, SENT).results) == len(SENT)


def test_a_reason_holds_no_number_and_one_line():
    ref = reference(7, 1)
    content = written([(ref, "1.01", "失败", "卡号 6210000011112222\n已销户")])
    returned = read_return(content, {ref: 101})
    assert returned.results == (Result(ref, 101, "卡号 *** 已销户"),)
