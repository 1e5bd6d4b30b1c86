"""The guides in the cockpit: asked on a thread of their own, shown section by section."""
