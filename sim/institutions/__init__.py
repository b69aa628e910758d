"""Who delivers: everything that queues, waits, owns a budget, meets or decides by the calendar, as SimPy processes."""
