"""`python -m sample.generator`: write the sample county into sample/county/."""

from __future__ import annotations

import argparse
from pathlib import Path

from sample.generator.build import SEED, build

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the sample county's workbooks.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--households", type=int, default=16_000, help="households in all")
    parser.add_argument("--out", type=Path, default=ROOT / "sample")
    arguments = parser.parse_args()
    for name, count in build(
        out=arguments.out,
        seed=arguments.seed,
        households=arguments.households,
        scenarios_folder=ROOT / "tests" / "scenarios",
        places=ROOT / "sample" / "county" / "行政区划.csv",
    ).items():
        print(f"{count:>7} {name}")


if __name__ == "__main__":
    main()
