"""The pages on which a module is read before it is published, by the fields that stand there."""

SHEETS = ("text", "easy", "questions")
"""What of a module stands on one page: a whole one would be too long to read on a phone."""


def sheet_of(place: str) -> str:
    if place.endswith("-easy"):
        return "easy"
    return "questions" if place.startswith(("question-", "source-")) else "text"
