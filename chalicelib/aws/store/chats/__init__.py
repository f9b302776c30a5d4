"""What the table keeps of chats besides their tickets."""
