"""The desk of modules: what waits for whom, where each module stands, sending and publishing."""
