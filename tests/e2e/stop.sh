#!/bin/sh
# How co2 ends: running streams finish, then are ended; a second signal.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

begin='{"type":"message_start","message":{"id":"msg_1","type":"message",
    "role":"assistant","model":"m","content":[],"stop_reason":null,
    "stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}'
open='{"type":"content_block_start","index":0,"content_block":
    {"type":"text","text":""}},{"type":"content_block_delta","index":0,
    "delta":{"type":"text_delta","text":"Hello"}}'
end='{"type":"content_block_stop","index":0},{"type":"message_delta",
    "delta":{"stop_reason":"end_turn","stop_sequence":null},
    "usage":{"output_tokens":2}},{"type":"message_stop"}'
flow='{"model":"gpt-5.4","stream":true,"messages":[{"role":"user","content":"hi"}]}'

path=/v1/chat/completions

# Start N streams and wait for the first words of each.
start_streams()	# N
{
	streams=
	i=0
	while test $i -lt "$1"; do
		i=$((i + 1))
		: >"$TMP/stream.$i"
		curl -sN --noproxy '*' -H 'content-type: application/json' \
		    -d "$flow" "$CO2_URL$path" >"$TMP/stream.$i" 2>&1 &
		streams="$streams $!"
	done
	while test $i -gt 0; do
		wait_until 10 grep -q Hello "$TMP/stream.$i"
		i=$((i - 1))
	done
}

end_streams()
{
	for pid in $streams; do
		wait "$pid"
	done
}

# shellcheck disable=SC2317 # called by wait_until
refused()	# no one listens any more
{
	curl -s --noproxy '*' --max-time 2 -o "$TMP/refused" "$CO2_URL/healthz"
	test $? = 7
}

cat >"$TMP/script" <<end
[{"sse":[$begin,$open,{"wait":"$TMP/go"},$end]}]
end
start_fake --script "$TMP/script"

start_co2 o2c server='"shutdownGraceSeconds": 20'
start_streams 100
kill -TERM "$CO2_PID"
check "new connections are refused" wait_until 20 refused
check "co2 waits for the streams" kill -0 "$CO2_PID"
: >"$TMP/go"
end_streams
wait_co2
is "$CO2_EXIT" 0 "it ends with status 0"
is "$(grep -l '\[DONE\]' "$TMP"/stream.* | wc -l | tr -d ' ')" 100 \
    "every stream was finished"
like "$(cat "$CO2_LOG")" 'Shutting down server .*signal=SIGTERM' "it says why"

rm -f "$TMP/go"
rm -f "$TMP"/stream.*
start_co2 o2c server='"shutdownGraceSeconds": 1'
start_streams 5
stop_co2 INT
end_streams
is "$CO2_EXIT" 0 "the grace is over: status 0"
is "$(grep -l 'server_shutting_down' "$TMP"/stream.* | wc -l | tr -d ' ')" 5 \
    "every stream ends with an error in its own words"
unlike "$(cat "$TMP"/stream.[1-5])" '\[DONE\]' "and not as if complete"

# The same to a client of the other API of that mode.
path=/v1/responses
rm -f "$TMP"/stream.*
start_co2 o2c server='"shutdownGraceSeconds": 1'
chat=$flow
flow='{"model":"gpt-5.4","stream":true,"input":"hi"}'
start_streams 5
stop_co2 TERM
end_streams
is "$CO2_EXIT" 0 "responses: the grace is over: status 0"
is "$(grep -l '"type":"response.failed".*server_shutting_down' \
    "$TMP"/stream.* | wc -l | tr -d ' ')" 5 \
    "responses: every stream ends with response.failed"
unlike "$(cat "$TMP"/stream.[1-5])" 'response\.(completed|incomplete)' \
    "responses: and not as if complete"
path=/v1/chat/completions flow=$chat

start_co2 o2c server='"shutdownGraceSeconds": 60'
start_streams 2
kill -TERM "$CO2_PID"
wait_until 20 refused
stop_co2 TERM
end_streams
is "$CO2_EXIT" 143 "a second signal ends it at once"

