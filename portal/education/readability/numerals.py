"""How many syllables a number written in digits has when it is read aloud in France."""

_UNDER_TWENTY = (2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 2, 2, 2)
"""Zéro, un, deux … quatorze is two, dix-sept to dix-neuf are two."""
_TENS = {2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 2, 8: 3, 9: 3}
"""Vingt, trente, quarante … 70 and 90 begin like 60 and 80: "soixante-dix", "quatre-vingt-dix"."""
_SCALES = ((10**9, 2), (10**6, 2))
"""Milliard and million, which are counted: "un million"."""
_LARGEST = 12
"""Digits of the largest number that is read as one; a longer one is read digit by digit."""


def numeral_syllables(digits: str) -> int:
    """Of "14", "1,5", "06": zeros in front are read one by one, a comma is "virgule"."""
    whole, *decimals = digits.replace(".", ",").split(",")
    return _digits(whole) + sum(2 + _digits(part) for part in decimals)


def _digits(text: str) -> int:
    significant = text.lstrip("0")
    if not significant:
        return 2 * len(text)
    zeros = 2 * (len(text) - len(significant))
    if len(significant) > _LARGEST:
        return zeros + sum(_UNDER_TWENTY[int(digit)] for digit in significant)
    return zeros + _number(int(significant))


def _number(number: int) -> int:
    total = 0
    for scale, name in _SCALES:
        count, number = divmod(number, scale)
        total += _under_million(count) + name if count else 0
    return total + _under_million(number)


def _under_million(number: int) -> int:
    thousands, rest = divmod(number, 1000)
    # "mille" stands alone: nobody says "un mille".
    return (_under_thousand(thousands) if thousands > 1 else 0) + (
        (1 if thousands else 0) + _under_thousand(rest)
    )


def _under_thousand(number: int) -> int:
    hundreds, rest = divmod(number, 100)
    total = 0 if hundreds == 0 else 1 if hundreds == 1 else 2
    return total + (_under_hundred(rest) if rest else 0)


def _under_hundred(number: int) -> int:
    if number < len(_UNDER_TWENTY):
        return _UNDER_TWENTY[number]
    tens, units = divmod(number, 10)
    if tens in {7, 9}:
        units += 10
    joined = 1 if units in {1, 11} and tens < 8 else 0  # "vingt et un", "soixante et onze"
    return _TENS[tens] + joined + (_UNDER_TWENTY[units] if units else 0)
