"""A calendar file that a hospital sent becomes an appointment."""
