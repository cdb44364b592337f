from tests.booking.circle import circle

__all__ = ["circle"]
