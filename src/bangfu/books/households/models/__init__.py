"""What the books keep of households: the registry itself, what happens to households, and an index of
names."""

from bangfu.books.households.models.happenings import Happening, NameIndex
from bangfu.books.households.models.registry import (
    Household,
    IncomeItem,
    Job,
    JobPlan,
    Person,
    VillageProfile,
)

__all__ = [
    "Happening",
    "Household",
    "IncomeItem",
    "Job",
    "JobPlan",
    "NameIndex",
    "Person",
    "VillageProfile",
]
