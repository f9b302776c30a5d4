"""docs/story.md, written by living it on the stack."""
