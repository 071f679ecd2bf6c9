#!/bin/sh
# Puts a pinned uv at $1/uv without root: from PATH if there, else from a private virtual environment.
set -eu
boot=$1
mkdir -p "$boot"
if command -v uv >/dev/null 2>&1 && uv --version | grep -qE '^uv (0\.1[3-9]|0\.[2-9][0-9]|[1-9])'; then
    ln -sf "$(command -v uv)" "$boot/uv"; exit 0
fi
python=$(command -v python3 || true)
if [ -z "$python" ] || ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "需要 Python 3.11 或更新版本。 / Bangfu needs Python 3.11 or newer as python3." >&2; exit 2
fi
if "$python" -m venv "$boot/venv" >/dev/null 2>&1; then
    "$boot/venv/bin/python" -m pip install --quiet --disable-pip-version-check 'uv>=0.13,<0.14'
    ln -sf venv/bin/uv "$boot/uv"
elif "$python" -m pip --version >/dev/null 2>&1; then
    "$python" -m pip install --quiet --disable-pip-version-check --target "$boot/lib" 'uv>=0.13,<0.14'
    ln -sf lib/bin/uv "$boot/uv"
else
    echo "缺少 Python 的 venv 模块：请安装 python3-venv 后再试。 / Python's venv module is missing: install the package python3-venv and try again." >&2; exit 2
fi
