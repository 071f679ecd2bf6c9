"""One table of kept files. Their contents lie sealed in the uploads folder, by content hash."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bangfu.books.walls.history import transaction_setting
from bangfu.books.walls.triggers import append_only


class Attachment(models.Model):
    """A file and whose eyes it is for: those who may see all of `classes` at `place_code`.

    `digest` is the SHA-256 of the content, in hexadecimal digits, and its name on the disk. Of a photo,
    `taken_at`, `latitude` and `longitude` are what the camera said, before the content lost it.
    """

    web_rights = ("select", "insert")

    place_code = models.CharField(max_length=12)
    classes = ArrayField(models.CharField(max_length=10))
    name = models.TextField()
    content_type = models.TextField()
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    kept_by = models.TextField(db_default=transaction_setting("actor"))
    kept_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)

    class Meta:
        constraints = [
            # Rows of other tables are tied to the attachment and to its place at once.
            models.UniqueConstraint(
                fields=["id", "place_code"], name="attachments_attachment_place"
            ),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__isnull=False, longitude__isnull=False),
                name="attachments_attachment_position",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.name
