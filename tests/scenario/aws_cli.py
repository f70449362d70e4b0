"""Debian's AWS CLI against a server, by --endpoint-url."""

import json
import os
import pathlib
import subprocess

import pytest

AWS = pathlib.Path("/usr/bin/aws")  # Ubuntu 24.04 has none

needs_aws = pytest.mark.skipif(not AWS.exists(), reason="no /usr/bin/aws (package awscli)")


def run(server, *arguments, **variables):
    return subprocess.run([AWS, "--endpoint-url", server.endpoint, "--output", "json", *arguments],
                          capture_output=True, text=True, timeout=100, check=False,
                          env={**os.environ, **variables})


def aws(server, *arguments):
    """What the command prints, read as JSON; it must succeed."""
    result = run(server, *arguments)
    assert result.returncode == 0, (arguments, result.stdout, result.stderr)
    return json.loads(result.stdout) if result.stdout.strip() else None


def deploy(server, template, name, *options):
    """`aws cloudformation deploy`, which prints no JSON."""
    return run(server, "cloudformation", "deploy", "--template-file", str(template),
               "--stack-name", name, "--capabilities", "CAPABILITY_IAM", *options)


def refused(server, code, *arguments):
    """The message with which the command fails; the error has this code."""
    result = run(server, *arguments)
    assert result.returncode != 0, result.stdout
    assert f"({code})" in result.stderr, result.stderr
    return result.stderr
