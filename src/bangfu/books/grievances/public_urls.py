"""Addresses of grievances for the public, included with the board's once in each language."""

from __future__ import annotations

from django.urls import path

from bangfu.books.grievances import public_views as views

urlpatterns = [
    path("grievances/", views.begin, name="grievances"),
    path("grievances/answer/", views.answer, name="grievance-answer"),
    path("grievances/appeal/", views.appeal, name="grievance-appeal"),
    path("grievances/<str:county>/", views.new, name="grievance-new"),
]
