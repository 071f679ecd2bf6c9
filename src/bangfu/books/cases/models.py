"""Cases, their rounds, and what each step recorded.

A case stands at one step of its procedure (policy/procedures). What a step recorded is written once:
the web role may add such rows and not change them. A return opens a new round.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from bangfu.books.households.models import Household
from bangfu.books.walls.guarded import TokenField
from bangfu.books.walls.history import recorded


class State(models.TextChoices):
    """Whether a case runs, and how it ended. The values are stored."""

    OPEN = "open", "办理中"
    DONE = "done", "办结"
    REJECTED = "rejected", "未通过"
    WITHDRAWN = "withdrawn", "已撤回"
    MERGED = "merged", "已合并"


class NotAmong(models.Func):
    """`value <> all (array)`: unknown, so allowed, while the value is null."""

    template = "(%(expressions)s))"
    arg_joiner = " <> all ("
    output_field = models.BooleanField()


@recorded()
class Case(models.Model):
    """One case: `kind` of procedure, `procedure` the variant that was in force when it was opened.

    `household` is null for cases of a village or a county, whose place is `place_code`, and for cases of
    what a later app keeps: those name it in `about` ("project 17") and, for lists, in `title`. `step` is empty
    once the case has ended. `since` is when the step could begin, `due_on` when it must be done,
    `level` whose work it is (core.places.Level). `notice` names the notice that must be over before
    the step, after `notice_closes_on`. `version` grows with every act, so that of two at once one is told.
    """

    kind = models.CharField(max_length=40)
    procedure = models.CharField(max_length=60)
    place_code = models.CharField(max_length=12)
    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        db_column="household_no",
        db_constraint=False,  # the composite key with place_code is the constraint
        null=True,
        blank=True,
        related_name="cases",
    )
    about = models.TextField(blank=True, default="")
    title = models.TextField(blank=True, default="")
    finding = models.TextField(blank=True, default="")
    opened_on = models.DateField()
    opened_by = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    step = models.CharField(max_length=40, blank=True)
    level = models.SmallIntegerField()
    since = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    round_no = models.IntegerField(default=1)
    version = models.IntegerField(default=1)
    notice = models.TextField(blank=True, default="")
    notice_closes_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.TextField(blank=True, default="")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)
    reopens = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="relapses"
    )

    class Meta:
        constraints = [
            # What the children's composite keys refer to.
            models.UniqueConstraint(fields=["id", "place_code"], name="cases_case_place_key"),
            models.UniqueConstraint(
                fields=["household", "kind"],
                condition=Q(state="open"),
                name="cases_case_one_of_household",
            ),
            models.UniqueConstraint(
                fields=["place_code", "kind"],
                condition=Q(state="open", household__isnull=True, about=""),
                name="cases_case_one_of_place",
            ),
            models.UniqueConstraint(
                fields=["about", "kind"],
                condition=Q(state="open") & ~Q(about=""),
                name="cases_case_one_of_thing",
            ),
            models.CheckConstraint(
                condition=Q(about="") | Q(household__isnull=True), name="cases_case_one_subject"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_on__isnull=True) & ~Q(step="")
                | ~Q(state="open") & Q(ended_on__isnull=False, step=""),
                name="cases_case_open_or_ended",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | ~Q(state="merged") & Q(merged_into__isnull=True),
                name="cases_case_merged_into",
            ),
        ]
        indexes = [
            models.Index(
                fields=["place_code", "kind", "step"],
                condition=Q(state="open"),
                name="cases_case_board",
            ),
            models.Index(
                fields=["due_on", "place_code"], condition=Q(state="open"), name="cases_case_due"
            ),
            models.Index(fields=["about"], condition=~Q(about=""), name="cases_case_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


@recorded()
class Round(models.Model):
    """One passage through the procedure: who entered, checked and decided.

    They are pairwise different, as accounts and as persons: `*_token` is the keyed token of the
    person's ID number, so that two accounts of one person count as one.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="rounds")
    place_code = models.CharField(max_length=12)
    number = models.IntegerField()
    began_on = models.DateField()
    entered_by = ArrayField(models.TextField(), default=list)
    entered_tokens = ArrayField(TokenField(), default=list)
    checked_by = models.TextField(null=True, blank=True)  # noqa: DJ001  nobody yet
    checked_token = TokenField(null=True, blank=True)
    decided_by = models.TextField(null=True, blank=True)  # noqa: DJ001  nobody yet
    decided_token = TokenField(null=True, blank=True)
    returned_by = models.TextField(null=True, blank=True)  # noqa: DJ001  nobody yet
    returned_to = models.CharField(max_length=40, blank=True, default="")
    return_reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="cases_round_once"),
            models.CheckConstraint(
                condition=Q(NotAmong(F("checked_by"), F("entered_by"))),
                name="cases_round_checked_by_another",
            ),
            models.CheckConstraint(
                condition=Q(NotAmong(F("decided_by"), F("entered_by"))),
                name="cases_round_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("checked_by")),
                name="cases_round_not_checked_and_decided",
            ),
            models.CheckConstraint(
                condition=Q(NotAmong(F("checked_token"), F("entered_tokens"))),
                name="cases_round_checked_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(NotAmong(F("decided_token"), F("entered_tokens"))),
                name="cases_round_decided_by_another_person",
            ),
            models.CheckConstraint(
                condition=~Q(decided_token=F("checked_token")),
                name="cases_round_not_one_person_twice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} / {self.number}"


class StepRecord(models.Model):
    """One step carried out in a round: by whom, as what, when, whether it passed and why."""

    web_rights = ("select", "insert")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="records")
    place_code = models.CharField(max_length=12)
    round_no = models.IntegerField()
    step = models.CharField(max_length=40)
    actor = models.TextField()
    actor_name = models.TextField()
    person_token = TokenField(null=True, blank=True)
    at = models.DateTimeField()
    on = models.DateField()
    passes = models.BooleanField()
    reason = models.TextField(blank=True, default="")
    notice = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "round_no", "step"], name="cases_steprecord_once"
            ),
            models.UniqueConstraint(fields=["id", "place_code"], name="cases_steprecord_place_key"),
        ]
        indexes = [models.Index(fields=["place_code"], name="cases_steprecord_place")]

    def __str__(self) -> str:
        return f"{self.case_id} / {self.round_no} / {self.step}"


