"""A small invented province, see the README."""
