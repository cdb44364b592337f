"""Files from outside: what they are, decoded without rights, made anew or refused."""
