"""Addresses of notices in the office."""

from __future__ import annotations

from django.urls import path

from bangfu.books.notices import views

urlpatterns = [
    path("", views.notice_list, name="notices"),
    path("<int:notice_id>/", views.notice, name="notice"),
    path("<int:notice_id>/print/", views.print_paper, name="notice-print"),
    path("<int:notice_id>/withdraw/", views.withdraw, name="notice-withdraw"),
    path("<int:notice_id>/objections/new/", views.enter_objection, name="objection-enter"),
    path("objections/<int:objection_id>/", views.answer_objection, name="objection"),
    path("objections/<int:objection_id>/contact/", views.contact, name="objection-contact"),
]
