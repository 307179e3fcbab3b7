#!/bin/sh
# GET /metrics, and the log's line for each finished request.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

here=${0%/*}
hi='"messages":[{"role":"user","content":"hi"}]'

metrics()
{
	get /metrics "$@"
	cp "$TMP/body" "$TMP/metrics"
}

# The value of a sample, by name and labels as they are written.
value()	# SAMPLE
{
	awk -v sample="$1" 'index($0, sample " ") == 1 { print $NF }' \
	    "$TMP/metrics"
}

# shellcheck disable=SC2317 # called by check
promtool_check()
{
	promtool check metrics <"$TMP/metrics"
}

well_formed()	# NAME
{
	check "$1: the format" awk -f "$here/prometheus.awk" "$TMP/metrics"
	if command -v promtool >/dev/null; then
		check "$1: promtool finds nothing" promtool_check
	fi
}
command -v promtool >/dev/null ||
	diag "promtool is not here (Debian package prometheus): our own check alone"

# ---- the checker can say no

for bad in 'co2_x_total 1' '# HELP x y
# TYPE x counter
x 1' '# HELP x_total y
# TYPE x_total counter
x_total{a="b" 1' '# HELP x_total y
# TYPE x_total counter
x_total 1
x_total 1' '# HELP x y
# TYPE x histogram
x_bucket{le="1"} 2
x_bucket{le="+Inf"} 1
x_sum 1
x_count 1' '# HELP x y
# TYPE x histogram
x_bucket{le="1"} 1
x_bucket{le="+Inf"} 2
x_sum 1
x_count 3'; do
	if printf '%s\n' "$bad" | awk -f "$here/prometheus.awk" >/dev/null; then
		not_ok "the checker refuses a wrong text" "$bad"
	else
		ok "the checker refuses a wrong text"
	fi
done

# ---- nothing has happened yet

start_fake
start_co2 o2c routing='"defaultClaudeModel": "claude-opus-4-6",
    "skipInboundFields": {"openAIChatCompletions": ["logit_bias"]}'
metrics
is "$STATUS" 200 "GET /metrics"
is "$(header content-type)" "text/plain; version=0.0.4; charset=utf-8" \
    "its content type"
well_formed "at the start"
is "$(value co2_running_requests)" 0 "nothing runs"
like "$BODY" '^co2_build_info\{version="[^"]+",mode="openai-to-claude"\} 1$' \
    "what runs is told"

# ---- three requests, two of them streams

for stream in false true true; do
	post /v1/chat/completions \
	    "{\"model\":\"gpt-5.4\",\"stream\":$stream,\"top_a\":1,$hi}" \
	    -H 'user-agent: Some-SDK/1.2 (linux; x64)'
done
is "$STATUS" 200 "a request is answered"
post /v1/responses '{"model":"gpt-5.4","input":"hi"}'
post /v1/chat/completions '{"model":"gpt-5.4","thinkingg":1}'
is "$STATUS" 400 "and one refused"
metrics
well_formed "after some requests"
chat='client="chat",upstream="messages"'
model='model="claude-opus-4-6"'
is "$(value "co2_requests_total{$chat,$model,status=\"200\"}")" 3 \
    "requests by pair, model and status"
is "$(value "co2_requests_total{client=\"responses\",upstream=\"messages\",$model,status=\"200\"}")" \
    1 "the other pair has its own"
is "$(value "co2_requests_total{$chat,model=\"other\",status=\"400\"}")" 1 \
    "refused ones, too"
is "$(value "co2_request_duration_seconds_count{$chat}")" 4 "durations"
is "$(value "co2_first_byte_seconds_count{$chat}")" 4 "first bytes"
is "$(value 'co2_losses_total{code="field_dropped"}')" 3 "losses by code"
is "$(value co2_upstream_calls_total)" 4 "calls"
is "$(($(value co2_upstream_connections_total) + \
    $(value co2_upstream_connections_reused_total)))" 4 \
    "each on a connection, new or not"
is "$(value co2_upstream_connections_reused_total)" 3 "three of them reused"
like "$(value "co2_output_tokens_total{$chat,$model}")" '^[1-9]' "tokens out"
like "$(value "co2_input_tokens_total{$chat,$model}")" '^[1-9]' "tokens in"
is "$(value co2_upstream_retries_total) $(value co2_upstream_cancels_total)" \
    "0 0" "no retries, no cancels"

# ---- names are the client's to choose, labels are not

i=0
while test $i -lt 5; do
	i=$((i + 1))
	post /v1/chat/completions "{\"model\":\"claude-$i\",\"n\":7,$hi}"
done
is "$STATUS" 400 "five requests with made-up models are refused"
metrics
unlike "$BODY" 'claude-[1-5]"' "and none of the names is a label"
is "$(value "co2_requests_total{$chat,model=\"other\",status=\"400\"}")" 6 \
    "they are all one"

# ---- the log's line

finished()
{
	grep ' finished ' "$CO2_LOG" | grep 'client=Some-SDK/1.2' | tail -n 1
}
line='^info: \[co2_[0-9a-f]+\] finished method=POST path=/v1/chat/completions'
line="$line client=Some-SDK/1.2 pair=chat-messages model=gpt-5.4"
line="$line upstream_model=claude-opus-4-6 status=200 bytes=[0-9]+"
line="$line first_byte_ms=[0-9]+ total_ms=[0-9]+ input_tokens=[0-9]+"
line="$line (cached_tokens=[0-9]+ )?output_tokens=[0-9]+ losses=1"
line="$line loss_codes=field_dropped\$"
like "$(finished)" "$line" "a line for each request, as text"

start_co2 o2c server='"logFormat": "json"'
post /v1/chat/completions "{\"model\":\"gpt-5.4\",\"top_a\":1,$hi}" \
    -H 'user-agent: Some-SDK/1.2' -H 'x-co2-request-id: id-1'
check "it is written" wait_until 10 grep -q finished "$CO2_LOG"
like "$(grep finished "$CO2_LOG")" '^\{"time":"[^"]+","level":"info","exchange":"id-1","message":"finished","method":"POST","path":"/v1/chat/completions","client":"Some-SDK/1.2","pair":"chat-messages","model":"gpt-5.4","upstream_model":"claude-opus-4-6","status":200,"bytes":[0-9]+,"first_byte_ms":[0-9]+,"total_ms":[0-9]+,"input_tokens":[0-9]+,("cached_tokens":[0-9]+,)?"output_tokens":[0-9]+,"losses":1,"loss_codes":"field_dropped"\}$' \
    "and as JSON, numbers as numbers"

# ---- while a stream runs; a client that leaves; an upstream that is away

cat >"$TMP/script" <<end
[{"steps":[{"event":"message_start","data":{"type":"message_start","message":
    {"id":"msg_1","type":"message","role":"assistant","model":"m",
    "content":[],"stop_reason":null,"stop_sequence":null,
    "usage":{"input_tokens":1,"output_tokens":1}}}},
  {"event":"content_block_start","data":{"type":"content_block_start","index":0,
    "content_block":{"type":"text","text":""}}},
  {"event":"content_block_delta","data":{"type":"content_block_delta","index":0,
    "delta":{"type":"text_delta","text":"Hello"}}},{"stall":true}]}]
end
start_fake --script "$TMP/script"
start_co2 o2c server='"pingSeconds": 1'
curl -sN --noproxy '*' -H 'content-type: application/json' \
    -d "{\"model\":\"gpt-5.4\",\"stream\":true,$hi}" \
    "$CO2_URL/v1/chat/completions" >"$TMP/stream" 2>&1 &
client=$!
# shellcheck disable=SC2317 # called by wait_until
pinged()
{
	metrics
	test "$(value co2_pings_total)" -ge 1
}
check "a silent stream is pinged" wait_until 20 pinged
well_formed "while a stream runs"
is "$(value co2_running_requests) $(value co2_running_streams)" "1 1" \
    "it is seen to run"
kill "$client"
wait "$client" 2>/dev/null
# shellcheck disable=SC2317 # called by wait_until
ended()
{
	metrics
	test "$(value co2_running_requests)" = 0
}
check "its client leaves" wait_until 20 ended
is "$(value "co2_requests_total{$chat,$model,status=\"499\"}")" 1 "status 499"
is "$(value co2_upstream_cancels_total)" 1 "the call was cancelled"

stop_fake
post /v1/chat/completions "{\"model\":\"gpt-5.4\",$hi}"
metrics
is "$(value co2_upstream_retries_total)" 2 "an upstream that is away: retries"

# ---- keys

start_co2 o2c server='"apiKeys": ["sk-client-1"]'
metrics
is "$STATUS" 401 "with keys: not without one"
is "$(header www-authenticate)" 'Basic realm="co2", charset="UTF-8"' \
    "it says how to give it"
metrics -H 'authorization: Bearer sk-client-1'
is "$STATUS" 200 "as a bearer"
metrics -u prometheus:sk-client-1
is "$STATUS" 200 "as a password"
metrics -u sk-client-1:
is "$STATUS" 401 "not as a name"
metrics -u prometheus:sk-client-2
is "$STATUS" 401 "not another one"
post /v1/chat/completions "{\"model\":\"gpt-5.4\",$hi}" -u any:sk-client-1
is "$STATUS" 401 "the API takes no password"
unlike "$(cat "$CO2_LOG")" 'sk-client' "no key is in the log"

done_testing
