"""What pages share: language, layout, forms, problems, headers."""
