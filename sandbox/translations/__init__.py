"""Keeps the files of the languages in step with the code, and judges what stands in them."""
