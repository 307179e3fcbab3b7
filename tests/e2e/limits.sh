#!/bin/sh
# Limits: each has its key, its error in the client's own words, and the next
# request works.  And memory, with many large requests at once.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

FIRE=$BUILD/fire
chat='{"model":"gpt-5.4","messages":[{"role":"user","content":"hi"}]}'
claude='{"model":"claude-x","max_tokens":99,"messages":[{"role":"user","content":"hi"}]}'

# $1 bytes of $2
fill()	# N CHARACTER
{
	head -c "$1" /dev/zero | tr '\0' "$2"
}

zeros()	# N: "0,0,0," with so many
{
	yes 0, | tr -d '\n' | head -c $(($1 * 2))
}

# The last answer is an error in the words of the mode's clients.
native()	# STATUS TYPE-OR-CODE NAME
{
	is "$STATUS" "$1" "$3: status $1"
	case $which in
	o2c) like "$BODY" "^\{\"error\":\{\"message\":.*\"code\":\"$2\"" \
	    "$3: in the client's words" ;;
	c2o) like "$BODY" \
	    "^\{\"type\":\"error\",\"error\":\{\"type\":\"$2\"" \
	    "$3: in the client's words" ;;
	esac
}

serves()	# NAME
{
	post "$path" "$body"
	is "$STATUS" 200 "$1: the next request works"
}

# shellcheck disable=SC2317 # called by wait_until
status_is()	# STATUS: of one more request
{
	post "$path" "$body"
	test "$STATUS" = "$1"
}

# shellcheck disable=SC2317 # called by wait_until
upstream_waits()	# N
{
	test "$(grep -c '"event":"request".*"wait"' "$FAKE_LOG")" -ge "$1"
}

# shellcheck disable=SC2317 # called by wait_until
was_left()	# N: so many upstream connections in mid-reply
{
	test "$(grep -c '"by":"peer".*"mid_reply":true' "$FAKE_LOG")" -ge "$1"
}

begin='{"type":"message_start","message":{"id":"msg_1","type":"message",
    "role":"assistant","model":"m","content":[],"stop_reason":null,
    "stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}'
created='{"type":"response.created","response":{"id":"resp_1","object":
    "response","status":"in_progress","model":"m","output":[]}}'
cat >"$TMP/script" <<end
[{"path":"/v1/messages","when":{"contains":"large event"},
  "steps":[$begin,{"raw":"data: "},{"fill":9000},{"stall":true}]},
 {"path":"/v1/responses","when":{"contains":"large event"},
  "steps":[$created,{"raw":"data: "},{"fill":9000},{"stall":true}]},
 {"when":{"contains":"large reply"},"headers":{"content-type":
  "application/json"},"steps":[{"raw":"{\"x\":\""},{"fill":9000},
  {"stall":true}]},
 {"when":{"contains":"wait"},"delay_ms":60000,"body":{}}]
end
start_fake --script "$TMP/script"

left=0 waits=0
for which in o2c c2o; do
	case $which in
	o2c)
		path=/v1/chat/completions body=$chat
		large=request_too_large header=request_header_too_large
		invalid=invalid_json busy=server_is_overloaded
		upstream=upstream_error
		;;
	c2o)
		path=/v1/messages body=$claude
		large=request_too_large header=request_too_large
		invalid=invalid_request_error busy=overloaded_error
		upstream=api_error
		;;
	esac

	start_co2 $which
	fill 10000000 '[' >"$TMP/deep"
	post "$path" "@$TMP/deep"
	native 400 "$invalid" "10 MB of ["
	like "$BODY" 'nested more than 512 levels deep .server\.maxJsonDepth' \
	    "the key is named"
	fill 33554433 ' ' >"$TMP/many"
	post "$path" "@$TMP/many"
	native 413 "$large" "a body beyond the limit"
	{ printf '{"model":['; zeros 4000000; printf '0]}'; } >"$TMP/many"
	post "$path" "@$TMP/many"
	native 400 "$invalid" "4 million zeros"
	like "$BODY" 'more than 1000000 members.*server\.maxJsonItems' \
	    "the key is named"
	serves "large bodies"
	stop_co2
	is "$CO2_EXIT" 0 "and it ends well"

	start_co2 $which server='"maxBodyBytes": 20000, "maxJsonDepth": 8,
	    "maxJsonItems": 40, "maxHeaderBytes": 1500, "maxConnections": 2' \
	    provider='"maxEventBytes": 4000, "maxReplyBytes": 4000'
	fill 20001 x >"$TMP/large"
	post "$path" "@$TMP/large"
	native 413 "$large" "body"
	like "$BODY" 'server\.maxBodyBytes' "body: the key is named"
	post "$path" "@$TMP/large" -H 'transfer-encoding: chunked'
	native 413 "$large" "body in chunks"
	serves "body"
	post "$path" '{"model":[[[[[[[[0]]]]]]]]}'
	native 400 "$invalid" "depth"
	post "$path" "{\"model\":[$(zeros 40)0]}"
	native 400 "$invalid" "items"
	serves "items"
	post "$path" "$body" -H "x-long: $(fill 2000 x)"
	native 431 "$header" "header"
	like "$BODY" 'server\.maxHeaderBytes' "header: the key is named"
	post "$path" "$body" -H "x-long: $(fill 60000 x)"
	native 431 "$header" "a header beyond all measure"
	serves "header"

	post "$path" "$(printf '%s' "$body" | sed 's/"hi"/"large event"/')"
	native 502 "$upstream" "event, whole answer"
	post "$path" "$(printf '%s' "$body" |
	    sed 's/"hi"/"large event"/; s/{/{"stream":true,/')"
	is "$STATUS" 200 "event, stream"
	like "$BODY" 'event is larger than' "event, stream: ends with the error"
	unlike "$BODY" 'DONE|message_stop' "event, stream: and with nothing else"
	post "$path" "$(printf '%s' "$body" | sed 's/"hi"/"large reply"/')"
	native 502 "$upstream" "reply"
	serves "event"
	left=$((left + 3))
	check "and the upstream was left" wait_until 5 was_left $left

	waiting=
	for i in 1 2; do
		curl -sN --noproxy '*' -H 'content-type: application/json' \
		    -d "$(printf '%s' "$body" | sed 's/"hi"/"wait"/')" \
		    "$CO2_URL$path" >"$TMP/wait.$i" 2>&1 &
		waiting="$waiting $!"
	done
	waits=$((waits + 2))
	wait_until 10 upstream_waits $waits
	post "$path" "$body"
	native 503 "$busy" "connections"
	is "$(header retry-after)" 1 "connections: when to come again"
	left=$((left + 2))
	for pid in $waiting; do
		kill "$pid"
		wait "$pid" 2>/dev/null
	done
	check "connections: then it works again" wait_until 10 status_is 200
	stop_co2
	is "$CO2_EXIT" 0 "it ends well"