class Answer(models.Model):
    """One field of a step's record, in the one column of its kind."""

    web_rights = ("select", "insert")

    record = models.ForeignKey(StepRecord, on_delete=models.PROTECT, related_name="answers")
    place_code = models.CharField(max_length=12)
    field = models.CharField(max_length=60)
    text = models.TextField(null=True, blank=True)  # noqa: DJ001  another kind
    number = models.BigIntegerField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    flag = models.BooleanField(null=True, blank=True)
    choices = ArrayField(models.TextField(), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "field"], name="cases_answer_once"),
            models.CheckConstraint(
                condition=Q(text__isnull=False, number=None, day=None, flag=None, choices=None)
                | Q(text=None, number__isnull=False, day=None, flag=None, choices=None)
                | Q(text=None, number=None, day__isnull=False, flag=None, choices=None)
                | Q(text=None, number=None, day=None, flag__isnull=False, choices=None)
                | Q(text=None, number=None, day=None, flag=None, choices__isnull=False),
                name="cases_answer_one_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.field}"

    @property
    def value(self) -> object:
        """The answer, typed."""
        if self.choices is not None:
            return tuple(self.choices)
        filled = (self.text, self.number, self.day, self.flag)
        return next(value for value in filled if value is not None)


class Condition(models.Model):
    """One condition of a list as it stood when a step was carried out, with its evidence."""

    web_rights = ("select", "insert")

    record = models.ForeignKey(StepRecord, on_delete=models.PROTECT, related_name="conditions")
    place_code = models.CharField(max_length=12)
    criterion = models.CharField(max_length=60)
    met = models.BooleanField()
    computed = models.BooleanField()
    evidence_zh = models.TextField()
    evidence_en = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "criterion"], name="cases_condition_once"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.criterion}"


class Attachment(models.Model):
    """A photo or a scanned page of a step, known by the SHA-256 of its content."""

    web_rights = ("select", "insert")

    record = models.ForeignKey(StepRecord, on_delete=models.PROTECT, related_name="attachments")
    place_code = models.CharField(max_length=12)
    field = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    media = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "field", "digest"], name="cases_attachment_once"
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="cases_attachment_digest"
            ),
        ]

    def __str__(self) -> str:
        return self.digest


@recorded()
class Registration(models.Model):
    """A household in the register of the poor (建档立卡), from `registered_on` until `exited_on`."""

    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        db_column="household_no",
        db_constraint=False,
        related_name="registrations",
    )
    place_code = models.CharField(max_length=12)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="registered")
    registered_on = models.DateField()
    exit_case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="exited", null=True, blank=True
    )
    exited_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(exited_on__isnull=True),
                name="cases_registration_once",
            ),
            models.CheckConstraint(
                condition=Q(exited_on__isnull=True, exit_case__isnull=True)
                | Q(exited_on__gte=F("registered_on"), exit_case__isnull=False),
                name="cases_registration_exit",
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="cases_registration_place")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.registered_on}"


@recorded()
class Quota(models.Model):
    """A place's part of the scale (规模分解) of a year; the children of a place sum to it."""

    place_code = models.CharField(max_length=12)
    year = models.SmallIntegerField()
    weight = models.BigIntegerField()
    quota = models.BigIntegerField()
    made_on = models.DateField()
    made_by = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "year"], name="cases_quota_once"),
            models.CheckConstraint(
                condition=Q(quota__gte=0, weight__gte=0), name="cases_quota_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_code} {self.year} {self.quota}"
