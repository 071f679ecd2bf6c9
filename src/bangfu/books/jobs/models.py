"""Background work as its requester sees it, and the files it leaves."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bangfu.books.attachments.models import Attachment
from bangfu.core.language import Text


class State(models.TextChoices):
    """Where a task stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


ENDED = (State.DONE, State.FAILED)


class Task(models.Model):
    """One piece of work in the background: what was asked, by whom, how far it is.

    `arguments` are ids, codes and numbers, never names. `classes`, `purpose` and `place_code` are what
    was asked for; when the work begins the requester's roles are resolved again. `seen_from` is the
    place above the one where the requester holds the role: who reaches it is a superior and sees the
    task too. Of `done` in `total` steps the bar is drawn. `address` is the page of the result.
    """

    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    seen_from = models.CharField(max_length=12)
    kind = models.CharField(max_length=60)
    requested_by = models.TextField()
    requested_at = models.DateTimeField()
    purpose = models.TextField()
    classes = ArrayField(models.CharField(max_length=10))
    arguments = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    message_zh = models.TextField(blank=True, default="")
    message_en = models.TextField(blank=True, default="")
    address = models.TextField(blank=True, default="")
    attempts = models.SmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["requested_by", "-requested_at"], name="jobs_task_requester"),
            models.Index(fields=["place_code"], name="jobs_task_place"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["id", "place_code"], name="jobs_task_id_place"),
            models.CheckConstraint(
                condition=models.Q(state__in=["done", "failed"], finished_at__isnull=False)
                | models.Q(state__in=["waiting", "running"], finished_at__isnull=True),
                name="jobs_task_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def message(self) -> Text:
        """Where the work is, how it ended, or why it failed."""
        return Text(self.message_zh, self.message_en)

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED


class TaskFile(models.Model):
    """A file that a task left, in its order. Its name is shown with the task, so it names no person."""

    web_rights = ("select", "insert")

    place_code = models.CharField(max_length=12)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="files")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    position = models.SmallIntegerField()
    name = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "position"], name="jobs_taskfile_once"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id}.{self.position}"
