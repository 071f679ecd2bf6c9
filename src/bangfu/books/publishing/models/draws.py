"""Copies of draws for inspection and acceptance."""

from __future__ import annotations

from django.db import models

from bangfu.books.publishing.models.publications import Copied, copied


class DrawCopy(Copied):
    """How a list was or will be drawn from: which public number is the seed, how many, the list's digests.

    `seed` and `drawn_on` stand once it is drawn; the list itself follows as DrawLine from `listed_from` on.
    """

    public_reads = (
        "id",
        "publication_id",
        "place_code",
        "township",
        "village",
        "seed_source",
        "seed",
        "fixed_on",
        "drawn_on",
        "listed_from",
        "villages_by_risk",
        "villages_by_lot",
        "projects_by_risk",
        "projects_by_lot",
        "village_digest",
        "project_digest",
    )

    seed_source = models.TextField()
    seed = models.TextField(blank=True, default="")
    fixed_on = models.DateField()
    drawn_on = models.DateField(null=True, blank=True)
    listed_from = models.DateField(null=True, blank=True)
    villages_by_risk = models.SmallIntegerField()
    villages_by_lot = models.SmallIntegerField()
    projects_by_risk = models.SmallIntegerField()
    projects_by_lot = models.SmallIntegerField()
    village_digest = models.CharField(max_length=64)
    project_digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="publishing_draw_place")]
        triggers = copied()

    def __str__(self) -> str:
        return f"{self.place_code} {self.fixed_on}"


class DrawLine(Copied):
    """A village or project of a list, with its weight, and how it was drawn. Why it weighs that is not
    copied: that a flag is open says nothing yet."""

    public_reads = (
        "id",
        "publication_id",
        "place_code",
        "township",
        "village",
        "kind",
        "key",
        "name",
        "weight",
        "chosen",
        "turn",
    )

    kind = models.CharField(max_length=7)
    key = models.TextField()
    name = models.TextField()
    weight = models.IntegerField()
    chosen = models.CharField(max_length=4, blank=True, default="")
    turn = models.SmallIntegerField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="publishing_drawline_place")]
        triggers = copied()

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
