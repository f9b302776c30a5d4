"""Checks a shop's record of promises: every day's tree, the chain of days, and proofs that customers have kept.

    python check_record.py https://care.example.com/shops/northlight/record [proof.json …]

A proof is what the customer's page of a case gives. It needs nothing but Python, and says what is wrong.
"""

import hashlib
import json
import sys
import urllib.request
from pathlib import Path


def read(url):
    return json.load(urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": "application/json"})))


def sha(data):
    return hashlib.sha256(data).digest()


def root(lines):  # RFC 6962, section 2.1
    half = 1 << (len(lines) - 1).bit_length() >> 1
    return sha(b"\1" + root(lines[:half]) + root(lines[half:]) if half else b"\0" + lines[0].encode())


def climb(line, index, size, path):  # the same root, from one line and what stands beside it
    if size == 1 or not path:
        return sha(b"\0" + line.encode())
    half, beside = 1 << (size - 1).bit_length() - 1, bytes.fromhex(path[-1])
    if index < half:
        return sha(b"\1" + climb(line, index, half, path[:-1]) + beside)
    return sha(b"\1" + beside + climb(line, index - half, size - half, path[:-1]))


record, wrong, days = read(sys.argv[1]), [], {}
chain = record["before"]
for d in record["days"]:
    lines = read(d["leaves"])["leaves"]
    found = [root(lines).hex(), *(sum(line.endswith(word) for line in lines) for word in (" kept", " missed"))]
    chain = sha(f"{chain} {d['day']} {d['kept']} {d['missed']} {d['root']}".encode()).hex()
    wrong += [f"{d['day']}: the promises are not those of the root"] * (found != [d["root"], d["kept"], d["missed"]])
    wrong += [f"{d['day']}: the chain is broken"] * (chain != d["chain"])
    days[d["day"]] = (d["root"], d["root"], d["chain"], d["kept"] + d["missed"])
for file in sys.argv[2:]:
    for one in json.loads(Path(file).read_text(encoding="utf-8"))["promises"]:
        said = one["counted"] and (climb(one["leaf"], one["index"], one["size"], one["path"]).hex(), one["root"])
        if said and (*said, one["chain"], one["size"]) != days.get(one["day"]):
            wrong.append(f"{file}: {one['promise']} of {one['day']} is not in the record")
print("\n".join(wrong) or f"{len(days)} days are right. Keep the last link of the chain: {chain}")
sys.exit(bool(wrong))
