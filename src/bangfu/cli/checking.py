"""."""


def register(app): ...
