# SPDX-License-Identifier: EUPL-1.2
"""The import of a large official schema: the whole command, from the file to the written package (SCHALTER_SHARED; not measured without it)."""
import glob
import os
import shutil
import statistics
import subprocess
import tempfile
import time


def measure(program, wanted, put):
    files = glob.glob(os.path.join(os.environ.get("SCHALTER_SHARED") or "", "data/fim/xdf3/*.xml"))
    if not wanted("import_fim") or not files:
        return
    largest, took = max(files, key=os.path.getsize), []
    for _ in range(9):
        out = tempfile.mkdtemp()
        began = time.monotonic()
        subprocess.run([program, "import", "fim", "--out", out, largest], check=True, capture_output=True)
        took.append((time.monotonic() - began) * 1000)
        shutil.rmtree(out)
    put("import_fim_ms", round(statistics.median(took), 1), f"{os.path.getsize(largest) / 1e6:.1f} MB, whole command with start, checks, recorded cases and eight durable files, median of 9")
