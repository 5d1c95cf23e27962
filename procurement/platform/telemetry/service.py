"""Under which name and version a process speaks."""

from importlib.metadata import PackageNotFoundError, version


def service_name(process: str) -> str:
    """`procurement-api`, `procurement-worker` and so on, as the deployment calls them."""
    return f"procurement-{process}"


def service_version() -> str:
    try:
        return version("procurement")
    except PackageNotFoundError:  # run from the source tree
        return "unreleased"
