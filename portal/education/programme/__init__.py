"""The education programme of a patient: proposed by a team, begun only when the patient agrees."""
