"""The contexts, put together: adapters, the layers around them, use cases, the layers around those."""
