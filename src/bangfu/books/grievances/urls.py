"""Addresses of grievances in the office."""

from __future__ import annotations

from django.urls import path

from bangfu.books.grievances import views

urlpatterns = [
    path("", views.grievance_list, name="grievances"),
    path("new/", views.enter_page, name="grievance-enter"),
    path("statistics/", views.statistics_page, name="grievance-statistics"),
    path("<int:grievance_id>/", views.grievance_page, name="grievance"),
    path("<int:grievance_id>/accept/", views.accept_page, name="grievance-accept"),
    path("<int:grievance_id>/refuse/", views.refuse_page, name="grievance-refuse"),
    path("<int:grievance_id>/answer/", views.answer_page, name="grievance-reply"),
    path("<int:grievance_id>/appeal/", views.appeal_page, name="grievance-decide"),
]
