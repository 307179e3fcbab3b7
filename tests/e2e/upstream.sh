#!/bin/sh
# The way upstream: warm connections, repeats, limits, errors with their
# status, rate limits and times to wait.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

chat='{"model":"gpt-5.4","messages":[{"role":"user","content":"hi"}]}'
flow='{"model":"gpt-5.4","stream":true,"messages":[{"role":"user","content":"hi"}]}'
talk='{"model":"claude-x","max_tokens":99,"stream":true,"messages":[{"role":"user",
    "content":"hi"}]}'
claude='{"model":"claude-x","max_tokens":99,"messages":[{"role":"user","content":"hi"}]}'

seen()	# EVENT: how many of them
{
	grep -c "\"event\":\"$1\"" "$FAKE_LOG"
}

script()	# RULE: what the upstream does from now on
{
	printf '%s\n' "$1" >"$TMP/script.new"
	mv "$TMP/script.new" "$TMP/script"
}

# ---- one upstream connection for all clients

start_fake
start_co2 o2c
for i in 1 2 3; do
	post /v1/chat/completions "$chat"
	post /v1/chat/completions "$flow"
	is "$STATUS" 200 "request $i"
done
is "$(seen request) $(seen accept)" "6 1" "six requests, one connection"

start_fake --tls-ca "$TMP/ca.pem"
start_co2 o2c provider="\"caFile\": \"$TMP/ca.pem\""
for i in 1 2 3; do
	post /v1/chat/completions "$flow"
	is "$STATUS" 200 "request $i, TLS"
done
is "$(seen request) $(seen accept)" "3 1" "the same with TLS"

start_co2 o2c
post /v1/chat/completions "$chat"
is "$STATUS" 502 "a certificate that nobody knows"
like "$BODY" '"code":"upstream_unreachable"' "is a failed connection"
is "$(seen request)" 3 "nothing was sent"

# ---- repeats, only while nothing has arrived

script '[{"accept":"close","nth":1},{"accept":"reset","nth":2}]'
start_fake --script "$TMP/script"
start_co2 o2c
post /v1/chat/completions "$chat"
is "$STATUS" 200 "two connections die, the third answers"
is "$(grep -c 'trying again' "$CO2_LOG")" 2 "the log says so"

stop_fake
start_co2 o2c provider='"maxRetries": 1'
post /v1/chat/completions "$chat"
is "$STATUS" 502 "nobody listens"
like "$BODY" '"type":"server_error".*"code":"upstream_unreachable"' \
    "in OpenAI's words"
is "$(grep -c 'trying again' "$CO2_LOG")" 1 "after as many tries as allowed"
unlike "$BODY$(cat "$CO2_LOG")" "$KEY" "the key is not told"
start_co2 c2o provider='"maxRetries": 0'
post /v1/messages "$claude"
is "$STATUS" 502 "c2o: nobody listens"
like "$BODY" '"type":"api_error","message":"upstream connection failed' \
    "in Claude's words"

begin='{"type":"message_start","message":{"id":"msg_1","type":"message",
    "role":"assistant","model":"m","content":[],"stop_reason":null,
    "stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}'
script "[{\"sse\":[$begin,{\"close\":true}]}]"
start_fake --script "$TMP/script"
start_co2 o2c
post /v1/chat/completions "$flow"
is "$STATUS" 200 "it dies behind its first event"
like "$BODY" '"code":"upstream_stream_truncated"' "the stream says so"
unlike "$BODY" '\[DONE\]' "and does not end as if complete"
is "$(seen request)" 1 "there is no second request"
post /v1/chat/completions "$chat"
is "$STATUS" 502 "for a whole answer that is an error"
like "$(cat "$CO2_LOG")" 'warn: .* ended the reply with an error' \
    "the log has both"

# ---- an error in mid-stream: the log names it, the words are the client's

# What the log says of a reply of these events: its line is in $NAMED.
named()	# MODE PATH REQUEST EVENTS [SECTION=MEMBERS]
{
	script "[{\"sse\":[$4,{\"close\":true}]}]"
	start_co2 "$1" ${5:+"$5"}
	post "$2" "$3"
	like "$BODY" 'private words' "$1: an error in mid-stream reaches the client"
	wait_until 5 grep -q 'ended the reply' "$CO2_LOG"
	NAMED=$(grep 'ended the reply' "$CO2_LOG")
	unlike "$NAMED" 'private words' "its words are not for the log"
}

named o2c /v1/chat/completions "$flow" "$begin,{\"type\":\"error\",\"error\":
    {\"type\":\"overloaded_error\",\"message\":\"private words\"},
    \"request_id\":\"req_up\"}"
like "$NAMED" 'error code=server_is_overloaded type=overloaded_error .*=req_up$' \
    "Claude's error is named there"
told='{"type":"response.created","response":{"id":"resp_1","object":"response",
    "status":"in_progress","model":"m","output":[]}}'
named c2o /v1/messages "$talk" "$told,{\"type\":\"response.failed\",
    \"response\":{\"id\":\"resp_1\",\"status\":\"failed\",\"output\":[],\"error\":
    {\"code\":\"server_error\",\"message\":\"private words\"}}}"
like "$NAMED" 'error code=server_error' "and OpenAI's"
named c2o /v1/messages "$talk" '{"data":{"id":"c_1","object":
    "chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,
    "delta":{"role":"assistant","content":"So"},"finish_reason":null}]}},
    {"data":{"error":{"message":"private words","type":"server_error",
    "code":null}}}' routing='"defaultOpenAIModel": "m",
    "openAIUpstreamApi": "chat-completions"'
