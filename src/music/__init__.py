"""Musical knowledge: symbols in, symbols out. Keys, tempo, prompts, plans, scores."""
