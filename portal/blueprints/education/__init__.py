"""Modules as a patient or a carer reads them, in the file of one person."""
