"""The catalogue of service items (事项): what can be applied for, under which law, with which form."""
