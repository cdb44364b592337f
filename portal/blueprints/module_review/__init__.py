"""Reading a module before it is published: as a peer, as a reviewer, with remarks."""
