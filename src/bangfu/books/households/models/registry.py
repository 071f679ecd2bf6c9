"""What the books keep of households. Columns are the plain facts of `core.facts.dictionary`, name by
name; tests/integration/households holds the two equal.

A missing answer is null, in every column alike: an empty text would be an answer. That is why text
columns here are nullable.
"""

# ruff: noqa: DJ001

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bangfu.books.walls.guarded import SealedField, TokenField
from bangfu.books.walls.history import recorded


@recorded()
class Household(models.Model):
    """One registered or monitored household. Its number (户编号) is its key everywhere."""

    household_no = models.TextField(primary_key=True)
    place_code = models.CharField(max_length=12)
    household_type = models.TextField(null=True)
    monitored_class = models.TextField(null=True)
    identified_month = models.IntegerField(null=True)
    risk_1 = models.TextField(null=True)
    risk_2 = models.TextField(null=True)
    risk_3 = models.TextField(null=True)
    risk_4 = models.TextField(null=True)
    risk_5 = models.TextField(null=True)
    disaster_subtype = models.TextField(null=True)
    risk_other_note = models.TextField(null=True)
    risk_removed = models.BooleanField(null=True)
    removal_mode = models.TextField(null=True)
    removed_month = models.IntegerField(null=True)
    no_labour_guaranteed = models.BooleanField(null=True)
    household_phone = SealedField(null=True)
    household_phone_length = models.BigIntegerField(null=True)
    household_phone_valid = models.BooleanField(null=True)
    collector = models.TextField(null=True)
    collector_phone = SealedField(null=True)
    collector_phone_length = models.BigIntegerField(null=True)
    wage_income = models.BigIntegerField(null=True)
    business_income = models.BigIntegerField(null=True)
    property_income = models.BigIntegerField(null=True)
    transfer_income = models.BigIntegerField(null=True)
    business_cost = models.BigIntegerField(null=True)
    stated_net_income = models.BigIntegerField(null=True)
    stated_income_per_head = models.BigIntegerField(null=True)
    claims_income = models.BigIntegerField(null=True)
    out_of_pocket = models.BigIntegerField(null=True)
    destitute_allowance = models.BigIntegerField(null=True)
    dangerous_house = models.BooleanField(null=True)
    house_area = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    safe_water = models.BooleanField(null=True)
    dropout = models.BooleanField(null=True)
    uninsured_member = models.BooleanField(null=True)
    electricity = models.BooleanField(null=True)
    sanitary_toilet = models.BooleanField(null=True)
    paved_access = models.BooleanField(null=True)
    main_road_km = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    cropland = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    woodland = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    returned_woodland = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    orchard = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    pasture = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    water_surface = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    industry_help = ArrayField(models.TextField(), null=True)
    employment_help = ArrayField(models.TextField(), null=True)
    finance_help = ArrayField(models.TextField(), null=True)
    public_post_help = ArrayField(models.TextField(), null=True)
    housing_help = ArrayField(models.TextField(), null=True)
    water_help = ArrayField(models.TextField(), null=True)
    health_help = ArrayField(models.TextField(), null=True)
    compulsory_education_help = ArrayField(models.TextField(), null=True)
    education_help = ArrayField(models.TextField(), null=True)
    social_security_help = ArrayField(models.TextField(), null=True)
    social_help = ArrayField(models.TextField(), null=True)
    relocation_help = ArrayField(models.TextField(), null=True)
    conditions_help = ArrayField(models.TextField(), null=True)
    infrastructure_help = ArrayField(models.TextField(), null=True)
    public_post_note = models.TextField(null=True)
    development_status = models.TextField(null=True)
    after_dropout = models.BooleanField(null=True)
    after_house_damaged = models.BooleanField(null=True)
    after_uninsured = models.BooleanField(null=True)
    after_water_damaged = models.BooleanField(null=True)
    after_wage_income = models.BigIntegerField(null=True)
    after_property_income = models.BigIntegerField(null=True)
    after_transfer_income = models.BigIntegerField(null=True)
    after_business_income = models.BigIntegerField(null=True)
    after_business_cost = models.BigIntegerField(null=True)
    after_net_income = models.BigIntegerField(null=True)
    after_income_per_head = models.BigIntegerField(null=True)
    after_claims_income = models.BigIntegerField(null=True)
    after_out_of_pocket = models.BigIntegerField(null=True)
    housing_grade = models.TextField(null=True)
    water_litres = models.BigIntegerField(null=True)
    water_minutes = models.BigIntegerField(null=True)
    water_shortage_days = models.BigIntegerField(null=True)
    construction_type = models.TextField(null=True)

    class Meta:
        constraints = [
            # What the people's and the incomes' composite keys refer to.
            models.UniqueConstraint(
                fields=["household_no", "place_code"], name="households_household_place_key"
            ),
        ]
        # The number stands beside it for the policy of samples, which reads it of every row counted.
        indexes = [
            models.Index(
                fields=["place_code"], include=["household_no"], name="households_household_place"
            ),
            models.Index(
                fields=["place_code"],
                include=["household_no", "risk_removed"],
                condition=models.Q(monitored_class__isnull=False),
                name="households_household_monitored",
            ),
        ]

    def __str__(self) -> str:
        return self.household_no


