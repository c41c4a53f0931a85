"""Bookings: is the slot ledger worth it against a scan of intervals, and what does it cost at a million?"""
