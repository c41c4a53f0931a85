"""Pages of parking (停车): finding a bay, reserving and paying for it, passes, visitors, a firm's bays."""
