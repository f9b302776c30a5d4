"""Answers before they leave, and how a customer is answered."""
