"""Staff open and confirm a way back for somebody who lost every factor."""
