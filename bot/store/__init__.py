"""The tables and the only code that changes them."""
