"""Calls back: booked, moved and cancelled by customers, and the places of each half hour."""
