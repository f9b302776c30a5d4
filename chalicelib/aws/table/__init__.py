"""The DynamoDB table: its requests, and how values become items."""
