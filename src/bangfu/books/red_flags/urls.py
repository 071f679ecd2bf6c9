"""Addresses of red flags."""

from __future__ import annotations

from django.urls import path

from bangfu.books.red_flags import views

urlpatterns = [
    path("", views.flag_list, name="red-flags"),
    path("look/", views.look_page, name="red-flags-look"),
    path("relations/", views.relations_page, name="relations"),
    path("relations/<int:relation_id>/end/", views.relation_end, name="relation-end"),
    path("<int:flag_id>/", views.flag_page, name="red-flag"),
    path("<int:flag_id>/reopen/", views.flag_reopen, name="red-flag-reopen"),
]
