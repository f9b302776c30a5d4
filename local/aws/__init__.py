"""AWS on this machine: the emulator, the mail services, events that come."""
