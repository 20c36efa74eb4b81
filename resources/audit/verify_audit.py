#!/usr/bin/env python3
"""Check an export of HPM Inspector's audit log, without that program and without trusting it.

    python3 verify_audit.py PROOF [FILE] [--key KEY] [--against CHECKPOINT]

PROOF is the file ``….proof.zip`` beside an export, a folder that it was unpacked to, or the
``proof.jsonl`` in it. FILE is the export itself. KEY is the line ``hpm-inspector/…`` of the
sender's public key, or a file with it: get it from the sender in another way than the export.
CHECKPOINT is a file with a checkpoint that you kept from earlier.

It needs Python 3.8 or later and nothing else, opens no connection and writes no file.
The exit status is 0 for a sound export, 1 for one that is not, 2 where it could not be checked.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import re
import struct
import sys
import zipfile

COLUMNS = ("at", "actor", "action", "subject", "before", "after", "detail", "state", "previous")
FIELDS = frozenset(("seq", "hash", "content", "salt") + COLUMNS)
TAG = b"hpm-audit-row-1\n"
FORMAT = "hpm-audit-proof-1"
ORIGIN = "hpm-inspector/audit/"
DASH = "\u2014 "
LONGEST = 256 * 1024 * 1024  # characters of a line
HEX = re.compile(r"[0-9a-f]{64}\Z")

PROVES = """\
This proves: whoever has the key signed a log of that many rows, and the rows of this export are in
it, word for word, in this order; none of them was changed, left out or put in between since the
signature, except those that are counted above as left out.
It does not prove: that the log tells all that happened; that times and names in it are true; that
nobody with the key and the store wrote another log before this signature; or what rows say that
were left out or erased. The last but one is what a checkpoint kept elsewhere is for (--against)."""


class Bad(Exception):
    """The export is not what it says."""


class Unusable(Exception):
    """It cannot be checked."""


# -- the tree (RFC 6962) ----------------------------------------------------------------------------


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """The right edge of a tree that grows by leaves and by full subtrees."""

    def __init__(self):
        self.size = 0
        self.edge = []

    def add(self, hash_, level=0):
        if self.size % (1 << level):
            raise Bad("a part of the log that was left out does not begin where it can")
        position = self.size >> level
        self.size += 1 << level
        while position & 1:
            hash_ = node(self.edge.pop(), hash_)
            position >>= 1
        self.edge.append(hash_)

    def root(self):
        if not self.edge:
            return hashlib.sha256(b"").digest()
        root = self.edge[-1]
        for left in self.edge[-2::-1]:
            root = node(left, root)
        return root


# -- Ed25519 (RFC 8032) -----------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _x(y, odd):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (not x and odd):
        return None
    return P - x if x & 1 != odd else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = _x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def _sum(one, two):
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(number, point):
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _sum(total, point)
        point = _sum(point, point)
        number >>= 1
    return total


def _point(data):
    number = int.from_bytes(data, "little")
    y = number & ((1 << 255) - 1)
    x = _x(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


def is_signed(key, message, signature):
    """Whether an Ed25519 signature of a message is this key's."""
    if len(key) != 32 or len(signature) != 64:
        return False
    public, first = _point(key), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or first is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    factor = int.from_bytes(digest, "little") % ORDER
    left, right = _times(scalar, BASE), _sum(first, _times(factor, public))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


# -- checkpoints (C2SP: tlog-checkpoint in a signed note) -------------------------------------------


def decoded(text):
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raise Bad("a checkpoint or key with something else than base64 in it")


def read_key(text):
    """The name and the bytes of a public key's line."""
    name, _, rest = text.strip().partition("+")
    digest, _, encoded = rest.partition("+")
    data = decoded(encoded)
    want = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    if len(data) != 33 or data[:1] != b"\1" or want.hex() != digest:
        raise Bad("a public key that is none: %r" % text[:100])
    return name, data[1:], want


def read_checkpoint(text):
    """Its signed text, origin, rows, root, further lines and signatures."""
    body, empty, lines = text.rpartition("\n\n")
    parts = body.split("\n")
    if not empty or len(parts) < 3 or not re.match(r"(0|[1-9][0-9]{0,17})\Z", parts[1]):
        raise Bad("a checkpoint that is none")
    signatures = []
    for line in lines[:-1].split("\n"):
        name, _, encoded = line[len(DASH) :].partition(" ")
        data = decoded(encoded)
        if not line.startswith(DASH) or len(data) != 68:
            raise Bad("a checkpoint with a signature that is none")
        signatures.append((name, data[:4], data[4:]))
    if base64.b64encode(decoded(parts[2])).decode() != parts[2] or not lines.endswith("\n"):
        raise Bad("a checkpoint that is spelled otherwise")
    return body + "\n", parts[0], int(parts[1]), decoded(parts[2]), parts[3:], signatures


