"""The web portal: server-rendered pages that talk to the services only through their HTTP API."""
