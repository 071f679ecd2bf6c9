from django.apps import AppConfig


class CrossingConfig(AppConfig):
    name = "bangfu.books.crossing"
    label = "crossing"
