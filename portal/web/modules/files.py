"""A module as a file that is downloaded, and why one that was sent is not taken."""

from flask import Response, make_response

from portal.education.packages import Package, PackageProblem, PackageRefusedError, write_package
from portal.web.downloads import as_download
from portal.web.i18n import gettext


def module_file(package: Package) -> Response:
    """A ZIP archive under the name of the module."""
    response = make_response(write_package(package))
    response.mimetype = "application/zip"
    return as_download(response, f"{package.content.slug}.zip")


def package_refusal(error: PackageRefusedError) -> str:
    """What to do about it, with the place as its author finds it."""
    said = {
        PackageProblem.TOO_LARGE: gettext("The file is too large: 10 MB at most"),
        PackageProblem.NOT_A_ZIP: gettext("This is not a module file: choose a ZIP file"),
        PackageProblem.FOREIGN_NAME: gettext("The file holds something that no module has"),
        PackageProblem.MISSING: gettext("Something is missing in the file"),
        PackageProblem.NOT_TEXT: gettext("A text of the file cannot be read: it has to be UTF-8"),
        PackageProblem.NOT_JSON: gettext("A list of the file cannot be read: it is no JSON"),
        PackageProblem.WRONG_FORMAT: gettext("The file is made for another version of Relais"),
        PackageProblem.WRONG_VALUE: gettext("Something in the file is not as a module has it"),
        PackageProblem.PICTURE: gettext("A picture of the file cannot be opened safely"),
    }[error.problem]
    return f"{said} ({error.place})" if error.place else said
