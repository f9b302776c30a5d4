"""Messages by AWS End User Messaging."""
