"""The education programme as the patient and their carers see it: answers, goals, what is shown."""
