"""A circle as FHIR R4, for other software and for the next installation of Relais."""

from portal.fhir.export.bundle import export_circle
from portal.fhir.export.writing import Profile

__all__ = ["Profile", "export_circle"]
