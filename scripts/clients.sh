#!/usr/bin/env bash
# The tests of tests/clients: libraries that know anygpu through the array API standard and NumPy's protocols only, in an environment of their own.
# The extension module has to be built (`make build`, or `make test` before).
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x .venv-clients/bin/python ] || "${PYTHON:-python3}" -m venv .venv-clients
.venv-clients/bin/python -m pip install --quiet --disable-pip-version-check -r tests/clients/requirements.txt
PYTHONPATH=bindings/python/python .venv-clients/bin/python -m pytest -q -p no:cacheprovider tests/clients "$@"
