"""One table of acts. Text keys only: it neither blocks a live row nor dies with one."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from bangfu.books.walls.history import transaction_setting
from bangfu.books.walls.triggers import append_only


class Entry(models.Model):
    """One act. `before` and `after` are JSON text of what changed in the large (counts, keys, states);
    the rows themselves are in the history tables. Guarded values never stand here."""

    web_rights = ("select", "insert")

    at = models.DateTimeField(db_default=Now())
    actor = models.TextField()
    place_code = models.CharField(max_length=12)
    verb = models.TextField()
    subject = models.TextField()
    reason = models.TextField(blank=True, default="")
    before = models.TextField(blank=True, default="")
    after = models.TextField(blank=True, default="")
    purpose = models.TextField(db_default=transaction_setting("purpose"))
    request = models.TextField(db_default=transaction_setting("request"))

    class Meta:
        indexes = [
            models.Index(fields=["place_code", "at"], name="journal_entry_place_at"),
            models.Index(fields=["subject"], name="journal_entry_subject"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.verb} {self.subject}"
