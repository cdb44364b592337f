"""Legal statuses of relatives: what a coordinator saw the original of."""
