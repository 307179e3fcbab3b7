#!/bin/sh
# A client that leaves, at every point: the upstream's connection is closed
# within a second, and the log says 499.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

chat='{"model":"gpt-5.4","stream":true,"messages":[{"role":"user","content":"hi"}]}'

# Ask in the background, with an id for the log.  Sets ASKER.
ask_behind()	# ID
{
	curl -sN --noproxy '*' -H 'content-type: application/json' \
	    -H "x-co2-request-id: $1" -d "$chat" \
	    "$CO2_URL/v1/chat/completions" >"$TMP/$1.out" 2>&1 &
	ASKER=$!
}

leave()
{
	kill -KILL $ASKER
	wait $ASKER 2>/dev/null
}

# The upstream saw co2 leave before its reply was out.
# shellcheck disable=SC2317 # called by wait_until
saw_leave()	# NUMBER of connections closed by then
{
	test "$(grep -c '"event":"closed".*"by":"peer".*"mid_reply":true' \
	    "$FAKE_LOG")" -ge "$1"
}

# shellcheck disable=SC2317 # called by wait_until
logged_499()	# ID
{
	grep -q "^info: \[$1\] finished .* status=499 " "$CO2_LOG"
}

start_message='{"type":"message_start","message":{"id":"msg_1","type":"message",
    "role":"assistant","model":"m","content":[],"stop_reason":null,
    "stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}'

cat >"$TMP/script" <<end
[ {"path":"/v1/messages", "when":{"times":1}, "sse":[$start_message,
    {"type":"content_block_start","index":0,
     "content_block":{"type":"text","text":""}},
    {"type":"content_block_delta","index":0,
     "delta":{"type":"text_delta","text":"Hello"}},
    {"stall":true}]},
  {"path":"/v1/messages", "when":{"times":1}, "steps":[{"stall":true}]},
  {"path":"/v1/messages", "when":{"times":1}, "delay_ms":60000, "body":{}} ]
end
start_fake --script "$TMP/script"
start_co2 o2c

ask_behind mid-stream
wait_until 5 grep -q Hello "$TMP/mid-stream.out" || diag "no first text"
leave
check "gone in mid-stream: the upstream is closed" wait_until 1 saw_leave 1
check "gone in mid-stream: the log says 499" wait_until 1 logged_499 mid-stream

ask_behind after-status
wait_until 5 grep -q '"n":2,' "$FAKE_LOG"
sleep 0.2
leave
check "gone behind the status: the upstream is closed" \
    wait_until 1 saw_leave 2
check "gone behind the status: the log says 499" \
    wait_until 1 logged_499 after-status

ask_behind no-byte
wait_until 5 grep -q '"n":3,' "$FAKE_LOG"
sleep 0.2
leave
check "gone before the first byte: the upstream is closed" \
    wait_until 1 saw_leave 3
check "gone before the first byte: the log says 499" \
    wait_until 1 logged_499 no-byte

# In the sleep before a repeat: nobody listens, and each sleep is longer.
stop_fake
start_co2 o2c provider='"maxRetries": 8'
ask_behind asleep
wait_until 5 grep -q 'trying again.*try=4' "$CO2_LOG"
leave
check "gone in the sleep before a repeat: 499" wait_until 1 logged_499 asleep
sleep 1
unlike "$(cat "$CO2_LOG")" 'try=6' "and there is no further one"

# Half of a request, and away.
printf 'POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n%s' \
    'x-co2-request-id: upload
content-type: application/json
content-length: 1000' '{"half' >"$TMP/half"
timeout 1 curl -s --noproxy '*' --max-time 1 "telnet://127.0.0.1:$CO2_PORT" \
    <"$TMP/half" >/dev/null 2>&1
check "gone in the upload: 499" wait_until 2 logged_499 upload

done_testing