def signer(checkpoint, keys):
    """The key, among some, that signed a checkpoint."""
    for name, key, digest in keys:
        for named, id_, signature in checkpoint[5]:
            if (named, id_) == (name, digest):
                if is_signed(key, checkpoint[0].encode(), signature):
                    return name, key, digest
    return None


# -- rows -------------------------------------------------------------------------------------------


def spelled(value):
    """A value of a row as the store has it: a text as it is, anything else as canonical JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def exact(pairs):
    """An object; no key may be there twice."""
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Bad("a row with a key twice")
    return value


def parse(text):
    try:
        return json.loads(text, object_pairs_hook=exact)
    except (ValueError, RecursionError):
        raise Bad("a line that is no JSON")


def leaf(row):
    """The leaf of a row in the tree, over its columns as they are stored."""
    try:
        columns = [spelled(row[name]).encode("utf-8", "surrogatepass") for name in COLUMNS]
        head = struct.pack(">Q%dI" % len(COLUMNS), row["seq"], *map(len, columns))
    except (KeyError, TypeError, struct.error):
        raise Bad("a row that lacks a column")
    return hashlib.sha256(b"\0" + TAG + head + b"".join(columns)).digest()


def old_hash(row):
    """The hash that rows had in earlier versions."""
    said = {name: row[name] for name in COLUMNS if name != "state"}
    said["seq"] = row["seq"]
    return hashlib.sha256(spelled(said).encode("utf-8", "surrogatepass")).hexdigest()


class Export:
    """What is known of an export while its proof is read."""

    def __init__(self, sizes):
        self.tree = Tree()
        self.roots = {}
        self.sizes = sizes
        self.before = None
        self.rows = self.hidden = self.erased = self.opened = 0
        self.exports = set()

    def _note(self):
        if self.tree.size in self.sizes:
            self.roots[self.tree.size] = self.tree.root()

    def row(self, row):
        if not isinstance(row, dict) or type(row.get("seq")) is not int:
            raise Bad("a row that is none")
        seq = row["seq"]
        if seq != self.tree.size + 1:
            raise Bad("row %d stands where row %d belongs" % (seq, self.tree.size + 1))
        strange = sorted(set(row) - FIELDS)
        if strange:
            raise Bad("row %d says something that the log does not: %s" % (seq, strange[0][:40]))
        hash_ = leaf(row)
        if row.get("hash") not in (hash_.hex(), old_hash(row)):
            raise Bad("row %d was changed" % seq)
        if self.before is not None and row["previous"] != self.before:
            raise Bad("row %d does not follow from the row before it" % seq)
        self._content(seq, row)
        if row["action"] == "export":
            self.exports.add(row["after"])
        self.tree.add(hash_)
        self.before = row["hash"]
        self.rows += 1
        self._note()

    def _content(self, seq, row):
        detail = row["detail"] if isinstance(row["detail"], dict) else {}
        promised = detail.get("commitment")
        if "content" not in row and "salt" not in row:
            self.erased += promised is not None
            return
        try:
            salt = bytes.fromhex(row["salt"])
            text = spelled(row["content"]).encode("utf-8", "surrogatepass")
        except (KeyError, TypeError, ValueError):
            raise Bad("row %d has a content that cannot be read" % seq)
        if hmac.new(salt, text, hashlib.sha256).hexdigest() != promised:
            raise Bad("row %d has another content than it was written with" % seq)
        self.opened += 1

    def skip(self, run):
        if (
            not isinstance(run, list)
            or len(run) != 3
            or any(type(number) is not int for number in run[:2])
            or not isinstance(run[2], str)
            or not HEX.match(run[2])
        ):
            raise Bad("a part that was left out is not told as such")
        first, last, hash_ = run
        count = last - first + 1
        if first != self.tree.size + 1 or count < 1 or count & (count - 1) or count >> 60:
            raise Bad("a part that was left out does not fit the rows around it")
        self.tree.add(bytes.fromhex(hash_), count.bit_length() - 1)
        self.before = None
        self.hidden += count
        self._note()


# -- the files --------------------------------------------------------------------------------------


def proof_lines(path):
    """The lines of a proof: in a zip, a folder or by itself."""
    if os.path.isdir(path):
        path = os.path.join(path, "proof.jsonl")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive, archive.open("proof.jsonl") as stream:
            for line in lines_of(stream):
                yield line
        return
    with open(path, "rb") as stream:
        for line in lines_of(stream):
            yield line


def lines_of(stream):
    while True:
        line = stream.readline(LONGEST)
        if not line:
            return
        if not line.endswith(b"\n"):
            raise Bad("the last line is not whole: the file was cut")
        try:
            yield line[:-1].decode("utf-8")
        except ValueError:
            raise Bad("a line that is no text")


def file_digest(path):
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        for part in iter(lambda: stream.read(1 << 20), b""):
            digest.update(part)
    return digest.hexdigest()


def rows_of(path):
    with open(path, "rb") as stream:
        for line in lines_of(stream):
            yield parse(line)


def given_key(text):
    if os.path.exists(text):
        with open(text, encoding="utf-8") as stream:
            return [read_key(line) for line in stream if line.strip()]
    return [read_key(text)]


def check(proof, file=None, key=None, against=None):
    """What was found, as lines; raises Bad."""
    lines = proof_lines(proof)
    head = parse(next(lines, "null"))
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise Bad("no proof of this kind")
    if not isinstance(head.get("checkpoint"), str) or not isinstance(head.get("keys"), list):
        raise Bad("a proof without a checkpoint")
    checkpoint = read_checkpoint(head["checkpoint"])
    kept = None
    if against:
        with open(against, encoding="utf-8") as stream:
            kept = read_checkpoint(stream.read())
    keys = given_key(key) if key else [read_key(str(line)) for line in head["keys"]]
    signed_by = signer(checkpoint, keys)
    if signed_by is None:
        raise Bad("the checkpoint has no valid signature of the key")
    if not checkpoint[1].startswith(ORIGIN):
        raise Bad("a checkpoint of another kind of log")
    if kept is not None:
        if kept[1] != checkpoint[1]:
            raise Bad("the checkpoint given is of another store's log")
        if signer(kept, keys + [signed_by]) is None:
            raise Bad("the checkpoint given has no valid signature of the key")
        if kept[2] > checkpoint[2]:
            raise Bad("the checkpoint given has more rows: this log was cut, or is older")
    needs_file = bool(head.get("file"))
    if needs_file and not file:
        raise Unusable("the rows are in the exported file: name it, too (%s)" % head["file"])
    export = Export({kept[2]} if kept is not None else set())
    listed = rows_of(file) if needs_file else iter(())
    for line in lines:
        said = parse(line)
        if not isinstance(said, dict) or len(said) != 1:
            raise Bad("a line of the proof that says nothing known")
        if "row" in said:
            export.row(said["row"])
        elif "hidden" in said:
            export.skip(said["hidden"])
        elif "line" in said and needs_file:
            row = next(listed, None)
            if row is None or row.get("seq") != said["line"]:
                raise Bad("row %s is not in the exported file" % said["line"])
            export.row(row)
        else:
            raise Bad("a line of the proof that says nothing known")
    if next(listed, None) is not None:
        raise Bad("the exported file has rows that the proof does not know")
    if export.tree.size != checkpoint[2]:
        raise Bad("the proof is of %d rows, the checkpoint of %d" % (export.tree.size, checkpoint[2]))
    if export.tree.root() != checkpoint[3]:
        raise Bad("the rows are not those that were signed")
    found = [
        "store: %s" % checkpoint[1][len(ORIGIN) :],
        "signed: %d rows, %s" % (checkpoint[2], " ".join(checkpoint[4][:1]) or "no time"),
        "key: %s (fingerprint %s)" % (signed_by[0], hashlib.sha256(signed_by[1]).hexdigest()[:32]),
        "rows in this export: %d; left out: %d; closed or erased contents: %d"
        % (export.rows, export.hidden, export.erased),
    ]
    if file:
        if file_digest(file) not in export.exports:
            raise Bad("the exported file is not the one that the log says was exported")
        found.append("file: the one that the log says was exported")
    if kept is not None:
        if kept[2] and kept[2] not in export.roots:
            raise Unusable("with rows left out there, it cannot be compared with that checkpoint")
        if kept[2] and export.roots[kept[2]] != kept[3]:
            raise Bad("the log does not begin with the rows of the checkpoint given: written anew")
        found.append("the log goes on from the checkpoint given, of %d rows" % kept[2])
    if not key:
        found.append(
            "NOTE: the key came with the export. Ask the sender for its fingerprint in another way."
        )
    return found


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("proof", nargs="?", default=here)
    parser.add_argument("file", nargs="?")
    parser.add_argument("--key")
    parser.add_argument("--against")
    given = parser.parse_args(arguments)
    try:
        found = check(given.proof, given.file, given.key, given.against)
    except Bad as error:
        print("NOT SOUND: %s." % error)
        return 1
    except (Unusable, OSError, KeyError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        print("COULD NOT BE CHECKED: %s." % error)
        return 2
    print("SOUND.")
    print("\n".join(found))
    print()
    print(PROVES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
