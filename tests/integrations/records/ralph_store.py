"""Ralph with its plainest backend, a file, to which it then adds: by default it writes it once."""

from ralph.backends.data.base import BaseOperationType
from ralph.backends.lrs.fs import FSLRSBackend

FSLRSBackend.default_operation_type = BaseOperationType.APPEND

from ralph.api import app  # noqa: E402 -- it reads what was set

__all__ = ["app"]
