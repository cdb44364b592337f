from tests.needs.circle import circle

__all__ = ["circle"]
