#!/bin/sh
# Sends an event of a shop of one's own: AFTERCARE_URL=… AFTERCARE_SECRET=whsec_… sh send-event.sh event.json
set -eu
id=${WEBHOOK_ID:-$(openssl rand -hex 16)}
now=$(date +%s)
key=$(printf %s "${AFTERCARE_SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
signature=$( (printf '%s.%s.' "$id" "$now"; cat "$1") | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
curl --fail --silent --show-error --max-time 10 --retry 5 \
    -H "Content-Type: application/json" -H "webhook-id: $id" -H "webhook-timestamp: $now" \
    -H "webhook-signature: v1,$signature" --data-binary "@$1" "$AFTERCARE_URL"
