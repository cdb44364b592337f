"""The editor of modules: their parts, page by page, their history, who writes with whom."""
