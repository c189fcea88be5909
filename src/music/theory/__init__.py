"""Musical facts and the stem card: keys, tempo relations, roles, levels of mastering."""
