# Two commands are enough: `make demo` to see it run, `make test` to know that it works. `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help setup build demo test lint bench clients ulp clean

PYTHON ?= python3
export PYTHON

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv with the pinned tools, and a software Vulkan driver where there is none
	@bash scripts/setup.sh

# --no-build-isolation: the maturin of .venv builds, so nothing more is downloaded; pip looks for it in the PATH.
build: setup ## build the Python package with optimisations and install it into .venv
	@PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --force-reinstall --no-deps ./bindings/python

demo: build ## from a fresh machine to an executed notebook: device, timings and where it lies
	@.venv/bin/python scripts/run_notebook.py examples/notebooks/01_numpy_to_gpu.ipynb

test: setup ## everything: formatting, lints, Rust tests, doctests, pytest in three modes, the notebooks
	@bash scripts/test.sh

lint: setup ## formatting and lints only
	@bash scripts/test.sh fmt clippy

bench: build ## time against a device copy and every installed peer; BENCH="--quick" passes options
	@.venv/bin/python benches/python/bench.py $(BENCH)

clients: build ## libraries of the array API standard on arrays of the device, in an environment of their own
	@bash scripts/clients.sh

ulp: build ## the largest error of every function beside NumPy's; fails where a bound is broken
	@.venv/bin/python scripts/ulp.py $(ULP)

clean: ## remove what setup, build and test made
	rm -rf .venv .venv-clients build target bindings/python/python/anygpu/_anygpu*.so
