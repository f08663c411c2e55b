#!/usr/bin/env bash
# Makes .venv with the pinned tools of scripts/requirements-dev.txt and, where no Vulkan driver is found at all, installs Debian's
# software driver. Needs Rust (cargo, a C linker) and Python >= 3.10. Running it again costs nothing: everything done is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

python=${PYTHON:-python3}
command -v "$python" >/dev/null || fail "no $python. Install Python 3.10 or newer (Debian: apt-get install python3 python3-venv), or name one: PYTHON=/path/to/python make ..."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || fail "$("$python" --version) is too old: 3.10 or newer is needed. Name another: PYTHON=/path/to/python make ..."
command -v cargo >/dev/null || fail "no cargo. Install Rust from https://rustup.rs, then open a new shell."
command -v cc >/dev/null || fail "no C linker (cc), which Rust links with. Debian: apt-get install build-essential"

# A virtual environment whose interpreter is gone (an upgraded Python, a moved folder) is made anew.
if ! .venv/bin/python -c '' 2>/dev/null; then
    rm -rf .venv
    "$python" -m venv .venv 2>/dev/null || { rm -rf .venv; fail "$python cannot make a virtual environment. Debian: apt-get install python3-venv"; }
    say "made .venv with $(.venv/bin/python --version)"
fi

# The stamp is the list of requirements that was installed.
if ! cmp -s scripts/requirements-dev.txt .venv/requirements-dev.installed; then
    say "installing scripts/requirements-dev.txt into .venv"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r scripts/requirements-dev.txt
    cp scripts/requirements-dev.txt .venv/requirements-dev.installed
fi

# Other systems bring their own graphics interface: Metal, DirectX 12.
[ "$(uname -s)" = Linux ] || exit 0

has_loader() { PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1'; }
# Where the loader looks for drivers: https://github.com/KhronosGroup/Vulkan-Loader/blob/main/docs/LoaderDriverInterface.md
has_driver() {
    [ -z "${VK_DRIVER_FILES:-}${VK_ICD_FILENAMES:-}" ] || return 0
    local folder
    for folder in /usr/share/vulkan/icd.d /usr/local/share/vulkan/icd.d /etc/vulkan/icd.d "${XDG_DATA_HOME:-$HOME/.local/share}/vulkan/icd.d"; do
        compgen -G "$folder/*.json" >/dev/null && return 0
    done
    return 1
}

has_loader && has_driver && exit 0
missing=$(has_loader && echo "no Vulkan driver" || echo "no Vulkan loader (libvulkan.so.1)")
command -v apt-get >/dev/null || fail "$missing on this machine, and no apt-get to install one with. Install your system's packages for libvulkan and a Vulkan driver (Mesa's lavapipe, in vulkan-swrast or mesa-vulkan-drivers, needs no GPU)."
if [ "$(id -u)" = 0 ]; then as_root=(); elif command -v sudo >/dev/null; then as_root=(sudo); else fail "$missing on this machine. As root: apt-get install mesa-vulkan-drivers libvulkan1"; fi
say "$missing on this machine: installing Debian's software driver (mesa-vulkan-drivers, libvulkan1); a GPU's own driver is used instead wherever there is one"
install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mesa-vulkan-drivers libvulkan1)
"${install[@]}" >/dev/null 2>&1 || { "${as_root[@]}" apt-get update -qq && "${install[@]}" >/dev/null; }
