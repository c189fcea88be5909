"""Convert tagged songs to a dataset: the old name of ``python -m src.cli dataset convert``.

    python scripts/train/convert2hf_dataset_new.py --data_dir data/audio \
        --output_name data/data_sets/jsons_sets
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from src.cli.program import main

if __name__ == "__main__":
    sys.exit(main(["dataset", "convert", *sys.argv[1:]]))
