"""Django's settings as the type checker loads them: ours, with a data directory of its own that is thrown away."""

import os
import tempfile

os.environ["WURAO_DATA"] = tempfile.mkdtemp(prefix="wurao-types-")
os.environ.pop("DATABASE_URL", None)

from wurao.control.settings import *  # noqa: F403
