"""Files of modules: pictures of a draft, a module that leaves as a file and comes as one."""
