"""Gateways carry decisions into the network: a room for each protocol. They hold no rule."""
