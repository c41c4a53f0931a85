"""Pages for those who run the car parks, and for those who watch them."""
