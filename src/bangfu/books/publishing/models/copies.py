"""Copies of plans, projects, contracts, payments, movements and results."""

from __future__ import annotations

from django.db import models

from bangfu.books.publishing.models.publications import Copied, copied


class PlanPiece(Copied):
    """What a line gives a project in a plan, in fen."""

    public_reads = (
        "id",
        "publication_id",
        "place_code",
        "township",
        "village",
        "project_number",
        "project_name",
        "purpose",
        "line_number",
        "line_name",
        "fund_class",
        "level",
        "department",
        "fen",
    )

    project_number = models.TextField()
    project_name = models.TextField()
    purpose = models.TextField(blank=True, default="")
    line_number = models.TextField()
    line_name = models.TextField()
    fund_class = models.CharField(max_length=10)
    level = models.CharField(max_length=10, blank=True, default="")
    department = models.TextField(blank=True, default="")
    fen = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="publishing_piece_place")]
        triggers = copied()

    def __str__(self) -> str:
        return f"{self.project_number} {self.line_number} {self.fen}"


class ProjectCopy(Copied):
    """A project as it stands: what is built, for how much, by whom, how far it has come.

    `beneficiary_households` is a count: nobody is named. `contractor` is masked where it is a person.
    """

    public_reads = (
        "id",
        "publication_id",
        "place_code",
        "township",
        "village",
        "number",
        "name",
        "year",
        "purpose",
        "nature",
        "location",
        "schedule",
        "department",
        "task",
        "financing",
        "mechanism",
        "performance_target",
        "beneficiary_households",
        "mode",
        "stage",
        "cost_fen",
        "method",
        "contractor",
        "admitted_on",
        "started_on",
        "built_on",
        "accepted_on",
        "accepted_fen",
        "handed_over_on",
        "latitude",
        "longitude",
    )

    number = models.TextField()
    name = models.TextField()
    year = models.SmallIntegerField()
    purpose = models.TextField(blank=True, default="")
    nature = models.TextField(blank=True, default="")
    location = models.TextField(blank=True, default="")
    schedule = models.TextField(blank=True, default="")
    department = models.TextField(blank=True, default="")
    task = models.TextField(blank=True, default="")
    financing = models.TextField(blank=True, default="")
    mechanism = models.TextField(blank=True, default="")
    performance_target = models.TextField(blank=True, default="")
    beneficiary_households = models.IntegerField(null=True, blank=True)
    mode = models.CharField(max_length=6)
    stage = models.CharField(max_length=11, blank=True, default="")
    cost_fen = models.BigIntegerField()
    method = models.TextField(blank=True, default="")
    contractor = models.TextField(blank=True, default="")
    admitted_on = models.DateField(null=True, blank=True)
    started_on = models.DateField(null=True, blank=True)
    built_on = models.DateField(null=True, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    accepted_fen = models.BigIntegerField(null=True, blank=True)
    handed_over_on = models.DateField(null=True, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="publishing_project_place")]
        triggers = copied()

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class ContractCopy(Copied):
    """A contract of a project. `payee_code` is the credit code of an organisation, of a person nothing."""

    public_reads = (
        "id",
        "publication_id",
        "place_code",
        "township",
        "village",
        "number",
        "title",
        "payee",
        "payee_code",
        "signed_on",
        "fen",
        "released_fen",
    )

    number = models.TextField()
    title = models.TextField()
    payee = models.TextField()
    payee_code = models.CharField(max_length=18, blank=True, default="")
    signed_on = models.DateField()
    fen = models.BigIntegerField()
    released_fen = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="publishing_contract_place")]
        triggers = copied()

    def __str__(self) -> str:
        return f"{self.number} {self.fen}"


class PaymentCopy(Copied):
    """Money paid in a month; what bounced or came back stands with a minus.

    `payee` is masked where it is a person, and empty for payments to households, which are sums.
    """

    public_reads = (
        "id",
        "publication_id",
        "place_code",
        "township",
        "village",
        "day",
        "project_number",
        "project_name",
        "purpose",
        "department",
        "payee",
        "fen",
    )

    day = models.DateField()
    project_number = models.TextField()
    project_name = models.TextField()
    purpose = models.TextField(blank=True, default="")
    department = models.TextField(blank=True, default="")
    payee = models.TextField(blank=True, default="")
    fen = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="publishing_payment_place")]
        triggers = copied()

    def __str__(self) -> str:
        return f"{self.day} {self.project_number} {self.fen}"


class MovementCopy(Copied):
    """One leg of a posting of a closed month, as the ledger has it, without its memo."""

    public_reads = (
        "id",
        "publication_id",
        "place_code",
        "township",
        "village",
        "posting",
        "position",
        "day",
        "move",
        "stage",
        "line_number",
        "line_name",
        "fund_class",
        "level",
        "department",
        "project_number",
        "project_name",
        "fen",
    )

    posting = models.BigIntegerField()
    position = models.IntegerField()
    day = models.DateField()
    move = models.CharField(max_length=12)
    stage = models.CharField(max_length=12)
    line_number = models.TextField()
    line_name = models.TextField()
    fund_class = models.CharField(max_length=10)
    level = models.CharField(max_length=10, blank=True, default="")
    department = models.TextField(blank=True, default="")
    project_number = models.TextField(blank=True, default="")
    project_name = models.TextField(blank=True, default="")
    fen = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="publishing_movement_place")]
        triggers = copied()

    def __str__(self) -> str:
        return f"{self.posting} {self.position}"


class ResultCopy(Copied):
    """A performance target and what was reached of it. `at_most`: less is better."""

    public_reads = (
        "id",
        "publication_id",
        "place_code",
        "township",
        "village",
        "project_number",
        "project_name",
        "name",
        "unit",
        "planned",
        "reached",
        "at_most",
        "assessed_on",
    )

    project_number = models.TextField()
    project_name = models.TextField()
    name = models.TextField()
    unit = models.TextField(blank=True, default="")
    planned = models.DecimalField(max_digits=14, decimal_places=2)
    reached = models.DecimalField(max_digits=14, decimal_places=2)
    at_most = models.BooleanField(default=False)
    assessed_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="publishing_result_place")]
        triggers = copied()

    def __str__(self) -> str:
        return f"{self.project_number} {self.name}"
