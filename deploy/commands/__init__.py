"""What operators type: a stage is put on AWS, goes live, is tried, and is taken away (docs/deploying.md)."""
