"""`python -m bench.peer.worker`, in the peer's environment: reads commands from standard input, one in a line of JSON,
and answers each with a line of JSON. A command has a job's name as `job`, and the job's arguments."""

import json
import sys

from bench.peer import site


def main() -> None:
    # What libraries print must not be read as an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    site.set_up()
    # They import models, which are known only now.
    from bench.peer.jobs import JOBS

    for line in sys.stdin:
        command = json.loads(line)
        answer = JOBS[command.pop("job")](**command)
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
