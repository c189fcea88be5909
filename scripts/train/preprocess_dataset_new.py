"""Create a training set of a dataset: the old name of ``python -m src.cli dataset create``.

    python scripts/train/preprocess_dataset_new.py --input_name data/data_sets/jsons_sets \
        --output_dir data/data_sets/train_set
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from src.cli.program import main

if __name__ == "__main__":
    sys.exit(main(["dataset", "create", *sys.argv[1:]]))
