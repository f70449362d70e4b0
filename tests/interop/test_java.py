"""The chat through Java: the JDK's WebSocket and the AWS SDK for Java v2."""

import os
import pathlib
import subprocess

import pytest

from other_chat import as_on_aws, talk

FOLDER = os.environ.get("GATEHOUSE_JAVA_CHAT")  # ./dev test interop fills it from java/


def java(*properties):
    if not FOLDER:
        pytest.fail("GATEHOUSE_JAVA_CHAT names no folder; ./dev test interop fills one")
    path = f"{FOLDER}/classes:{FOLDER}/lib/*"
    return ["java", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", *properties, "-cp", path,
            "Chat"]


def test_by_one_endpoint_for_all(start_gatehouse):
    """AWS_ENDPOINT_URL instead of `gatehouse env`: nothing else must be known to Java."""
    server = start_gatehouse()
    environment = {**os.environ, "AWS_ENDPOINT_URL": server.endpoint, "AWS_REGION": "us-east-1",
                   "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}
    talk(java(), server, environment, server.url, server.management_url)


def test_by_aws_own_names(start_gatehouse, tmp_path):
    """A JVM reads neither HTTPS_PROXY nor a bundle of authorities: the README's properties."""
    server = start_gatehouse()
    environment = as_on_aws(server)
    authority = pathlib.Path(environment["AWS_CA_BUNDLE"]).with_name("authority.pem")
    store, outputs = tmp_path / "gatehouse.p12", server.stack["outputs"]
    subprocess.run(["keytool", "-importcert", "-noprompt", "-alias", "gatehouse", "-storepass",
                    "changeit", "-storetype", "PKCS12", "-keystore", store, "-file", authority],
                   check=True, capture_output=True, timeout=60)
    properties = [f"-Djavax.net.ssl.trustStore={store}",
                  "-Djavax.net.ssl.trustStorePassword=changeit"]
    for scheme in ("https", "http"):  # the SDK takes http's for https
        properties += [f"-D{scheme}.proxyHost=127.0.0.1", f"-D{scheme}.proxyPort={server.port}"]
    talk(java(*properties), server, environment, outputs["WebSocketApiEndpoint"],
         outputs["ConnectionsEndpoint"])
