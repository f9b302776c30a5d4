"""The pages of a shop's help centre."""
