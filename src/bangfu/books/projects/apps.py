from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "bangfu.books.projects"
    label = "projects"
