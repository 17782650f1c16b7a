"""The measurements, one module an interface; each function returns rows."""
