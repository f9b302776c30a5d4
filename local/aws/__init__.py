"""AWS on this machine: the emulator, the mail services, incoming events."""
