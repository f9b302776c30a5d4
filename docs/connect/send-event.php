<?php
// Sends an event of a shop of one's own: aftercare_send($url, $secret, ['type' => 'order.paid', …], $id).
// Send it again later if it returns anything else than 200; with the same $id.

function aftercare_send(string $url, string $secret, array $event, string $id): int
{
    $body = json_encode($event, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
    $now = (string) time();
    $key = str_starts_with($secret, 'whsec_') ? base64_decode(substr($secret, 6), true) : $secret;
    $signature = base64_encode(hash_hmac('sha256', "$id.$now.$body", $key, true));
    $request = curl_init($url);
    curl_setopt_array($request, [
        CURLOPT_POST => true,
        CURLOPT_POSTFIELDS => $body,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 10,
        CURLOPT_HTTPHEADER => [
            'Content-Type: application/json',
            "webhook-id: $id",
            "webhook-timestamp: $now",
            "webhook-signature: v1,$signature",
        ],
    ]);
    curl_exec($request);
    $status = (int) curl_getinfo($request, CURLINFO_RESPONSE_CODE);
    curl_close($request);
    return $status;
}
