from importlib import import_module

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "bangfu.books.supervision"
    label = "supervision"

    def ready(self) -> None:
        import_module(
            "bangfu.books.supervision.drawn"
        )  # projects know what is drawn once it is read
