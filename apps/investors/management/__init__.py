"""What is run from the console."""
