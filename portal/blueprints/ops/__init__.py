"""For the operator and the machines around: accounts, health, reports. No health data."""
