"""Gate events by the thousand: how long a barrier waits, and whether anything is lost or doubled."""
