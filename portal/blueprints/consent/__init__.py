"""Who can see my file: the patient's answers, person by person, on screen and on paper."""
