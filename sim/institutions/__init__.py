"""Who delivers: SimPy processes that act on their days and hours, over queues in arrays and funds that SimPy holds."""
