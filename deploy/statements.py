"""The statements of the functions' policies, each with a name. deploy.rights says which function has which."""

from typing import Any

Statement = dict[str, Any]


def right(sid: str, actions: str, *resources: Any, effect: str = "Allow", **condition: Any) -> Statement:
    """`actions`: the service, a colon, and the names of its actions. `resources`: one or more ARNs."""
    service, _, names = actions.partition(": ")
    listed = [f"{service}:{name}" for name in names.split()]
    found = {"Sid": sid, "Effect": effect, "Action": listed}
    found["Resource"] = resources[0] if len(resources) == 1 else list(resources)
    return found | condition


def of_keys(keys: str, quantifier: str = "ForAllValues") -> dict[str, Any]:
    """The condition that all touched items (or, by the quantifier, any) have one of these leading keys; `TICKET#` is a
    prefix."""
    patterns = sorted(f"{key}*" if key.endswith("#") else key for key in keys.split())
    return {f"{quantifier}:StringLike": {"dynamodb:LeadingKeys": patterns}}


def _arn(resource: str, attribute: str = "Arn") -> dict[str, Any]:
    return {"Fn::GetAtt": [resource, attribute]}


def _sub(text: str) -> dict[str, Any]:
    return {"Fn::Sub": text}


_TABLES = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table"


def _of_table(place: str = "") -> dict[str, Any]:
    """The ARN of the table, or of a place in it: of the stack's own, or of the restored one that takes its part."""
    own = _sub(f"${{Table.Arn}}{place}") if place else _arn("Table")
    return {"Fn::If": ["UsesOwnTable", own, _sub(f"{_TABLES}/${{RestoredTable}}{place}")]}


def _query(sid: str, *indexes: str) -> Statement:
    return right(sid, "dynamodb: Query", *(_of_table(f"/index/{index}") for index in indexes))


TABLE, FILES, MAILS = _of_table(), _arn("FilesBucket"), _arn("MailBucket")
STREAM = {"Fn::If": ["UsesOwnTable", _arn("Table", "StreamArn"), _sub(f"{_TABLES}/${{RestoredTable}}/stream/*")]}
TICKET_FILES, UPLOADS = _sub("${FilesBucket.Arn}/tickets/*"), _sub("${FilesBucket.Arn}/uploads/*")
FETCHED = _sub("${FilesBucket.Arn}/fetched/*")
EXPORTS, RAW_MAIL = _sub("${FilesBucket.Arn}/exports/*"), _sub("${MailBucket.Arn}/raw/*")
RAW_EVENTS = _sub("${MailBucket.Arn}/hooks/*")
MAIL, MAIL_DEAD = _arn("MailQueue"), _arn("MailDeadLetters")
HOOKS, HOOKS_DEAD = _arn("HookQueue"), _arn("HookDeadLetters")
DELIVERY, DELIVERY_DEAD, RUNS_DEAD = _arn("DeliveryQueue"), _arn("DeliveryDeadLetters"), _arn("RunDeadLetters")
SENDING_DEAD, INDEXING_DEAD = _arn("SendMailDeadLetters"), _arn("IndexWordsDeadLetters")
SECRET, AUDIT_SECRET = _arn("Secret", "Id"), _arn("AuditSecret", "Id")
SOURCES_SECRET = _arn("SourcesSecret", "Id")
# CloudFormation allows no empty statement: without single sign-on this names a secret that is read anyway.
CLIENT_SECRET = {"Fn::If": ["HasOidcSecret", {"Ref": "OidcClientSecretArn"}, SECRET]}
_SES = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}"
# SES requires both.
SENDING = (_sub(f"{_SES}:identity/*"), _sub(f"{_SES}:configuration-set/${{ConfigurationSet}}"))
THE_SHOPS = {"StringEquals": {"ses:FromAddress": {"Fn::FindInMap": ["Policy", "Shops", "SupportAddresses"]}}}

SEND_TRACES = right("SendTraces", "xray: PutTelemetryRecords PutTraceSegments", "*")

