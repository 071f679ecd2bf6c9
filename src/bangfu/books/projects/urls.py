"""Addresses of projects."""

from __future__ import annotations

from django.urls import path

from bangfu.books.projects.views import bank, delivery, meetings, proposing, year

urlpatterns = [
    path("", bank.bank_list, name="projects"),
    path("propose/", proposing.propose_page, name="project-propose"),
    path("look-alikes/", bank.twins_page, name="project-twins"),
    path("<int:project_id>/", bank.project_page, name="project"),
    path("<int:project_id>/amend/", proposing.amend_page, name="project-amend"),
    path("<int:project_id>/again/", proposing.again_page, name="project-again"),
    path("<int:project_id>/terms/", delivery.terms_page, name="project-terms"),
    path("<int:project_id>/stage/", delivery.stage_page, name="project-stage"),
    path("<int:project_id>/papers/", delivery.papers_page, name="project-papers"),
    path("<int:project_id>/price/", delivery.price_page, name="project-price"),
    path("<int:project_id>/progress/", delivery.progress_page, name="project-progress"),
    path("<int:project_id>/contribute/", delivery.contribute_page, name="project-contribute"),
    path("<int:project_id>/defect/", delivery.defect_page, name="project-defect"),
    path("<int:project_id>/acceptance/", delivery.acceptance_page, name="project-acceptance"),
    path("<int:project_id>/results/", delivery.results_page, name="project-results"),
    path("<int:project_id>/files/<int:file_id>/", delivery.file_page, name="project-file"),
    path("defects/<int:defect_id>/repair/", delivery.repair_page, name="defect-repair"),
    path("year/", year.year_page, name="county-year"),
    path("year/villages/", year.key_villages_page, name="key-villages"),
    path("year/households/", year.household_plans_page, name="household-plans"),
    path("year/<str:code>/plan/", year.plan_page, name="village-plan"),
    path("year/<str:code>/team/", year.team_page, name="village-team"),
    path("year/<str:milestone>/pass/", year.milestone_page, name="milestone-pass"),
    path("meetings/", meetings.meeting_list, name="meetings"),
    path("meetings/new/", meetings.meeting_new, name="meeting-new"),
    path("meetings/<int:meeting_id>/", meetings.meeting_page, name="meeting"),
    path("commitments/", meetings.commitment_list, name="commitments"),
    path("commitments/<int:commitment_id>/", meetings.commitment_page, name="commitment"),
    path(
        "commitments/<int:commitment_id>/release/", meetings.release_page, name="commitment-release"
    ),
]
