"""A password hasher that costs next to nothing: argon2 is meant to be slow, and the tests sign in often."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Quick(Argon2PasswordHasher):
    """Argon2 with its least work."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
