"""Funds that a grant orders to be paid (专项资金): one application each, budgets, grants, payments."""
