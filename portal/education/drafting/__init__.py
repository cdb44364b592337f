"""The text of a module while it is being written: saved, merged, compared, and finished."""

from portal.education.drafting.finishing import Lack, Lacking, UnfinishedError, finished, lacking_of
from portal.education.drafting.history import HistoryRow, history_of, restore, revision_of
from portal.education.drafting.merging import Conflict, Merged, fields_of, merge, with_field
from portal.education.drafting.saving import (
    Draft,
    Saved,
    draft_of,
    save_draft,
    text_at,
)
from portal.education.drafting.starting import (
    discard,
    in_work,
    next_version,
    start_module,
    start_version,
)
from portal.education.drafting.text import (
    MOST_ANSWERS,
    MOST_QUESTIONS,
    MOST_SOURCES,
    MOST_STEPS,
    MOST_TERMS,
    DraftAgain,
    DraftAnswer,
    DraftAsked,
    DraftQuestion,
    DraftSource,
    DraftStep,
    DraftTerm,
    DraftText,
    draft_text,
)
from portal.education.review import WRITABLE

__all__ = [
    "MOST_ANSWERS",
    "MOST_QUESTIONS",
    "MOST_SOURCES",
    "MOST_STEPS",
    "MOST_TERMS",
    "WRITABLE",
    "Conflict",
    "Draft",
    "DraftAgain",
    "DraftAnswer",
    "DraftAsked",
    "DraftQuestion",
    "DraftSource",
    "DraftStep",
    "DraftTerm",
    "DraftText",
    "HistoryRow",
    "Lack",
    "Lacking",
    "Merged",
    "Saved",
    "UnfinishedError",
    "discard",
    "draft_of",
    "draft_text",
    "fields_of",
    "finished",
    "history_of",
    "in_work",
    "lacking_of",
    "merge",
    "next_version",
    "restore",
    "revision_of",
    "save_draft",
    "start_module",
    "start_version",
    "text_at",
    "with_field",
]
