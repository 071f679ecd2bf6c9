"""Addresses of the public board, included once in each language."""

from __future__ import annotations

from django.urls import path

from bangfu.books.notices import public_views as views

app_name = "public"
urlpatterns = [
    path("", views.index, name="index"),
    path("places/<str:code>/", views.place, name="place"),
    path("notices/<int:notice_id>/", views.notice, name="notice"),
    path("notices/<int:notice_id>/objection/", views.objection, name="objection"),
    path("answer/", views.answer, name="answer"),
]
