"""FHIR R4: files of other software become patients, circles and appointments."""

from portal.fhir.importer import import_paths
from portal.fhir.report import Entry, ImportReport, Outcome

__all__ = ["Entry", "ImportReport", "Outcome", "import_paths"]
