"""Messages by messengers: taking them in, and saying things in their channel."""