start_co2 o2c
stop_co2 INT
is "$CO2_EXIT" 0 "idle: it ends at once"

# ---- a connection that was let in before, and whose request comes late

# shellcheck disable=SC2317 # called by wait_until
at_least()	# THREADS: each connection has one
{
	test "$(threads)" -ge "$1"
}

late='{"model":"gpt-5.4","messages":[{"role":"user","content":"late"}]}'
cat >"$TMP/script" <<end
[{"when":{"lacks":"late"},"sse":[$begin,$open,{"wait":"$TMP/go"},$end]}]
end
rm -f "$TMP/go" "$TMP"/stream.*
start_co2 o2c server='"shutdownGraceSeconds": 60'
start_streams 1
before=$(threads)
mkfifo "$TMP/late" "$TMP/again"
curl -sN --noproxy '*' "telnet://127.0.0.1:$CO2_PORT" <"$TMP/late" \
    >"$TMP/late.out" 2>&1 &
late_pid=$!
exec 8>"$TMP/late"
curl -sN --noproxy '*' "telnet://127.0.0.1:$CO2_PORT" <"$TMP/again" \
    >"$TMP/again.out" 2>&1 &
again_pid=$!
exec 9>"$TMP/again"
check "two connections are open" wait_until 10 at_least $((before + 2))
health='GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n'
# shellcheck disable=SC2059 # with its escapes
printf "$health" >&9
check "one has an answer" wait_until 10 grep -q ' 200 ' "$TMP/again.out"
kill -TERM "$CO2_PID"
check "no other one can be made" wait_until 20 refused
# shellcheck disable=SC2059 # with its escapes
printf "$health" >&9
check "its next request is refused" wait_until 20 grep -q ' 503 ' \
    "$TMP/again.out"
exec 9>&-
wait "$again_pid"
printf 'POST %s HTTP/1.1\r\nhost: localhost\r\ncontent-type: %s\r\n%s\r\n\r\n%s' \
    "$path" application/json "content-length: ${#late}" "$late" >&8
check "the first one of the other is served" wait_until 20 \
    grep -q '"chat.completion"' "$TMP/late.out"
like "$(tr -d '\r' <"$TMP/late.out")" '^[Cc]onnection: close$' \
    "it is the last one"
exec 8>&-
wait "$late_pid"
: >"$TMP/go"
end_streams
wait_co2
is "$CO2_EXIT" 0 "then co2 ends"
like "$(cat "$TMP/stream.1")" '\[DONE\]' "and so did the stream"

# ---- the other way round, in each API of the upstream's

path=/v1/messages
flow='{"model":"m","max_tokens":99,"stream":true,"messages":[{"role":"user","content":"hi"}]}'
cat >"$TMP/script" <<end
[{"path":"/v1/chat/completions","sse":[{"data":{"id":"c","object":
    "chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,
    "delta":{"role":"assistant","content":"Hello"},"finish_reason":null}]}},
    {"stall":true}]},
 {"path":"/v1/responses","sse":[{"type":"response.created","response":{"id":
    "resp_1","object":"response","status":"in_progress","model":"m",
    "output":[]}},{"type":"response.output_item.added","output_index":0,
    "item":{"type":"message","id":"msg_1","role":"assistant","status":
    "in_progress","content":[]}},{"type":"response.output_text.delta",
    "output_index":0,"content_index":0,"item_id":"msg_1","delta":"Hello"},
    {"stall":true}]}]
end
for api in responses chat-completions; do
	rm -f "$TMP"/stream.*
	start_co2 c2o server='"shutdownGraceSeconds": 1' \
	    routing="\"openAIUpstreamApi\": \"$api\",
		\"defaultOpenAIModel\": \"gpt-5.4\""
	start_streams 5
	stop_co2 TERM
	end_streams
	is "$CO2_EXIT" 0 "$api: the grace is over: status 0"
	is "$(grep -l '^event: error' "$TMP"/stream.* | wc -l | tr -d ' ')" 5 \
	    "$api: every stream ends with an error in its own words"
	unlike "$(cat "$TMP"/stream.*)" 'message_stop' "$api: and with nothing else"
done

done_testing
