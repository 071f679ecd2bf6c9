"""A .pb file is a problem with one line and votes as priority."""

from __future__ import annotations

import pytest
from allocation_cases import ticking

from bangfu.core.allocation.pb import problem_from_pb
from bangfu.core.allocation.problem import Options
from bangfu.core.allocation.solve import solve
from bangfu.core.errors import InputError

APPROVAL = """META
key;value
description;village fund
budget;100
vote_type;approval
PROJECTS
project_id;cost;category;name
1;60;road;Bridge
2;50.50;water;"Well; deep"
3;40;farm;Seeds
VOTES
voter_id;vote
a;1,2
b;2,3
c;3

d;2
"""


def test_the_plan_of_most_votes_within_the_budget():
    answer = solve(problem_from_pb(APPROVAL, Options(gap=0)), clock=ticking())

    assert dict(answer.selected) == {"2": 1, "3": 1}
    assert answer.as_dict()["priority"] == "5"
    assert answer.amounts == (("budget", "2", 5050), ("budget", "3", 4000))


def test_points_are_summed():
    text = APPROVAL.replace("approval", "cumulative").replace(
        "voter_id;vote", "voter_id;vote;points"
    )
    text = text.replace("a;1,2", "a;1,2;9,1").replace("b;2,3", "b;2,3;5,5")
    text = text.replace("c;3", "c;3;10").replace("d;2", "d;2;1")

    problem = problem_from_pb(text)

    assert [int(project.priority) for project in problem.projects] == [9, 7, 15]


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("budget;100", "budget;lots", "1"),
        ("1;60;road", "1;-60;road", "8"),
        ("2;50.50", "1;50.50", "9"),
        ("c;3", "c;9", "1"),
        ("approval", "ordinal", "1"),
        ("approval", "scoring", "13"),
        ("META\n", "hello\n", "1"),
    ],
)
def test_every_fault_is_named_with_its_line(old, new, where):
    with pytest.raises(InputError) as caught:
        problem_from_pb(APPROVAL.replace(old, new, 1))

    assert where in [fault.where for fault in caught.value.problems]
