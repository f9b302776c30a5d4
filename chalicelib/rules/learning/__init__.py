"""What tickets come to when they are added up: counts by day, signals with their causes, improvements and what they
brought. Nothing here knows a person."""
