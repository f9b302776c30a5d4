"""Telling people when a product that was out of stock is there again."""
