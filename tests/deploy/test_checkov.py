"""checkov finds nothing in the stack's template but what is accepted here. It runs in an environment of its own,
because it pins packages that ours need not follow: `make scan`."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from deploy import rights
from tests import needs
from tests.deploy.expanding import decided, expanded
from tests.deploy.packages import Package

__test__ = needs.CHECKOV.met()
_SCANNER = needs.ROOT / ".cache/checkov/bin/checkov"
# With everything that a parameter adds
_GIVEN = {
    "DomainName": "care.example.com",
    "CertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/1",
    "WebAclArn": "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/care/1",
    "AccessLog": "role",
    "TestEvents": "registry",
    "AlarmEmail": "ops@company.example",
    "Backups": "on",
    "Trail": "on",
    "HeadsKeptYears": "10",
}
_OUR_KEYS = "AWS's own key encrypts it; a key of ours would cost, and be one more thing to lose"
# What it advises and we do not follow, and why
ACCEPTED = {
    "CKV_AWS_18": "its log would need a bucket of its own; CloudTrail's data events can tell who read what",
    "CKV_AWS_26": "SES publishes to no topic with AWS's own key; a key of ours would have to let SES use it",
    "CKV_AWS_27": "SQS's own encryption is on (SqsManagedSseEnabled), which this check does not know",
    "CKV_AWS_35": _OUR_KEYS,
    "CKV_AWS_67": "table and functions are in one region; a trail of all regions would record the work of others",
    "CKV_AWS_73": "traces would contain URLs, and these the tokens of links (decision 180)",
    "CKV_AWS_115": "a fixed share would take concurrency from the others; what reads queues has a maximum there",
    "CKV_AWS_116": "failures of queues, of the stream and of runs that nobody waits for are kept by other means",
    "CKV_AWS_117": "functions reach nothing but AWS's own services",
    "CKV_AWS_119": _OUR_KEYS,
    "CKV_AWS_120": "pages are different for each customer",
    "CKV_AWS_149": _OUR_KEYS,
    "CKV_AWS_158": _OUR_KEYS,
    "CKV_AWS_166": _OUR_KEYS,
    "CKV_AWS_173": "settings contain no secret, only names",
}


def findings(template: dict[str, Any], folder: Path) -> dict[str, list[str]]:
    """The resources in which checkov finds something, by the check's id."""
    file = folder / "expanded.json"
    file.write_text(json.dumps(template), encoding="utf-8")
    command = [str(_SCANNER), "-f", str(file), "--framework", "cloudformation", "--skip-download", "-o", "json"]
    # Its answer is its result, not an error.
    done = subprocess.run(
        [*command, "--quiet", "--compact", "--soft-fail"],
        capture_output=True,
        text=True,
        env={"PATH": os.defpath, "HOME": str(folder)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["summary"]["parsing_errors"] == 0
    assert told["summary"]["resource_count"] > 2 * len(rights.FUNCTIONS)
    found: dict[str, list[str]] = {}
    for each in told["results"]["failed_checks"]:
        found.setdefault(each["check_id"], []).append(each["resource"])
    return found


def test_it_finds_only_what_is_accepted(packaged: Package, tmp_path: Path) -> None:
    whole = expanded(packaged.template, _GIVEN)
    chosen = {"AWSTemplateFormatVersion": "2010-09-09", **{name: whole[name] for name in ("Parameters", "Mappings")}}
    found = findings(chosen | decided(whole, _GIVEN), tmp_path)
    assert {check: sorted(names)[:3] for check, names in found.items() if check not in ACCEPTED} == {}
    assert ACCEPTED.keys() - found.keys() == set(), "no longer found: take these out of the list"
