from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    name = "bangfu.books.attachments"
