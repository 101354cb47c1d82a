"""Care plans: what happens to a customer or a car, and the calls that it asks for."""