like "$NAMED" 'error type=server_error' "in either API"
script "[{\"sse\":[$begin,{\"data\":\"no JSON\"}]}]"
start_co2 o2c
post /v1/chat/completions "$flow"
wait_until 5 grep -q 'ended the reply' "$CO2_LOG"
like "$(cat "$CO2_LOG")" 'with an error reason="an answer that cannot be used"' \
    "an event that is none"

# ---- a model that the tables do not know: the upstream is asked once

start_fake
start_co2 o2c routing='"defaultClaudeModel": "claude-next-9"'
for i in 1 2; do
	post /v1/chat/completions "$chat"
	is "$STATUS" 200 "a new model, request $i"
done
is "$(grep -c '"path":"/v1/models"' "$FAKE_LOG")" 1 "one look at its list"

# ---- limits

start_fake --script "$TMP/script"

script '[{"delay_ms":5000,"body":{}}]'
start_co2 o2c provider='"firstByteTimeoutMs": 1500'
post /v1/chat/completions "$chat"
is "$STATUS" 504 "no first byte in time"
like "$BODY" '"code":"upstream_timeout"' "in OpenAI's words"
is "$(seen request)" 1 "and no repeat"

script "[{\"sse\":[$begin,{\"stall\":true}]}]"
start_co2 o2c provider='"idleTimeoutMs": 300'
post /v1/chat/completions "$flow"
is "$STATUS" 200 "silence in a stream"
like "$BODY" '"code":"upstream_timeout"' "ends it with an error"
post /v1/chat/completions "$chat"
is "$STATUS" 504 "silence in a whole answer"

script "[{\"sse\":[$begin,{\"repeat\":50,\"steps\":[{\"type\":\"ping\"},
    {\"sleep_ms\":100}]}]}]"
start_co2 o2c provider='"totalTimeoutMs": 500'
post /v1/chat/completions "$flow"
like "$BODY" '"code":"upstream_timeout"' "no end in time"

# ---- what the upstream says, with its status

script '[{"status":429,"headers":{"retry-after":"7","request-id":"req_up",
    "anthropic-ratelimit-requests-limit":"50",
    "anthropic-ratelimit-requests-remaining":"0"},
    "body":{"type":"error","error":{"type":"rate_limit_error",
    "message":"Slow down."}}}]'
start_co2 o2c
post /v1/chat/completions "$flow"
is "$STATUS" 429 "a rate limit keeps its status, also for a stream"
is "$(header retry-after)" 7 "its retry-after"
is "$(header x-ratelimit-limit-requests)" 50 "its limits in OpenAI's words"
is "$(header anthropic-ratelimit-requests-remaining)" 0 "and in Claude's"
is "$(header x-request-id)" req_up "its request id"
like "$BODY" 'Slow down.*upstream request req_up' "its words"
is "$(grep -c 'trying again' "$CO2_LOG")" 0 "a status is not repeated"

script '[{"status":429,"headers":{"retry-after-ms":"1200",
    "x-request-id":"req_up","x-ratelimit-limit-requests":"60"},
    "body":{"error":{"message":"Slow down.","type":"requests"}}}]'
start_co2 c2o
post /v1/messages "$claude"
is "$STATUS" 429 "c2o: a rate limit"
like "$BODY" '"type":"rate_limit_error","message":"Slow down' "its words"
is "$(header retry-after)" 2 "milliseconds become seconds"
is "$(header anthropic-ratelimit-requests-limit)" 60 "limits in Claude's words"
is "$(header x-upstream-request-id)" req_up "the upstream's id"

script '[{"sse":[{"type":"response.created","response":{"id":"resp_1",
    "object":"response","status":"in_progress","output":[]}},
    {"close":true}]}]'
post /v1/messages '{"model":"claude-x","max_tokens":9,"stream":true,
    "messages":[{"role":"user","content":"hi"}]}' -H 'x-co2-request-id: mine'
is "$STATUS" 200 "c2o: a stream that breaks"
like "$BODY" "\"request_id\":\"$(header request-id)\"" \
    "has the id of its header in its error"
like "$(header request-id)" '^req_' "which is not the client's own"

script '[{"sse":[{"type":"error","error":{"type":"overloaded_error",
    "message":"Overloaded"}}]}]'
start_co2 o2c
post /v1/chat/completions "$flow"
is "$STATUS" 503 "an error as first event is an error status"
like "$BODY" 'Overloaded' "with its words"

script '[{"status":302,"headers":{"location":"http://127.0.0.1:1/"},"body":{}}]'
post /v1/chat/completions "$chat"
is "$STATUS" 502 "a redirect is not followed"
script '[{"raw":"<html>hello</html>","headers":{"content-type":"text/html"}}]'
post /v1/chat/completions "$chat"
is "$STATUS" 502 "a page of HTML is no answer"

script '[{"status":500,"steps":[{"fill":50000000,"with":"x"}]}]'
post /v1/chat/completions "$chat"
is "$STATUS" 502 "an error without end is read in part"
check "of its body the client gets little" test "${#BODY}" -lt 2000

script '[{"path":"/v1/responses/input_tokens","status":404,"body":{}}]'
start_co2 c2o provider='"profile": "openai"'
before=$(seen request)
post /v1/messages/count_tokens "$claude"
is "$STATUS" 200 "a count that the upstream does not have"
is "$(header x-co2-token-count)" estimate "is estimated"
post /v1/messages/count_tokens "$claude"
is "$(($(seen request) - before))" 1 "and not asked for again"

done_testing
