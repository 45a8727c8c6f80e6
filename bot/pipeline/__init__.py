"""The steps of a job, one file each, and the loop that takes them."""
