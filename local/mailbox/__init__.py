"""Everybody's mailbox on this machine, to read in a browser."""
