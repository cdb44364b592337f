"""Who answers for what, and when: what the pages about a circle share. Knows nothing of the web."""
