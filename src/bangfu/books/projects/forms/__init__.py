"""Forms of projects."""

from bangfu.books.projects.forms.bank import AmendForm, NeedForm, ProposalForm, TermsForm
from bangfu.books.projects.forms.delivery import (
    ContributionForm,
    PriceForm,
    ProgressForm,
    ResultsForm,
    StageForm,
    WhatForm,
)
from bangfu.books.projects.forms.fields import PapersForm, fen
from bangfu.books.projects.forms.year import (
    CommitmentForm,
    KeyVillagesForm,
    MeetingForm,
    PlanForm,
    ReleaseForm,
    TeamForm,
)

__all__ = [
    "AmendForm",
    "CommitmentForm",
    "ContributionForm",
    "KeyVillagesForm",
    "MeetingForm",
    "NeedForm",
    "PapersForm",
    "PlanForm",
    "PriceForm",
    "ProgressForm",
    "ProposalForm",
    "ReleaseForm",
    "ResultsForm",
    "StageForm",
    "TeamForm",
    "TermsForm",
    "WhatForm",
    "fen",
]
