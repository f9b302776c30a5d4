"""Products: their facts, questions about them, the guarantee passport, and who waits for one."""
