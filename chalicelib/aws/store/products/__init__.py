"""What is stored of products."""
