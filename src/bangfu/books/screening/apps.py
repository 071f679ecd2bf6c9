from importlib import import_module

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "bangfu.books.screening"
    label = "screening"

    def ready(self) -> None:
        import_module("bangfu.books.screening.timers")  # a timer is known once its module is read
