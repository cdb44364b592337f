from tests.answering.circle import circle

__all__ = ["circle"]
