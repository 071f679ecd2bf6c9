"""Addresses of background work."""

from __future__ import annotations

from django.urls import path

from bangfu.books.jobs import views

urlpatterns = [
    path("", views.task_list, name="tasks"),
    path("<int:number>/", views.task, name="task"),
    path("<int:number>/state/", views.task_state, name="task_state"),
    path("<int:number>/files/<int:position>/", views.task_file, name="task_file"),
]
