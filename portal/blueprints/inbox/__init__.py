"""What a professional or a team has to answer, over all their patients."""
