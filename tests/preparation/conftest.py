from tests.companions.family import family, told

__all__ = ["family", "told"]