# The table and its indexes
READ_TICKETS_AND_TALLIES = right(
    "ReadTicketsAndTallies", "dynamodb: GetItem", TABLE, Condition=of_keys("TALLIED# TICKET#")
)
READ_LOGS_AND_COUNTS = right("ReadLogsAndCounts", "dynamodb: Query", TABLE, Condition=of_keys("IMPROVE# STAT# TICKET#"))
READ_LATEST_AUDIT_EVENT = right("ReadLatestAuditEvent", "dynamodb: GetItem", TABLE, Condition=of_keys("AUDIT#"))
READ_DUE_WORK = _query("ReadDueWork", "due_work")
READ_INBOX = _query("ReadInbox", "inbox")
READ_INBOX_CUSTOMERS_AND_DUE_WORK = _query("ReadInboxCustomersAndDueWork", "inbox", "customer", "due_work")
FIND_TICKETS = _query("FindTickets", "customer")
FIND_DAYS = _query("FindDays", "calendar")
FIND_DAYS_AND_OVERDUE = _query("FindDaysAndOverdue", "calendar", "inbox")
_STREAMED = "dynamodb: DescribeStream GetRecords GetShardIterator ListStreams"
READ_STREAM = right("ReadStream", _STREAMED, STREAM)
# PutItem would also overwrite, and BatchWriteItem would also delete.
INSERT_WORDS = right("InsertWordsAndNothingElse", "dynamodb: PartiQLInsert", TABLE, Condition=of_keys("WORD#"))
_DELETED = "UNDELIVERED# RAW# SENT# TALLIED# TICKET# WORD#"
DELETE_TICKETS = (
    right("DeleteTicketsAndWhatLeadsToThem", "dynamodb: BatchWriteItem", TABLE, Condition=of_keys(_DELETED)),
    right("EndTickets", "dynamodb: DeleteItem", TABLE, Condition=of_keys("TICKET#")),
)
FORGET_WHAT_WAS_TOLD = right("ForgetWhatWasTold", "dynamodb: DeleteItem", TABLE, Condition=of_keys("OUT#"))
END_ORDERS = right("EndOrders", "dynamodb: DeleteItem", TABLE, Condition=of_keys("ORDER#"))

# Files and raw mails
READ_FILES = right("ReadFiles", "s3: GetObject", TICKET_FILES)
KEEP_FILES = right("KeepFiles", "s3: PutObject", TICKET_FILES)
KEEP_AND_COPY_FILES = right("KeepAndCopyFiles", "s3: GetObject PutObject", TICKET_FILES)
KEEP_FILES_AND_UPLOADS = right("KeepFilesAndUploads", "s3: GetObject PutObject", TICKET_FILES, UPLOADS)
READ_MAILS_AND_FILES = right("ReadMailsAndFiles", "s3: GetObject", TICKET_FILES, RAW_MAIL)
READ_AND_SETTLE_RAW_MAIL = right("ReadAndSettleRawMail", "s3: GetObject PutObjectTagging", RAW_MAIL)
LIST_RAW_MAIL = right("ListRawMail", "s3: ListBucket", MAILS, Condition={"StringLike": {"s3:prefix": ["raw/*"]}})
LIST_RAW_MAIL_AND_EVENTS = right(
    "ListRawMailAndEvents", "s3: ListBucket", MAILS, Condition={"StringLike": {"s3:prefix": ["hooks/*", "raw/*"]}}
)
KEEP_RAW_EVENTS = right("KeepRawEvents", "s3: PutObject", RAW_EVENTS)
READ_AND_SETTLE_RAW_EVENTS = right("ReadAndSettleRawEvents", "s3: GetObject PutObjectTagging", RAW_EVENTS)
# Without the right to list a bucket, S3 answers "forbidden" for a missing mail.
TELL_MISSING_FROM_FORBIDDEN = right("TellWhatIsNotThereFromWhatIsForbidden", "s3: ListBucket", MAILS)
WRITE_EXPORTS = right("WriteExports", "s3: GetObject PutObject", EXPORTS)
WRITE_EXPORTS_IN_PARTS = right("WriteExports", "s3: AbortMultipartUpload GetObject PutObject", EXPORTS)
DELETE_FILES = (
    right("FindFiles", "s3: ListBucket ListBucketMultipartUploads", FILES),
    right("FindVersions", "s3: ListBucketVersions", FILES, MAILS),
    right("AbandonExports", "s3: AbortMultipartUpload", EXPORTS),
    right("DeleteFiles", "s3: DeleteObject DeleteObjectVersion", EXPORTS, TICKET_FILES, RAW_MAIL),
)

