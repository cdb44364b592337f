from tests.calendar_import.family import family

__all__ = ["family"]
