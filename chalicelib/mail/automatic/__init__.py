"""Machines' mails and reports of delivery."""
