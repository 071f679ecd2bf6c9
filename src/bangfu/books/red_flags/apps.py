from django.apps import AppConfig


class RedFlagsConfig(AppConfig):
    name = "bangfu.books.red_flags"
    label = "red_flags"
