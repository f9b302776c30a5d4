"""Plays the story on a stack and writes docs/story.md from it."""
