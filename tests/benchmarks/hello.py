"""The least that Litestar can do, served as our API is: `python -m tests.benchmarks.hello <port>`."""

import sys

import uvicorn
from litestar import Litestar, get

from procurement.platform.http.server import settle_memory


@get("/", sync_to_thread=False)
def hello() -> dict[str, str]:
    return {"hello": "world"}


if __name__ == "__main__":
    app = Litestar([hello], openapi_config=None, logging_config=None, on_startup=[settle_memory])
    uvicorn.run(
        app,
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_level="warning",
    )
