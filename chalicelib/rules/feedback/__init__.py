"""What people say about the shop's electronic services, and what is published of all ratings."""
