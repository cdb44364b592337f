"""The national numbers of people and places: when one can be right."""


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the key of those before it (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
