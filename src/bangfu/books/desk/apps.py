from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "bangfu.books.desk"
    label = "desk"
