"""What moderators set and decide: policies, cases, rules about prompts, removals."""
