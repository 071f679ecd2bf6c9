"""One table of grievances. Whoever is complained about does not see the row at all (migration 0002)."""

# ruff: noqa: DJ001  a missing value is null, an empty text would be a value

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from bangfu.books.walls.guarded import SealedField, TokenField
from bangfu.books.walls.history import recorded

LONGEST = 3000


class State(models.TextChoices):
    """Where a grievance stands. The values are stored."""

    RECEIVED = "received", "待受理"
    REFUSED = "refused", "不予受理"
    ACCEPTED = "accepted", "办理中"
    ANSWERED = "answered", "已答复"
    APPEALED = "appealed", "复查中"
    SETTLED = "settled", "已复查"


class Channel(models.TextChoices):
    """How it came. The values are stored."""

    PAGE = "page", "网上"
    OFFICE = "office", "来信来访来电"


class Kind(models.TextChoices):
    """What it is about, as who files it says. The values are stored."""

    HOUSEHOLD = "household", "到户帮扶"
    PROJECT = "project", "项目建设"
    PAYMENT = "payment", "资金发放"
    CONDUCT = "conduct", "干部作风"
    OTHER = "other", "其他"


class Link(models.TextChoices):
    """What triage links it to. The values are stored."""

    HOUSEHOLD = "household", "农户"
    PROJECT = "project", "项目"
    PAYMENT = "payment", "支付"


class Level(models.TextChoices):
    """Which level an appeal goes to. The values are stored."""

    COUNTY = "county", "县级"
    PREFECTURE = "prefecture", "市级"


@recorded(exclude=("complainant", "phone", "source_token", "secret_digest", "submission"))
class Grievance(models.Model):
    """One grievance. It lies with the office that deals with it: the county first, then perhaps a township.

    `number` and the secret behind `secret_digest` are what whoever filed it holds and asks with. Name and
    telephone are sealed. `about_place` is the place it speaks of. `against` are the accounts of those it
    complains about, every account of a person; they are found by the names given and added to at triage.
    """

    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    number = models.CharField(
        max_length=14,
        unique=True,
        db_default=models.Func(function="notices_receipt", output_field=models.CharField()),
    )
    secret_digest = models.CharField(max_length=64)
    channel = models.CharField(max_length=6, choices=Channel.choices)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    about_place = models.CharField(max_length=12)
    words = models.TextField()
    complainant = SealedField(null=True, blank=True)
    phone = SealedField(null=True, blank=True)
    against_said = models.TextField(blank=True, default="")
    against = ArrayField(models.TextField(), default=list, blank=True)
    received_on = models.DateField()
    filed_at = models.DateTimeField()
    entered_by = models.TextField(null=True, blank=True)
    source_token = TokenField(null=True, blank=True)
    submission = models.CharField(max_length=40, null=True, blank=True, unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RECEIVED)
    due_on = models.DateField(null=True, blank=True)
    triaged_on = models.DateField(null=True, blank=True)
    triaged_by = models.TextField(null=True, blank=True)
    triage_said = models.TextField(blank=True, default="")
    link_kind = models.CharField(max_length=9, choices=Link.choices, blank=True, default="")
    link_key = models.TextField(blank=True, default="")
    answers_role = models.TextField(blank=True, default="")
    unit = models.TextField(blank=True, default="")
    answer = models.TextField(null=True, blank=True)
    upheld = models.BooleanField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.TextField(null=True, blank=True)
    appeal_until = models.DateField(null=True, blank=True)
    appeal = models.TextField(null=True, blank=True)
    appealed_on = models.DateField(null=True, blank=True)
    appeal_level = models.CharField(max_length=10, choices=Level.choices, blank=True, default="")
    second_answer = models.TextField(null=True, blank=True)
    second_upheld = models.BooleanField(null=True, blank=True)
    second_on = models.DateField(null=True, blank=True)
    second_by = models.TextField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place_code", "state"], name="grievances_grievance_place"),
            models.Index(fields=["source_token", "filed_at"], name="grievances_grievance_source"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(words__regex=r"\S") & LessThanOrEqual(Length("words"), LONGEST),
                name="grievances_grievance_words",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values) & Q(state__in=State.values),
                name="grievances_grievance_kinds",
            ),
            models.CheckConstraint(
                condition=Q(channel=Channel.PAGE, entered_by__isnull=True)
                | Q(channel=Channel.OFFICE, entered_by__isnull=False),
                name="grievances_grievance_channel",
            ),
            models.CheckConstraint(
                condition=Q(state="received", triaged_on__isnull=True, triaged_by__isnull=True)
                | ~Q(state="received") & Q(triaged_on__isnull=False, triaged_by__isnull=False),
                name="grievances_grievance_triaged",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["received", "refused", "accepted"],
                    answer__isnull=True,
                    upheld__isnull=True,
                    answered_on__isnull=True,
                    answered_by__isnull=True,
                )
                | Q(
                    state__in=["answered", "appealed", "settled"],
                    answer__isnull=False,
                    upheld__isnull=False,
                    answered_on__isnull=False,
                    answered_by__isnull=False,
                    appeal_until__isnull=False,
                ),
                name="grievances_grievance_answered",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["appealed", "settled"], appealed_on__isnull=False)
                & Q(appeal__isnull=False)
                & ~Q(appeal_level="")
                | ~Q(state__in=["appealed", "settled"])
                & Q(appeal__isnull=True, appealed_on__isnull=True, appeal_level=""),
                name="grievances_grievance_appealed",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="settled",
                    second_answer__isnull=False,
                    second_upheld__isnull=False,
                    second_on__isnull=False,
                    second_by__isnull=False,
                )
                & ~Q(second_by=models.F("answered_by"))
                | ~Q(state="settled")
                & Q(
                    second_answer__isnull=True,
                    second_upheld__isnull=True,
                    second_on__isnull=True,
                    second_by__isnull=True,
                ),
                name="grievances_grievance_settled",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="steps",
                field="state",
                transitions=[
                    ("received", "accepted"),
                    ("received", "refused"),
                    ("accepted", "answered"),
                    ("answered", "appealed"),
                    ("appealed", "settled"),
                ],
            ),
            pgtrigger.ReadOnly(
                name="filed_stays",
                fields=[
                    "number",
                    "secret_digest",
                    "channel",
                    "kind",
                    "about_place",
                    "words",
                    "against_said",
                    "received_on",
                    "filed_at",
                    "entered_by",
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.number
