"""What is stored of products: published answers, and who waits for one."""
