"""What is allowed, and which rule said so: pure decisions on what the store has read."""