# Mails and queues
SEND_AS_THE_SHOPS = right("SendAsTheShops", "ses: SendRawEmail", *SENDING, Condition=THE_SHOPS)
# SES bounds neither of the first two by a resource ("Actions, resources, and condition keys for Amazon SES").
READ_MAIL_ACCOUNT = right("ReadMailAccount", "ses: DescribeActiveReceiptRuleSet GetAccount", "*")
# From what a shop's policy names; "Actions, resources, and condition keys for AWS End User Messaging SMS and Voice V2"
_SMS = "arn:${AWS::Partition}:sms-voice:${AWS::Region}:${AWS::AccountId}"
SEND_TEXTS = right(
    "SendTexts",
    "sms-voice: SendTextMessage",
    *(_sub(f"{_SMS}:{sender}/*") for sender in ("phone-number", "pool", "sender-id")),
)
# Answers from the shops' own numbers there. CloudFormation allows no empty statement: with AwsMessages=off these name a
# queue, on which none of these actions exists. "… for AWS End User Messaging Social" in the same reference.
_SOCIAL = "arn:${AWS::Partition}:social-messaging:${AWS::Region}:${AWS::AccountId}"
ANSWER_BY_TEXT = right(
    "AnswerByText",
    "sms-voice: SendTextMessage",
    {"Fn::If": ["HasAwsMessages", _sub(f"{_SMS}:phone-number/*"), SENDING_DEAD]},
    {"Fn::If": ["HasAwsMessages", _sub(f"{_SMS}:configuration-set/${{TextEvents}}"), SENDING_DEAD]},
)
ANSWER_BY_WHATSAPP = right(
    "AnswerByWhatsapp",
    "social-messaging: SendWhatsAppMessage",
    {"Fn::If": ["HasAwsMessages", _sub(f"{_SOCIAL}:phone-number-id/*"), SENDING_DEAD]},
)
# Files of WhatsApp messages: the service puts them into the bucket with the rights of who asks for it.
FETCH_BY_WHATSAPP = (
    right(
        "FetchByWhatsapp",
        "social-messaging: GetWhatsAppMessageMedia",
        {"Fn::If": ["HasAwsMessages", _sub(f"{_SOCIAL}:phone-number-id/*"), SENDING_DEAD]},
    ),
    right(
        "KeepAndReadWhatWasFetched",
        "s3: GetObject PutObject",
        {"Fn::If": ["HasAwsMessages", FETCHED, SENDING_DEAD]},
    ),
    right(
        "FindWhatWasFetched",
        "s3: ListBucket",
        {"Fn::If": ["HasAwsMessages", FILES, SENDING_DEAD]},
        Condition={"StringLike": {"s3:prefix": ["fetched/*"]}},
    ),
)
READ_MAIL_DOMAINS = right("ReadMailDomains", "ses: GetEmailIdentity", SENDING[0])
_POLLED = "sqs: DeleteMessage GetQueueAttributes ReceiveMessage"
TAKE_MAIL = right("TakeMailFromQueue", _POLLED, MAIL)
TAKE_EVENTS = right("TakeEventsFromQueue", _POLLED, DELIVERY)
TAKE_SHOPS_EVENTS = right("TakeShopsEventsFromQueue", _POLLED, HOOKS)
PUT_SHOPS_EVENTS = right("PutShopsEventsOnQueue", "sqs: SendMessage", HOOKS)
# What Lambda itself puts there, under the function's role
KEEP_FAILED_SENDING = right("KeepFailedBatches", "sqs: SendMessage", SENDING_DEAD)
KEEP_FAILED_INDEXING = right("KeepFailedBatches", "sqs: SendMessage", INDEXING_DEAD)
KEEP_FAILED_RUNS = right("KeepFailedRuns", "sqs: SendMessage", RUNS_DEAD)
PUT_RAW_BACK = right("PutMailAndEventsBack", "sqs: SendMessage", MAIL, HOOKS)
PUT_BACK = right("PutBack", "sqs: SendMessage", MAIL, HOOKS, DELIVERY)
_REDRIVEN = "sqs: DeleteMessage ReceiveMessage"
REDRIVE_DEAD_LETTERS = right("RedriveDeadLetters", _REDRIVEN, MAIL_DEAD, HOOKS_DEAD)
TAKE_DEAD_LETTERS = right("TakeDeadLetters", _REDRIVEN, MAIL_DEAD, HOOKS_DEAD, DELIVERY_DEAD)
_ALL_QUEUES = (MAIL, MAIL_DEAD, HOOKS, HOOKS_DEAD, DELIVERY, DELIVERY_DEAD, SENDING_DEAD, INDEXING_DEAD, RUNS_DEAD)
READ_DEPTHS = right("ReadDepths", "sqs: GetQueueAttributes", *_ALL_QUEUES)

# Connections
_CONNECTIONS = of_keys("CONN#")
READ_CONNECTIONS = right("ReadConnections", "dynamodb: GetItem Query", TABLE, Condition=_CONNECTIONS)
FIND_CONNECTIONS = right("FindConnections", "dynamodb: Query", TABLE, Condition=_CONNECTIONS)
FORGET_CONNECTIONS = right("ForgetConnections", "dynamodb: DeleteItem", TABLE, Condition=_CONNECTIONS)
TELL_BELLS = right("TellBells", "sns: Publish", {"Ref": "BellTopic"})
# CloudFormation allows no empty statement: without connections this names a queue, to which nobody publishes.
PASS_BELLS_ON = right("PassBellsOn", "sns: Publish", {"Fn::If": ["IsLive", {"Ref": "BellTopic"}, INDEXING_DEAD]})
_API = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${WebsocketAPI}/api"
RING = right("Ring", "execute-api: ManageConnections", _sub(f"{_API}/POST/@connections/*"))

# Secrets
READ_SECRET = right("ReadSecret", "secretsmanager: GetSecretValue", SECRET)
READ_SECRETS = right("ReadSecrets", "secretsmanager: GetSecretValue", SECRET, AUDIT_SECRET)
READ_SOURCES_SECRET = right("ReadSourcesSecret", "secretsmanager: GetSecretValue", SOURCES_SECRET)
READ_CLIENT_SECRET = right("ReadClientSecret", "secretsmanager: GetSecretValue", CLIENT_SECRET)
