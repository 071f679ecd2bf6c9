"""The kinds of background work. An app registers its own in its `tasks.py`:

    @task_kind("households.import", title=Text("导入农户", "Import households"))
    def import_batch(job: Running) -> Result: ...

A handler runs in one transaction inside the scope that the requester has now. What it writes commits
together with the mark that the task is done, so that a task run again after its worker died does
nothing twice. What it raises rolls everything back: a UserError is told in its words, an
UnavailableError is tried again by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.utils.module_loading import autodiscover_modules

from bangfu.books.jobs.models import Task
from bangfu.books.jobs.progress import Progress
from bangfu.books.journal.named import CODES
from bangfu.core.language import Text


@dataclass(frozen=True, slots=True)
class Running:
    """A task at work: who asked, the moment, and where progress is told.

    `progress(done, total, Text)` may be called as often as there is a step; readers see it at once.
    """

    task: Task
    by: str
    now: datetime
    today: date
    progress: Progress

    @property
    def place_code(self) -> str:
        return self.task.place_code

    @property
    def arguments(self) -> dict[str, str | int]:
        """What was asked for: ids, codes, numbers."""
        return dict(self.task.arguments)


@dataclass(frozen=True, slots=True)
class Made:
    """A file that a task made; it is kept for those who may see the task's classes of data.

    The name is shown to everyone who sees the task, so it names no person.
    """

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Result:
    """How a task ended: a sentence, the page of its result when it has one, the files it made."""

    text: Text
    address: str = ""
    files: Sequence[Made] = ()


Handler = Callable[[Running], Result]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work."""

    name: str
    title: Text
    handler: Handler


_known: dict[str, Kind] = {}


@cache
def discover() -> None:
    """Read every app's `tasks.py` and `timers.py`, where kinds and timers are registered.

    Not when Django starts: they read engines and printing, which most commands never need.
    """
    autodiscover_modules("tasks", "timers")


def task_kind(name: str, *, title: Text) -> Callable[[Handler], Handler]:
    """Register the handler of a kind. `name` is "app.verb"."""

    def register(handler: Handler) -> Handler:
        if name in _known:
            raise ValueError(f"two handlers of {name}")
        _known[name] = Kind(name, title, handler)
        CODES["kind"][name] = title
        return handler

    return register


def kind_of(name: str) -> Kind:
    """The kind of a name. KeyError when no app registered it: a fault of ours."""
    discover()
    return _known[name]


def title_of(name: str) -> Text:
    """What a kind is called; its bare name once no app knows it any more."""
    return _known[name].title if name in _known else Text(name, name)
