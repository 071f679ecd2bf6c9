"""Batches of workbooks on their way into the books, what was wrong with them, what they would change."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bangfu.books.attachments.models import Attachment
from bangfu.books.jobs.models import Task
from bangfu.books.walls.history import recorded, transaction_setting
from bangfu.core.language import Text


@recorded()
class Batch(models.Model):
    """Workbooks of one place and year, uploaded together. `check_task` reads and compares them,
    `bring_task` brings them in once somebody has confirmed; each may be asked for again."""

    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    year = models.SmallIntegerField()
    uploaded_by = models.TextField(db_default=transaction_setting("actor"))
    uploaded_at = models.DateTimeField()
    check_task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="+")
    bring_task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="intake_batch_by_place")]
        constraints = [
            models.UniqueConstraint(fields=["id", "place_code"], name="intake_batch_place"),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}"


class BatchFile(models.Model):
    """One workbook of a batch, in its order."""

    web_rights = ("select", "insert")

    place_code = models.CharField(max_length=12)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="files")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    position = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="intake_batchfile_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}.{self.position}"


class Fault(models.Model):
    """One thing wrong in a batch: where, what stands there (masked where personal), by which rule, and
    what would be right. Those of a former check go when the batch is checked again."""

    place_code = models.CharField(max_length=12)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="faults")
    position = models.IntegerField()
    where = models.TextField()
    value = models.TextField()
    rule = models.TextField()
    text_zh = models.TextField()
    text_en = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="intake_fault_once"),
        ]

    def __str__(self) -> str:
        return self.where

    @property
    def text(self) -> Text:
        return Text(self.text_zh, self.text_en)


class Count(models.Model):
    """What a batch means for one table of the books: rows added, changed, left, and absent from it,
    with the first keys of each. `written` tells a preview from what an import did."""

    place_code = models.CharField(max_length=12)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="counts")
    written = models.BooleanField()
    table = models.TextField()
    added = models.IntegerField()
    changed = models.IntegerField()
    unchanged = models.IntegerField()
    absent = models.IntegerField()
    added_keys = ArrayField(models.TextField(), default=list)
    changed_keys = ArrayField(models.TextField(), default=list)
    absent_keys = ArrayField(models.TextField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "written", "table"], name="intake_count_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.table}"
