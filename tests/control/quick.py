"""A password hasher that costs next to nothing: argon2 is meant to be slow, and the tests sign in often."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Quick(Argon2PasswordHasher):
    """Argon2 with its least work."""

    worked = 0
    """How often it was asked to work, whatever for."""
    time_cost = 1
    memory_cost = 8
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """As argon2 does."""
        Quick.worked += 1
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """As argon2 does."""
        Quick.worked += 1
        return super().verify(password, encoded)
