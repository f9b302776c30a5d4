"""The settings in the environment. They are read only on request, so that an import does not need them."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """TABLE_NAME, MAIL_BUCKET, FILES_BUCKET, MAIL_QUEUE_URL, DEAD_LETTERS_URL, DELIVERY_QUEUE_URL,
    DELIVERY_DEAD_LETTERS_URL, SEND_MAIL_DEAD_LETTERS_URL, INDEX_WORDS_DEAD_LETTERS_URL, RUN_DEAD_LETTERS_URL,
    HOOK_QUEUE_URL, HOOK_DEAD_LETTERS_URL, SECRET_ID, AUDIT_SECRET_ID, SOURCES_SECRET_ID, CONFIGURATION_SET,
    RECEIPT_RULE_SET (empty if SES does not receive): the stack's resources; PUBLIC_URL: where customers reach us,
    without a slash at the end; RATE_LIMITS: "on" or "off"; STAGE: the deployment's stage, "local" on a developer's
    machine. LIVE_URL, LIVE_ENDPOINT, BELL_TOPIC: where pages connect that want to be rung, where they are rung, and the
    topic by which; empty if the stack has no connections. TEXT_EVENTS: by which AWS tells what became of text messages;
    empty without messages by AWS. OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET_ID: single
    sign-on at the desk, empty if there is none.
    `files_origins`: the origins to which browsers upload files, from AWS_REGION and, on an emulator,
    AWS_ENDPOINT_URL."""

    table_name: str
    mail_bucket: str
    files_bucket: str
    mail_queue_url: str
    dead_letters_url: str
    secret_id: str
    audit_secret_id: str
    configuration_set: str
    public_url: str
    rate_limits: bool
    stage: str
    files_origins: tuple[str, ...]
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret_id: str = ""
    sources_secret_id: str = ""
    hook_queue_url: str = ""
    hook_dead_letters_url: str = ""
    delivery_queue_url: str = ""
    delivery_dead_letters_url: str = ""
    send_mail_dead_letters_url: str = ""
    index_words_dead_letters_url: str = ""
    run_dead_letters_url: str = ""
    receipt_rule_set: str = ""
    live_url: str = ""
    live_endpoint: str = ""
    bell_topic: str = ""
    text_events: str = ""


def load() -> Settings:
    """The settings. Raises KeyError with the name of a missing one."""
    return Settings(
        table_name=os.environ["TABLE_NAME"],
        mail_bucket=os.environ["MAIL_BUCKET"],
        files_bucket=os.environ["FILES_BUCKET"],
        mail_queue_url=os.environ["MAIL_QUEUE_URL"],
        dead_letters_url=os.environ["DEAD_LETTERS_URL"],
        secret_id=os.environ["SECRET_ID"],
        audit_secret_id=os.environ["AUDIT_SECRET_ID"],
        configuration_set=os.environ["CONFIGURATION_SET"],
        public_url=os.environ["PUBLIC_URL"].rstrip("/"),
        rate_limits=os.environ.get("RATE_LIMITS", "on") != "off",
        stage=os.environ.get("STAGE", "prod"),
        files_origins=_files_origins(os.environ["FILES_BUCKET"]),
        oidc_issuer=os.environ.get("OIDC_ISSUER", ""),
        oidc_client_id=os.environ.get("OIDC_CLIENT_ID", ""),
        oidc_client_secret_id=os.environ.get("OIDC_CLIENT_SECRET_ID", ""),
        sources_secret_id=os.environ.get("SOURCES_SECRET_ID", ""),
        hook_queue_url=os.environ.get("HOOK_QUEUE_URL", ""),
        hook_dead_letters_url=os.environ.get("HOOK_DEAD_LETTERS_URL", ""),
        delivery_queue_url=os.environ.get("DELIVERY_QUEUE_URL", ""),
        delivery_dead_letters_url=os.environ.get("DELIVERY_DEAD_LETTERS_URL", ""),
        send_mail_dead_letters_url=os.environ.get("SEND_MAIL_DEAD_LETTERS_URL", ""),
        index_words_dead_letters_url=os.environ.get("INDEX_WORDS_DEAD_LETTERS_URL", ""),
        run_dead_letters_url=os.environ.get("RUN_DEAD_LETTERS_URL", ""),
        receipt_rule_set=os.environ.get("RECEIPT_RULE_SET", ""),
        live_url=os.environ.get("LIVE_URL", ""),
        live_endpoint=os.environ.get("LIVE_ENDPOINT", ""),
        bell_topic=os.environ.get("BELL_TOPIC", ""),
        text_events=os.environ.get("TEXT_EVENTS", ""),
    )


def policy_file() -> Path | None:
    """POLICY_FILE: a policy other than the package's own, for tests and the web process of `make run`. No deployed
    function has this setting."""
    named = os.environ.get("POLICY_FILE")
    return Path(named) if named else None


def help_folder() -> Path | None:
    """HELP_FOLDER: where the help was packed, for tests and the web process of `make run`, which run from a checkout.
    No deployed function has this setting."""
    named = os.environ.get("HELP_FOLDER")
    return Path(named) if named else None


def _files_origins(bucket: str) -> tuple[str, ...]:
    if endpoint := os.environ.get("AWS_ENDPOINT_URL"):
        return (endpoint.rstrip("/"),)
    region = os.environ.get("AWS_REGION", "us-east-1")
    return (f"https://{bucket}.s3.{region}.amazonaws.com",)