@recorded()
class Person(models.Model):
    """One member of a household, known by household number and person number (人编号)."""

    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        db_column="household_no",
        db_constraint=False,  # the composite key with place_code is the constraint
        db_index=False,
        related_name="persons",
    )
    place_code = models.CharField(max_length=12)
    person_no = models.TextField()
    name = models.TextField(null=True)
    certificate_type = models.TextField(null=True)
    certificate = SealedField(null=True)
    certificate_token = TokenField(null=True)
    certificate_length = models.BigIntegerField(null=True)
    certificate_valid = models.BooleanField(null=True)
    certificate_placeholder = models.BooleanField(null=True)
    certificate_birth = models.DateField(null=True)
    certificate_sex = models.TextField(null=True)
    disability_class = models.BigIntegerField(null=True)
    disability_grade = models.BigIntegerField(null=True)
    sex = models.TextField(null=True)
    birth = models.DateField(null=True)
    ethnicity = models.TextField(null=True)
    relation = models.TextField(null=True)
    education = models.TextField(null=True)
    schooling = models.TextField(null=True)
    no_school_reason = models.TextField(null=True)
    health = ArrayField(models.TextField(), null=True)
    skill = models.TextField(null=True)
    phone = SealedField(null=True)
    phone_token = TokenField(null=True)
    phone_length = models.BigIntegerField(null=True)
    phone_valid = models.BooleanField(null=True)
    political = models.TextField(null=True)
    resident_medical = models.BooleanField(null=True)
    employee_medical = models.BooleanField(null=True)
    critical_illness = models.BooleanField(null=True)
    commercial_medical = models.BooleanField(null=True)
    resident_pension = models.BooleanField(null=True)
    employee_pension = models.BooleanField(null=True)
    medical_aid = models.BooleanField(null=True)
    critical_illness_aid = models.BooleanField(null=True)
    other_health_aid = models.BooleanField(null=True)
    low_income_aid = models.TextField(null=True)
    destitute_aid = models.TextField(null=True)
    public_posts = ArrayField(models.TextField(), null=True)
    public_post_months = models.BigIntegerField(null=True)
    employment_channel = models.TextField(null=True)
    work_place = models.TextField(null=True)
    work_months = models.BigIntegerField(null=True)
    employer = models.TextField(null=True)
    works_abroad = models.BooleanField(null=True)
    industry = models.TextField(null=True)
    speaks_mandarin = models.BooleanField(null=True)
    disability_certificate_year = models.BigIntegerField(null=True)
    disability_kind = models.TextField(null=True)
    identification_basis = models.TextField(null=True)

    class Meta:
        constraints = [
            # A household lies in one place, so this is the person's key; work rows refer to it.
            models.UniqueConstraint(
                fields=["household", "person_no", "place_code"], name="households_person_key"
            ),
        ]
        # With the household's number for the reason given above.
        indexes = [
            models.Index(
                fields=["place_code"], include=["household"], name="households_person_place"
            ),
            models.Index(fields=["certificate_token"], name="households_person_certificate"),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.person_no}"


