"""Pictures of the pages, taken in Chromium."""
