from importlib import import_module

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "bangfu.books.projects"
    label = "projects"

    def ready(self) -> None:
        import_module("bangfu.books.projects.keeping")  # cases know projects once it is read
