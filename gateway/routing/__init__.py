"""The way of a request from the public edge to the service that owns what it asks for."""
