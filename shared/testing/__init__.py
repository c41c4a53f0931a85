"""What tests of any service need: databases that cost little, whole systems, people, clients."""
