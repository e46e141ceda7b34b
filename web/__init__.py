"""The pages and the API: citizen, officer, manager. May import schema, rules, storage and
workflows.client."""
