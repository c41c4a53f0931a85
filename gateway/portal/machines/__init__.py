"""Pages of the shared machines (共享设备): finding, booking and using them, and offering one's own."""
