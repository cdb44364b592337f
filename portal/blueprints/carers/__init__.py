"""Carers: what each may do, decided by the patient and changed at once."""
