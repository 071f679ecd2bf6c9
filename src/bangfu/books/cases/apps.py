from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "bangfu.books.cases"
    label = "cases"

    def ready(self) -> None:
        import_module(
            "bangfu.books.cases.boards"
        )  # notices know who waits for them once it is read
