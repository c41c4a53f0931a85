"""Looking at the audit trail: whether it is whole, the daily anchors that prove it, and its readers."""
