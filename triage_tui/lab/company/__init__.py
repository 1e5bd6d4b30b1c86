"""What the lab's company is made of: its servers, its databases, its services, and where everything is."""
