"""Cox's partial likelihood and where it has its maximum: arrays in, arrays out."""