@recorded()
class Job(models.Model):
    """已外出务工: one spell of work away from home; `row_no` is its order in the sheet."""

    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        db_column="household_no",
        db_constraint=False,
        db_index=False,
        related_name="jobs",
    )
    place_code = models.CharField(max_length=12)
    person_no = models.TextField()
    row_no = models.BigIntegerField()
    job_household_type = models.TextField(null=True)
    job_monitored_class = models.TextField(null=True)
    job_skill = models.TextField(null=True)
    working = models.BooleanField(null=True)
    county = models.TextField(null=True)
    channel = models.TextField(null=True)
    start = models.IntegerField(null=True)
    end = models.IntegerField(null=True)
    monthly_income = models.BigIntegerField(null=True)
    travel_subsidy = models.BigIntegerField(null=True)
    sector = models.TextField(null=True)
    point_to_point = models.BooleanField(null=True)
    job_employer = models.TextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "person_no", "row_no"], name="households_job_once"
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="households_job_place")]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.person_no}/{self.row_no}"


@recorded()
class JobPlan(models.Model):
    """计划外出务工: one plan to work away from home."""

    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        db_column="household_no",
        db_constraint=False,
        db_index=False,
        related_name="plans",
    )
    place_code = models.CharField(max_length=12)
    person_no = models.TextField()
    row_no = models.BigIntegerField()
    plan_household_type = models.TextField(null=True)
    plan_skill = models.TextField(null=True)
    planning = models.BooleanField(null=True)
    plan_county = models.TextField(null=True)
    service_need = models.TextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "person_no", "row_no"], name="households_jobplan_once"
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="households_jobplan_place")]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.person_no}/{self.row_no}"


@recorded()
class VillageProfile(models.Model):
    """行政村: one village's sheet of one year. It holds sums, no person."""

    place_code = models.CharField(max_length=12)
    year = models.BigIntegerField()
    exited = models.BooleanField(null=True)
    household_total = models.BigIntegerField(null=True)
    population = models.BigIntegerField(null=True)
    collective_income = models.BigIntegerField(null=True)
    primary_schools = models.BigIntegerField(null=True)
    pension_members = models.BigIntegerField(null=True)
    bus = models.BooleanField(null=True)
    clinics = models.BigIntegerField(null=True)
    public_toilets = models.BigIntegerField(null=True)
    doctors = models.BigIntegerField(null=True)
    rubbish_points = models.BigIntegerField(null=True)
    libraries = models.BigIntegerField(null=True)
    low_income_households = models.BigIntegerField(null=True)
    low_income_people = models.BigIntegerField(null=True)
    destitute_people = models.BigIntegerField(null=True)
    disabled_people = models.BigIntegerField(null=True)
    paved_road = models.BooleanField(null=True)
    dangerous_houses = models.BigIntegerField(null=True)
    unsafe_water_households = models.BigIntegerField(null=True)
    village_cropland = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    village_woodland = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "year"], name="households_village_once"),
        ]

    def __str__(self) -> str:
        return f"{self.place_code} {self.year}"


@recorded()
class IncomeItem(models.Model):
    """One item of a household's income or cost in a year, in fen (policy's income formula names the
    items)."""

    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        db_column="household_no",
        db_constraint=False,
        db_index=False,
        related_name="incomes",
    )
    place_code = models.CharField(max_length=12)
    year = models.BigIntegerField()
    item = models.TextField()
    fen = models.BigIntegerField()

    class Meta:
        constraints = [
            # A household lies in one place, so this is the item's key. The place stands beside it so that the
            # items of one household are found by this index alone, whatever the scope.
            models.UniqueConstraint(
                fields=["household", "year", "item", "place_code"], name="households_income_once"
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="households_income_place")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.year} {self.item}"
