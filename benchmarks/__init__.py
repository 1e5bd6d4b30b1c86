"""Programs that measure the cockpit beside the tools that people use today. Never run as timed tests."""
