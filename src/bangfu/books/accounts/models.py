"""Operators, roles as data, and the roles an operator holds at places, dated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from bangfu.books.walls.guarded import SealedField, TokenField
from bangfu.books.walls.history import recorded
from bangfu.core.places import NATION


@recorded(exclude=("password", "last_login"))
class Operator(AbstractBaseUser):
    """One account. It belongs to `place_code`: no role of it is held outside, and the keeper of that place
    keeps it. `person_token` is the keyed token of the person's ID number: two accounts with one
    token are one person, who cannot approve what they submitted. `epoch` grows when a role, the password
    or the account changes: sessions carry it, so that all of them end."""

    username = models.CharField(max_length=150, unique=True)
    display_name = models.TextField()
    place_code = models.CharField(max_length=12, default=NATION)
    person_token = TokenField(null=True, blank=True)
    # What the token was made of, for a new key (`bangfu keys rotate`).
    person_number = SealedField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    epoch = models.IntegerField(default=0)

    USERNAME_FIELD = "username"

    objects: ClassVar = BaseUserManager()

    def __str__(self) -> str:
        return self.display_name

    def get_session_auth_hash(self) -> str:
        """What a session must still match: the password and the epoch."""
        return salted_hmac(
            "bangfu.accounts.session", f"{self.epoch}:{self.password}", algorithm="sha256"
        ).hexdigest()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """No other secret is valid."""
        yield from ()


@recorded()
class Role(models.Model):
    """What a role may see and whether it may write. Roles are rows, so that a county can add one."""

    web_rights = ("select",)

    code = models.CharField(max_length=40, primary_key=True)
    name_zh = models.TextField()
    name_en = models.TextField()
    # The level of place the role is held at: 0 nation … 5 village (core.places.Level).
    level = models.SmallIntegerField()
    classes = ArrayField(models.CharField(max_length=10))
    writes = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__gte=0, level__lte=5), name="accounts_role_level"
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh


@recorded()
class Grant(models.Model):
    """`operator` holds `role` at `place_code` from `valid_from` until the day before `valid_to`."""

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, to_field="username", related_name="grants"
    )
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="grants")
    place_code = models.CharField(max_length=12)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="accounts_grant_place")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_from__lt=models.F("valid_to")),
                name="accounts_grant_period",
            ),
            models.UniqueConstraint(
                fields=["operator", "role", "place_code", "valid_from"],
                name="accounts_grant_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator_id} {self.role_id} {self.place_code}"


class SecondFactor(models.Model):
    """An operator's second factor (TOTP, RFC 6238). It counts once a first code has confirmed it.

    `last_step` is the 30-second step of the last code taken: a code opens once.
    """

    operator = models.OneToOneField(
        Operator,
        on_delete=models.PROTECT,
        to_field="username",
        primary_key=True,
        related_name="second_factor",
    )
    secret = SealedField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.operator_id


class RecoveryCode(models.Model):
    """A code that stands in for the second factor once. Only its SHA-256 is kept: it is long enough."""

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, to_field="username", related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "digest"], name="accounts_recoverycode_once"
            ),
        ]

    def __str__(self) -> str:
        return self.operator_id


class ApiToken(models.Model):
    """A token with which a program works as `operator`, in some of the roles he holds (`grants`, by id).

    It is good from `valid_from` until the day before `valid_to`, unless revoked. Only the SHA-256 of the
    token is kept: it is long enough. With `reads_only` no role of it writes.
    """

    web_rights = ("select", "insert", "update")

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, to_field="username", related_name="api_tokens"
    )
    name = models.TextField()
    digest = models.CharField(max_length=64, unique=True)
    grants = ArrayField(models.BigIntegerField())
    reads_only = models.BooleanField()
    made_at = models.DateTimeField()
    valid_from = models.DateField()
    valid_to = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_from__lt=models.F("valid_to")),
                name="accounts_apitoken_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator_id} {self.name}"


@recorded()
class Sample(models.Model):
    """Households drawn for an assessment, assigned to one assessor from `valid_from` until the day before
    `valid_to`. Nobody else may know who was drawn."""

    place_code = models.CharField(max_length=12)
    name = models.TextField()
    assessor = models.ForeignKey(
        Operator, on_delete=models.PROTECT, to_field="username", related_name="samples"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "name"], name="accounts_sample_once"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_from__lt=models.F("valid_to")),
                name="accounts_sample_period",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@recorded()
class SampleHousehold(models.Model):
    """One household of a sample; `place_code` is where the household lies."""

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="households")
    place_code = models.CharField(max_length=12)
    household_no = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="accounts_samplehh_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["sample", "household_no"], name="accounts_samplehousehold_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.household_no}"


class Submission(models.Model):
    """A form that was carried out: its key, whose it was, and where it led. Sent again, it leads there."""

    key = models.CharField(max_length=40, primary_key=True)
    actor = models.TextField()
    path = models.TextField()
    location = models.TextField(blank=True, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["at"], name="accounts_submission_at")]

    def __str__(self) -> str:
        return self.key
