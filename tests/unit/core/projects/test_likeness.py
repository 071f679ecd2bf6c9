"""docs/algorithms/look-alikes.md, computed again from the page itself; order does not matter."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.projects.likeness import Likeness, Piece, Rules, amount_apart, pairs, text_share

PAGE = (Path(__file__).parents[4] / "docs/algorithms/look-alikes.md").read_text("utf-8")
RULES = Rules(Fraction("0.8"), Fraction("0.5"), Fraction("0.1"))
NAMES = ("示例村村民委员会", "示例村", "茅坪镇")


def table(head: str) -> list[list[str]]:
    """The rows of the page's table whose head begins so."""
    lines = PAGE[PAGE.index(f"| {head}") :].splitlines()[2:]
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def page_pieces() -> list[Piece]:
    return [
        Piece(number, place, name, task, department, int(yuan) * 100, NAMES)
        for number, place, name, task, department, yuan in table("number | place")
    ]


def test_the_page_says_what_comes_out():
    found = [
        [p.one.number, p.other.number, p.likeness.value, str(p.text), str(p.amount)]
        for p in pairs(page_pieces(), RULES)
    ]
    assert found == table("one | other")
    assert len(found) == 7


@given(st.permutations(range(7)))
def test_the_order_of_projects_does_not_matter(order):
    pieces = page_pieces()
    assert pairs([pieces[at] for at in order], RULES) == pairs(pieces, RULES)


def piece(number: str, name: str, **more) -> Piece:
    usual = {"place_code": "420527101200", "task": "", "department": "县水利局", "cost_fen": 100}
    return Piece(number=number, name=name, **{**usual, **more})


@given(st.text(max_size=30), st.text(max_size=30))
def test_text_in_common_is_a_share_and_goes_both_ways(one, other):
    share = text_share(piece("1", one), piece("2", other))
    assert 0 <= share <= 1
    assert share == text_share(piece("2", other), piece("1", one))


def test_amounts_at_the_limit_are_compared_and_beyond_it_are_not():
    one = piece("1", "灌溉渠维修", cost_fen=1000)
    assert len(pairs([one, piece("2", "灌溉渠维修", cost_fen=900)], RULES)) == 1
    assert pairs([one, piece("2", "灌溉渠维修", cost_fen=899)], RULES) == []
    assert amount_apart(0, 0) == 0


def test_only_common_words_are_no_text():
    assert pairs([piece("1", "项目"), piece("2", "工程项目")], RULES) == []


def test_departments_tell_one_project_twice_from_one_under_two():
    one, other = piece("1", "灌溉渠维修"), piece("2", "灌溉渠维修", department="县农业农村局")
    assert pairs([one, other], RULES)[0].likeness is Likeness.SEVERAL_DEPARTMENTS
    same = piece("3", "灌溉渠维修", department="县水利局 ")
    assert pairs([one, same], RULES)[0].likeness is Likeness.SAME