done

# ---- memory: many large requests at once

case $BUILD$CO2_WRAP in
*san* | *[a-z]\ * | *valgrind*)
	ok "memory is measured without sanitizers # SKIP"
	;;
*)
	count=150
	resident()	# in MiB
	{
		awk '/VmRSS/ { print int($2 / 1024) }' \
		    "/proc/$CO2_PID/status"
	}
	cat >"$TMP/script" <<-end
	[{"path":"/v1/messages","when":{"times":$count},
	  "steps":[{"stall":true}]}]
	end
	start_fake --lax --script "$TMP/script"
	start_co2 o2c
	"$FIRE" load --port "$CO2_PORT" --count $count --size 150000 \
	    >"$TMP/load" &
	fire=$!
	# shellcheck disable=SC2317 # called by wait_until
	all_wait()
	{
		test "$(grep -c '"event":"accepted"' "$FAKE_LOG")" -eq "$count"
	}
	check "$count requests of 150 kB wait for the upstream" \
	    wait_until 60 all_wait
	# Its tree and what is sent are held of each: 65 MiB.  The peak before
	# is a matter of how many are read at the same moment.
	held=$(resident)
	check "they take $held MiB" test "$held" -le 80
	kill $fire
	wait $fire 2>"$TMP/null"
	"$FIRE" load --port "$CO2_PORT" --count $count --size 150000 \
	    >"$TMP/load"
	like "$(cat "$TMP/load")" "^status 200: $count\$" \
	    "$count requests of 150 kB at once are answered"
	like "$(cat "$TMP/load")" "^to their end: $count\$" "to their end"
	# shellcheck disable=SC2317 # called by wait_until
	is_small()
	{
		test "$(resident)" -le 20
	}
	check "memory goes back to the system" wait_until 30 is_small
	"$FIRE" load --port "$CO2_PORT" --count 3 --size 8000000 >"$TMP/load"
	like "$(cat "$TMP/load")" "^status 200: 3\$" "large ones as well"
	check "the memory kept for the next large one goes back, too" \
	    wait_until 30 is_small
	diag "held $held MiB, at the end $(resident) MiB"
	;;
esac

# ---- an upstream that says nothing to many

case $BUILD$CO2_WRAP in
*san* | *[a-z]\ * | *valgrind*) count=150 bound=4000 ;;
*) count=1500 bound=315 ;;
esac
echo '[{"wire":"","steps":[{"stall":true}]}]' >"$TMP/silent"
start_fake --script "$TMP/silent"
start_co2 o2c server='"maxConnections": 2000, "shutdownGraceSeconds": 1' \
    provider='"firstByteTimeoutMs": 9000'
"$FIRE" load --port "$CO2_PORT" --count $count --size 20000 \
    --expect '"code":"upstream_timeout"' >"$TMP/load"
like "$(cat "$TMP/load")" "^status 504: $count\$" \
    "a silent upstream: $count requests get a timeout"
like "$(cat "$TMP/load")" "^as expected: $count\$" "in the client's words"
peak=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$CO2_PID/status")
check "the peak of $peak MiB" test "$peak" -le $bound
get /healthz
is "$STATUS" 200 "and co2 serves on"

done_testing
