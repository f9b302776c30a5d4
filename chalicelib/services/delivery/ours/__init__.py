"""What is ours in what others send: the words and the mails that we wrote."""
