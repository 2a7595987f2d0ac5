"""`python -m stageapp …` does what the console script `stageapp` does."""

from stageapp.config.cli import main

main()
