from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "bangfu.books.supervision"
    label = "supervision"
