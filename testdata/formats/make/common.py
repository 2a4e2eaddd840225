"""What the parts of the generator share: numbers, the manifest, running programs."""
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

OUT = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
TMP = tempfile.mkdtemp(prefix="formats-")
ROWS = []  # file, place, number
_next = [0]


def cpr(n):
    """The n-th made-up number: born 2037 to 2057, right modulus 11, dashed."""
    weights = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
    serial = 5000 + n % 7
    while True:
        s = "%02d%02d%02d%04d" % (1 + n % 28, 1 + n // 28 % 12, 37 + n // 336 % 21, serial)
        if sum(w * int(c) for w, c in zip(weights, s)) % 11 == 0:
            return s[:6] + "-" + s[6:]
        serial += 7


def number(zero=False):
    """The next number; zero asks for one that begins with 0 and then 1 to 9."""
    while True:
        n = cpr(_next[0])
        _next[0] += 1
        if not zero or n[0] == "0":
            return n


def put(name, place, num, data):
    """Writes one file of the corpus and its line of the manifest."""
    path = os.path.join(OUT, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if isinstance(data, str):
        data = data.encode("utf-8")
    if name.endswith((".ppt", ".pot", ".pps")):  # mostly zeros: kept packed
        path += ".gz"
        data = gzip.compress(data, 9, mtime=0)
    with open(path, "wb") as f:
        f.write(data)
    ROWS.append((name, place, num))


def put_file(name, place, num, source):
    with open(source, "rb") as f:
        put(name, place, num, f.read())


def tmp(*parts):
    path = os.path.join(TMP, *parts)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def write_tmp(name, data):
    path = tmp(name)
    with open(path, "wb") as f:
        f.write(data.encode("utf-8") if isinstance(data, str) else data)
    return path


def read(path):
    with open(path, "rb") as f:
        return f.read()


def run(*args, **kw):
    r = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kw)
    if r.returncode != 0:
        sys.exit("%s: %s" % (" ".join(args), r.stderr.decode("utf-8", "replace")[-2000:]))
    return r.stdout


def soffice(kind, filter_, sources, outdir):
    """Converts many files at once; filter_ may be empty."""
    if not sources:
        return
    os.makedirs(outdir, exist_ok=True)
    run("soffice", "-env:UserInstallation=file://" + tmp("profile"), "--headless", "--convert-to",
        kind + (":" + filter_ if filter_ else ""), "--outdir", outdir, *sources)


def holds(path, num):
    """Whether the number is really in the file, asked of nobody's reader: programs
    drop things when they convert, and what they dropped nobody can find."""
    digits = num.replace("-", "")
    data = read(path)
    blobs = [data]
    if data[:2] == b"PK":
        with zipfile.ZipFile(path) as z:
            blobs = [z.read(n) for n in z.namelist()]
    for b in blobs:
        for text in (b.decode("latin-1"), b.decode("utf-16-le", "ignore"), b[1:].decode("utf-16-le", "ignore")):
            for t in (text, re.sub(r"<[^>]*>|\{\\[^{}]*\}|[{}]|\\[a-z]+-?\d* ?|\r|\n", "", text)):
                if num in t or digits in t or digits.lstrip("0") in t or num.replace("-", "\\_") in t:
                    return True
    return False


def finish():
    ROWS.sort()
    with open(os.path.join(OUT, "manifest.tsv"), "w", encoding="utf-8") as f:
        f.write("file\tplace\tnumber\n")
        for r in ROWS:
            f.write("\t".join(r) + "\n")
    shutil.rmtree(TMP)
