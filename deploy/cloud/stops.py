"""Why a command for operators ends early."""


class Stopped(Exception):
    """The command can't go on. The message is for the operator: what is wrong, and what to do."""
