"""Products as the shop describes them, questions about them, and who waits for one."""
