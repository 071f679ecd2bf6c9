"""Copies of the seals of closed months: what whoever keeps them can hold the books against."""

from __future__ import annotations

from django.db import models

from bangfu.books.publishing.models.publications import Copied, copied


class SealCopy(Copied):
    """The seal of a county's month (YYYYMM), and the digest of the seal before it, "" for the first."""

    public_reads = (
        "id",
        "publication_id",
        "place_code",
        "township",
        "village",
        "month",
        "previous",
        "digest",
    )

    month = models.IntegerField()
    previous = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="publishing_seal_place")]
        triggers = copied()

    def __str__(self) -> str:
        return f"{self.place_code} {self.month}"


class HeadCopy(Copied):
    """One line's head in a seal: how many postings touched it, and the digest of the last."""

    public_reads = (
        "id",
        "publication_id",
        "place_code",
        "township",
        "village",
        "line_number",
        "position",
        "digest",
    )

    line_number = models.TextField()
    position = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="publishing_head_place")]
        triggers = copied()

    def __str__(self) -> str:
        return f"{self.line_number} {self.position}"
