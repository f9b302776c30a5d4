-- The exported table as a table in Athena. `python -m deploy.export_table --wait` prints this with the location filled in.
-- Each line of the files is one item: {"Item": {"pk": {"S": …}, …}}, in DynamoDB's own JSON.
CREATE EXTERNAL TABLE aftercare (
  Item struct<
    pk: struct<S: string>,
    sk: struct<S: string>,
    ref: struct<S: string>,
    shop: struct<S: string>,
    kind: struct<S: string>,
    state: struct<S: string>,
    outcome: struct<S: string>,
    channel: struct<S: string>,
    topic: struct<S: string>,
    subject: struct<S: string>,
    order_number: struct<S: string>,
    opened_at: struct<S: string>,
    closed_at: struct<S: string>,
    at: struct<S: string>,
    author: struct<S: string>,
    visibility: struct<S: string>,
    text: struct<S: string>,
    actor: struct<S: string>,
    action: struct<S: string>,
    details: struct<L: array<struct<M: struct<code: struct<S: string>, value: struct<S: string>, was: struct<S: string>>>>>,
    detail: struct<S: string>
  >
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('case.insensitive' = 'true', 'ignore.malformed.json' = 'false')
STORED AS TEXTFILE
LOCATION 's3://BUCKET/PREFIX/AWSDynamoDB/EXPORT/data/';

-- Tickets by kind and month:
SELECT Item.shop.S AS shop, Item.kind.S AS kind, substr(Item.opened_at.S, 1, 7) AS month, count(*) AS tickets
FROM aftercare WHERE Item.sk.S = 'TICKET' GROUP BY 1, 2, 3 ORDER BY 1, 3, 2;

-- A ticket's messages (its opening stands on the ticket itself):
SELECT Item.at.S AS at, Item.author.S AS author, Item.text.S AS text
FROM aftercare WHERE Item.pk.S = 'TICKET#NL-7K3F9-QXMT2' AND Item.sk.S LIKE 'MSG#%' ORDER BY 1;

-- Who did what, most often:
SELECT Item.actor.S AS actor, Item.action.S AS action, count(*) AS times
FROM aftercare WHERE Item.sk.S LIKE 'LOG#%' GROUP BY 1, 2 ORDER BY 3 DESC;
