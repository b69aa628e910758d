"""How a firm lives: its bills, its month, what measures give it, and how it leaves."""
