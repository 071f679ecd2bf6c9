from django.apps import AppConfig


class SocialRegistryConfig(AppConfig):
    name = "bangfu.books.social_registry"
    label = "social_registry"
