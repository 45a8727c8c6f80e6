"""What jobs take from limits and budgets: asked, written down, given back, added up."""
