"""Accounts, sign-in, departments with their officials, organisations with their members."""
