from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    name = "bangfu.books.assistance"
    label = "assistance"
