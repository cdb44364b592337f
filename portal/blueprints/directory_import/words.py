"""What is wrong with a file or a line, and what to do about it."""

from babel.numbers import format_decimal

from portal.imports.columns import Column
from portal.imports.problems import LineProblem, Refusal
from portal.models.directory_keeping import DirectoryImportStatus
from portal.web.i18n import current_locale, gettext
from portal.web.labels import N_

MOST_MEGABYTES = 20
_REFUSALS = {
    Refusal.EMPTY: N_("Nothing is in it. Choose the file that holds your list."),
    Refusal.WORKBOOK: N_(
        "This is a spreadsheet. Open it, choose “Save as”, then the type “CSV UTF-8”."
    ),
    Refusal.BINARY: N_(
        "This file cannot be read as text. In your spreadsheet, save it as “CSV UTF-8”."
    ),
    Refusal.HEADER: N_(
        "The first line does not name the columns. It needs at least “nom” or “structure”."
    ),
    Refusal.NO_LINES: N_("The file has the names of the columns, and no line below them."),
    Refusal.TOO_LARGE: N_("This file is larger than 20 MB. Cut it into several files."),
    Refusal.NOTHING_TAKEN: N_(
        "None of the first 200 lines could be taken. Look at the lines below, then send it again."
    ),
}
_PROBLEMS = {
    LineProblem.COLUMNS: N_("The number of cells is not that of the first line."),
    LineProblem.QUOTES: N_("A quotation mark is missing, or one is too many."),
    LineProblem.TOO_LONG: N_("This line is too long. Look for a missing line end."),
    LineProblem.UNREADABLE: N_("Some letters cannot be read. Type this cell again."),
    LineProblem.TYPE: N_("Write “professionnel” or “structure”."),
    LineProblem.NAME_MISSING: N_("Write the family name."),
    LineProblem.PLACE_MISSING: N_("Write the name of the place."),
    LineProblem.NAME_TOO_LONG: N_("Shorten this name."),
    LineProblem.RPPS: N_("Check this RPPS number: 11 digits, and the last one is a key."),
    LineProblem.FINESS: N_("Check this FINESS number: 9 characters."),
    LineProblem.REPEATED: N_("The same person at the same place stands above. Keep one line."),
    LineProblem.OTHER_NAME: N_("This number belongs to somebody of another name. Check both."),
    LineProblem.SEVERAL_PEOPLE: N_("Several people have this name here. Add the RPPS number."),
    LineProblem.SEVERAL_PLACES: N_("Several places have this name. Add the FINESS number."),
    LineProblem.PHONE: N_("Write a phone number of 10 digits."),
    LineProblem.EMAIL: N_("Check this e-mail address."),
    LineProblem.PLACE_FINESS: N_("Check this FINESS number: 9 characters."),
    LineProblem.PROFESSION: N_("This profession is not known: its words were kept."),
    LineProblem.PLACE_KIND: N_("This type of place is not known: its words were kept."),
    LineProblem.TEXT_TOO_LONG: N_("This text is too long. Shorten it."),
    LineProblem.EMAIL_KEPT: N_(
        "This person has a place in a circle. Their e-mail address is not changed by a list."
    ),
}
_STATUSES = {
    DirectoryImportStatus.WAITING: N_("Waits for its turn"),
    DirectoryImportStatus.RUNNING: N_("Being read"),
    DirectoryImportStatus.STOPPED: N_("Stopped"),
    DirectoryImportStatus.DONE: N_("Read to the end"),
    DirectoryImportStatus.REFUSED: N_("Not taken"),
}
_COLUMNS = {
    Column.TYPE: N_("“professionnel” or “structure”. Without it, a name makes a professional"),
    Column.RPPS: N_("National number of a professional: 11 digits"),
    Column.TITLE: N_("Dr, Mme, M."),
    Column.FAMILY_NAME: N_("Family name. Needed for a professional"),
    Column.GIVEN_NAME: N_("First name"),
    Column.PROFESSION: N_("Infirmière, médecin, kiné…"),
    Column.SPECIALTY: N_("What says more than the profession: Cardiologue"),
    Column.PHONE: N_("Of the professional at this place, or of the place"),
    Column.EMAIL: N_("Of the professional at this place, or of the place"),
    Column.PLACE: N_("Name of the place. Needed for a place"),
    Column.FINESS: N_("National number of a place: 9 characters"),
    Column.PLACE_KIND: N_("Cabinet, maison de santé, pharmacie, hôpital…"),
    Column.ADDRESS: N_("Number and street"),
    Column.POSTAL_CODE: N_("Five digits"),
    Column.TOWN: N_("By it, two places of one name are told apart"),
}


def column_choices() -> list[tuple[str, str]]:
    """Each heading of the file, which is French, and what stands below it."""
    return [(column.value, gettext(what)) for column, what in _COLUMNS.items()]


def columns_words(joined: str) -> str:
    return joined.replace("|", ", ")


def refusal_words(code: str) -> str:
    return gettext(_REFUSALS[Refusal(code)])


def problem_words(codes: list[LineProblem]) -> str:
    return " ".join(dict.fromkeys(gettext(_PROBLEMS[code]) for code in codes))


def status_words(status: DirectoryImportStatus) -> str:
    return gettext(_STATUSES[status])


def number(value: int) -> str:
    """`20 000`, as the reader writes it."""
    return str(format_decimal(value, locale=current_locale()))
