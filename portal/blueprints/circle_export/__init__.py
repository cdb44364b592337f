"""The circle as FHIR R4, to take away."""
