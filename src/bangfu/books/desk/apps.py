from importlib import import_module

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "bangfu.books.desk"
    label = "desk"

    def ready(self) -> None:
        import_module("bangfu.books.desk.timers")  # a timer is known once its module is read
