"""The edges: gateways, intake, relay, reply, deliver; one folder a channel.

May import schema, rules, storage and workflows.client; channels never import one another.
"""
