"""The table in DynamoDB: its requests, and how values become items."""
