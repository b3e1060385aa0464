"""Plays one random history on two directories and compares what every call answers and what is there in the end.

Usage: exercise-files.py DIRECTORY REFERENCE SEED STEPS. The reference is a tmpfs of the same kernel. Prints each mismatch; status 1 if any.
"""
import errno
import os
import random
import stat
import sys

tested, reference, seed, steps = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
rng = random.Random(seed)
names = ["a", "b", "c", "file", "\u00e4\u00f6", "n" * 200]
open_files = {}
mismatches = 0


def path():
    return "/".join(rng.choice(names) for _ in range(rng.randint(1, 3)))


def content(length, fill):
    return bytes((fill + i * 7) & 255 for i in range(length))


def write(root, at, offset, length, fill, flags):
    fd = os.open(root + "/" + at, os.O_WRONLY | flags, 0o640)
    try:
        return os.pwrite(fd, content(length, fill), offset)
    finally:
        os.close(fd)


def read(root, at, offset, length):
    fd = os.open(root + "/" + at, os.O_RDONLY)
    try:
        return os.pread(fd, length, offset)
    finally:
        os.close(fd)


def keep_open(root, at, slot):
    fd = os.open(root + "/" + at, os.O_RDWR)
    old = open_files.pop((root, slot), None)
    if old is not None:
        os.close(old)
    open_files[(root, slot)] = fd


def use_open(root, slot, offset, length, fill):
    fd = open_files.get((root, slot))
    if fd is None:
        return None
    os.pwrite(fd, content(length, fill), offset)
    os.ftruncate(fd, offset + length // 2)
    return os.fstat(fd).st_size, os.fstat(fd).st_nlink, os.pread(fd, 100, max(0, offset - 50))


def look(root, at):
    s = os.lstat(root + "/" + at)
    links = 0 if stat.S_ISDIR(s.st_mode) else s.st_nlink
    size = 0 if stat.S_ISDIR(s.st_mode) else s.st_size
    return s.st_mode, s.st_uid, s.st_gid, links, size


def operation():
    kind = rng.randrange(18)
    a, b = path(), path()
    offset, length, fill = rng.randrange(20000), rng.randrange(12000), rng.randrange(256)
    slot = rng.randrange(4)
    mode, owner, stamp = rng.randrange(0o10000), rng.randrange(5), rng.randrange(2**31)
    flags = rng.choice([os.O_CREAT, os.O_CREAT | os.O_EXCL, os.O_CREAT | os.O_TRUNC, os.O_APPEND])
    return {
        0: ("mkdir", lambda r: os.mkdir(r + "/" + a, 0o755)),
        1: ("mkdir", lambda r: os.mkdir(r + "/" + a, 0o700)),
        2: ("rmdir", lambda r: os.rmdir(r + "/" + a)),
        3: ("unlink", lambda r: os.unlink(r + "/" + a)),
        4: ("rename", lambda r: os.rename(r + "/" + a, r + "/" + b)),
        5: ("rename", lambda r: os.rename(r + "/" + a, r + "/" + b)),
        6: ("link", lambda r: os.link(r + "/" + a, r + "/" + b, follow_symlinks=False)),
        7: ("symlink", lambda r: os.symlink("no/where", r + "/" + a)),
        8: ("write", lambda r: write(r, a, offset, length, fill, flags)),
        9: ("write", lambda r: write(r, a, offset, length, fill, os.O_CREAT)),
        10: ("read", lambda r: read(r, a, offset // 2, length)),
        11: ("truncate", lambda r: os.truncate(r + "/" + a, offset)),
        12: ("chmod", lambda r: os.chmod(r + "/" + a, mode & ~0o6000)),
        13: ("chown", lambda r: os.chown(r + "/" + a, owner, owner + 1, follow_symlinks=False)),
        # Linux's 9P client cuts times that are set to whole seconds.
        14: ("utime", lambda r: (os.utime(r + "/" + a, (stamp, stamp // 2)), os.stat(r + "/" + a).st_mtime_ns)),
        15: ("open", lambda r: keep_open(r, a, slot)),
        16: ("use", lambda r: use_open(r, slot, offset, length, fill)),
        17: ("look", lambda r: look(r, a)),
    }[kind] + (a, b)


def answer(call, root):
    try:
        return call(root)
    except OSError as error:
        return errno.errorcode.get(error.errno, error.errno)


def tree(root):
    found = {}
    for at, dirs, files in os.walk(root):
        for name in dirs + files:
            where = os.path.join(at, name)
            s = os.lstat(where)
            data = None
            if stat.S_ISREG(s.st_mode):
                with open(where, "rb") as f:
                    data = hash(f.read())
            elif stat.S_ISLNK(s.st_mode):
                data = os.readlink(where)
            found[where[len(root):]] = look(root, where[len(root):].lstrip("/")) + (data,)
    return found


def report(*what):
    global mismatches
    mismatches += 1
    if mismatches <= 10:
        print(*what)


for root in (tested, reference):
    os.makedirs(root)
for step in range(steps):
    name, call, a, b = operation()
    got, expected = answer(call, tested), answer(call, reference)
    if got != expected:
        report(f"step {step}: {name} {a} {b}: {str(got)[:200]}, expected {str(expected)[:200]}")
    if step % 100 == 99:
        if rng.random() < 0.5:
            with open("/proc/sys/vm/drop_caches", "w") as f:
                f.write("3")
        got, expected = tree(tested), tree(reference)
        for where in sorted(set(got) | set(expected)):
            if got.get(where) != expected.get(where):
                report(f"step {step}: {where}: {got.get(where)}, expected {expected.get(where)}")
print(f"{steps} steps, {mismatches} mismatches")
sys.exit(1 if mismatches else 0)
