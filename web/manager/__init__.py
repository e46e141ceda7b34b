"""The manager's pages: figures by department, with the way down to the queue. As web may."""
