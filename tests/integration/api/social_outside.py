"""The other side of the social registry's callbacks, and the work that leads to them."""

from __future__ import annotations

from dataclasses import dataclass, field

from api_ground import EVERYWHERE, NOW

from bangfu.books.jobs import runner
from bangfu.books.jobs.models import State, Task
from bangfu.books.social_registry import delivery
from bangfu.books.walls.scope import within


@dataclass
class Outside:
    """The other side: what it was sent, and what it does with it."""

    sent: list[tuple[delivery.Target, dict]] = field(default_factory=list)
    raises: Exception | None = None

    def post(self, to: delivery.Target, message: dict, *, private: bool) -> None:
        if self.raises is not None:
            raise self.raises
        self.sent.append((to, message))

    @property
    def last(self) -> dict:
        return self.sent[-1][1]


def work(*, state: State = State.WAITING) -> None:
    """Run what waits in the queue, and what that asks for."""
    for _ in range(3):
        with within(EVERYWHERE, by="tester"):
            waiting = list(Task.objects.filter(state=state).order_by("pk"))
        for task in waiting:
            runner.run(
                task.pk,
                requested_by=task.requested_by,
                place_code=task.place_code,
                clock=lambda: NOW,
            )


def acknowledged(answer) -> str:
    """The correlation id of an ACK."""
    assert answer.status_code == 200, answer.content
    said = answer.json()["message"]
    assert said["ack_status"] == "ACK"
    return said["correlation_id"]
