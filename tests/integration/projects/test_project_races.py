"""Several at once: one number a proposal, one stage once, one decision once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from project_factories import VOTES

from bangfu.books.cases import actions as cases
from bangfu.books.cases.standing import Given
from bangfu.books.projects.models import DeliveryStep, Project, Stage
from bangfu.core.errors import ConflictError

CONNECTIONS = 4


@pytest.fixture
def at_once():
    """Run a task in each of four connections, let go together; how many the books accepted."""

    def run(task):
        gate = Barrier(CONNECTIONS)

        def worker(_):
            try:
                connection.ensure_connection()
                gate.wait()
                task()
            except ConflictError:
                return 0
            finally:
                connection.close()
            return 1

        with ThreadPoolExecutor(CONNECTIONS) as pool:
            return sum(pool.map(worker, range(CONNECTIONS)))

    return run


def test_proposals_at_once_have_a_number_each(walk, at_once):
    accepted = at_once(walk.propose)
    with walk.inside("officer"):
        numbers = list(Project.objects.order_by("number").values_list("number", flat=True))
    assert accepted == len(numbers) >= 1
    assert len(set(numbers)) == accepted
    assert walk.propose().number > numbers[-1]


def test_a_stage_is_recorded_once(walk, at_once):
    project = walk.admitted()
    assert at_once(lambda: walk.stage(project, Stage.PLAN)) == 1
    with walk.inside("officer"):
        assert DeliveryStep.objects.count() == 1


def test_a_project_is_approved_once(walk, at_once):
    project = walk.propose()
    walk.step(project, "clerk", answers={**VOTES, "held_on": walk.today})
    case = walk.step(project, "reviewer")
    assert case.step == "county"

    def approve():
        walk.call(cases.decide, "approver", case_id=case.pk, version=case.version, given=Given())

    assert at_once(approve) == 1
    assert walk.fresh(project).status == "admitted"


def test_a_gap_in_the_numbers_is_no_stop(walk):
    first, second = walk.propose(), walk.propose()
    with walk.inside("officer"):
        Project.objects.filter(pk=second.pk).delete()
    assert (first.number, walk.propose().number) == ("2026-101200-001", "2026-101200-002")
    third = walk.propose()
    with walk.inside("officer"):
        Project.objects.filter(pk=first.pk).delete()
    assert walk.propose().number > third.number
