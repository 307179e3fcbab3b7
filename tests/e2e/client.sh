#!/bin/sh
# Clients that do it otherwise: slowly, in pieces, too early, by halves, or
# not at all.  (gone.sh has those that leave.)
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

FIRE=$BUILD/fire
chat='{"model":"gpt-5.4","messages":[{"role":"user","content":"hi"}]}'

# One client, byte by byte: see tests/fire/raw.c.  Sets OUT, what it read.
raw()	# STEP...
{
	timeout 60 "$FIRE" raw "$CO2_PORT" "$@" >"$TMP/raw" 2>"$TMP/raw.err"
	OUT=$(tr -d '\r' <"$TMP/raw")
}

# The same in the background, named for the log.  Sets RAW_PID.
raw_behind()	# NAME STEP...
{
	name=$1
	shift
	timeout 60 "$FIRE" raw "$CO2_PORT" "$@" >"$TMP/$name.raw" \
	    2>"$TMP/$name.err" &
	RAW_PID=$!
}

# A request's head, for send:.
head_of()	# LENGTH-LINE [HEADER]
{
	printf '%s' "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
	printf '%s' "Content-Type: application/json\r\n$1\r\n${2:+$2\r\n}\r\n"
}

length="Content-Length: ${#chat}"
json=$(printf '%s' "$chat" | sed 's/\\/\\\\/g')

# Sanitizers need threads with large stacks, and keep what was freed.
case $BUILD$CO2_WRAP in
*san* | *valgrind*) connections=300 bound=100000 ;;
*) connections=2000 bound=8000 ;;
esac

statuses()	# of all answers in OUT, in their order
{
	printf '%s\n' "$OUT" | sed -n 's|^.*HTTP/1.1 \([0-9]*\) .*|\1|p' |
	    tr '\n' ' ' | sed 's/ $//'
}

# shellcheck disable=SC2317 # called by wait_until
logged()	# REGEX
{
	grep -Eq "$1" "$CO2_LOG"
}

delta=$(head -c 1500 /dev/zero | tr '\0' x)
cat >"$TMP/script" <<end
[{"when":{"contains":"flood"},"sse":[{"type":"message_start","message":
   {"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],
    "stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,
    "output_tokens":1}}},
  {"type":"content_block_start","index":0,"content_block":{"type":"text",
   "text":""}},
  {"repeat":100000,"steps":[{"type":"content_block_delta","index":0,
   "delta":{"type":"text_delta","text":"$delta"}}]},{"stall":true}]},
 {"when":{"contains":"later"},"delay_ms":60000,"body":{}},
 {"when":{"contains":"broken"},"wire":"","steps":[{"close":true}]}]
end
start_fake --script "$TMP/script"
start_co2 o2c provider='"maxRetries": 0'

# ---- several requests on one connection

raw "send:$(head_of "$length")$json$(head_of "$length" \
    'Connection: close')$json" end
is "$(statuses)" "200 200" "two requests at once are answered in their order"
is "$(printf '%s\n' "$OUT" | grep -c '"object":"chat.completion"')" 2 \
    "both of them"
raw "send:$(head_of "$length")$(printf '%s' "$json" |
    sed 's/"hi"/"no"/')GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" end
is "$(statuses)" "200 200" "and two of different kinds"

bad='{"model":1}'
broken=$(printf '%s' "$json" | sed 's/"hi"/"broken"/')
raw "send:$(head_of "Content-Length: ${#bad}")$bad" 'until:"error"' \
    "send:$(head_of "Content-Length: ${#broken}")$broken" \
    until:upstream_unreachable \
    "send:GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n" until:unknown_url \
    "send:GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n" \
    until:forbidden \
    "send:$(head_of "$length" 'Connection: close')$json" end
is "$(statuses)" "400 502 404 403 200" \
    "after each error the connection serves on"

# ---- uploads

raw "send:$(head_of "$length" 'Expect: 100-continue')" 'until:100 Continue' \
    "send:$json" until:chat.completion
is "$(statuses)" "100 200" "who waits for 100-continue gets it"
raw "send:$(head_of 'Content-Length: 99999999' 'Expect: 100-continue')" \
    until:request_too_large
is "$(statuses)" 413 "or the refusal in its place"
raw "send:$(head_of 'Transfer-Encoding: chunked')5\r\n$(printf '%s' "$json" |
    cut -c 1-5)\r\n$(printf '%x' $((${#chat} - 5)));x=y\r\n$(printf '%s' \
    "$json" | cut -c 6-)\r\n0\r\nTrailer: yes\r\n\r\n" until:chat.completion
is "$(statuses)" 200 "a body in chunks"
raw "drip:1:$(head_of "$length")$json" until:chat.completion
is "$(statuses)" 200 "all of it byte by byte"

# What the HTTP library refuses: one answer, in the client's words.
invalid='^\{"error":\{"message":"The request is not valid HTTP'
refused_before=$(grep -c 'finished .*status=400' "$CO2_LOG")
raw "send:$(head_of 'Transfer-Encoding: chunked')zz\r\nnothing\r\n" end
is "$(statuses)" 400 "a broken chunk is no request"
like "$OUT" "$invalid" "it is told so"
# shellcheck disable=SC2317 # called by wait_until
refused_once()
{
	test "$(grep -c 'finished .*status=400' "$CO2_LOG")" -eq \
	    $((refused_before + 1))
}
check "and the log says it once, of the right request" wait_until 10 \
    refused_once
like "$(tail -n 1 "$CO2_LOG")" 'path=/v1/chat/completions .*status=400' \
    "by its path"
raw "send:$(head_of 'no colon')$json" end
is "$(statuses)" 400 "a broken header is no request"
like "$OUT" "$invalid" "it is told so"
for length_is in many -5 5,6; do
	raw "send:$(head_of "Content-Length: $length_is")$json" shut end
	is "$(statuses)" 400 "a length of $length_is, and what follows it"
	like "$OUT" "$invalid" "it is told so"
done
raw "send:$(head_of 'Content-Length: 99999999999999999999')$json" shut end
is "$(statuses)" 413 "a length beyond all measure"
like "$OUT" '"code":"request_too_large"' "it is told so"
raw "send:GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n$(head_of \
    'Content-Length: many')$json" end
is "$(statuses)" "200 400" "the answer before it is whole"
like "$(cat "$CO2_LOG")" 'finished method=\? path=\? status=400' \
    "the log has them"
raw "send:$(head_of 'Content-Length: 5')$json" shut end
is "$(statuses | cut -c 1-3)" 400 "a length that is too small"
unlike "$(statuses)" 200 "what follows is no request either"
raw "send:$(head_of "Content-Length: $((${#chat} + 1))")$json" shut end
unlike "$(statuses)" 200 "a length that is too large is no request"
get /healthz
is "$STATUS" 200 "co2 serves on"

# ---- one that closes its half

later=$(printf '%s' "$json" | sed 's/"hi"/"later"/')
raw "send:$(head_of "Content-Length: ${#later}" \
    'x-co2-request-id: half')$later" sleep:300 shut end
check "who closes its half has left" wait_until 2 \
    logged '^info: \[half\] finished .* status=499'
# shellcheck disable=SC2317 # called by wait_until
was_left()	# N
{
	test "$(grep -c '"by":"peer".*"mid_reply":true' "$FAKE_LOG")" -ge "$1"
}
check "and the upstream was left" wait_until 2 was_left 1

# ---- one that hardly reads

rss()
{
	awk '/VmRSS/ { print $2 }' "/proc/$CO2_PID/status"
}
before=$(rss)
flood=$(printf '%s' "$json" | sed 's/"hi"/"flood"/; s/{/{"stream":true,/')
raw_behind slow "send:$(head_of "Content-Length: ${#flood}" \
    'x-co2-request-id: slow')$flood" slow:3:1000 "touch:$TMP/read" slow:60:1000
check "a byte a second" wait_until 20 test -e "$TMP/read"
check "memory stays bounded" test "$(($(rss) - before))" -lt $bound
is "$(grep -c '"event":"replied".*"n":'"$(grep -c '"event":"request"' \
    "$FAKE_LOG")" "$FAKE_LOG")" 0 "the upstream is slowed down"
post /v1/chat/completions "$chat"
is "$STATUS" 200 "others are not"
kill "$RAW_PID"
wait "$RAW_PID" 2>/dev/null
check "when it leaves, the upstream is left" wait_until 2 was_left 2
check "and the log says 499" wait_until 2 \
    logged '^info: \[slow\] finished .* status=499'
stop_co2

# ---- those that are slow to say what they want

start_co2 o2c server='"requestTimeoutSeconds": 2'
raw_behind header "drip:100:$(head_of "$length" \
    "x-long: $(head -c 200 /dev/zero | tr '\0' x)")"
slow=$RAW_PID
raw_behind body "send:$(head_of 'Content-Length: 5000')" \
    "drip:100:$(head -c 300 /dev/zero | tr '\0' ' ')"
slow="$slow $RAW_PID"
raw_behind silent end
slow="$slow $RAW_PID"
post /v1/chat/completions "$chat"
is "$STATUS" 200 "others are served meanwhile"
for pid in $slow; do
	wait "$pid"
done
for who in header body silent; do
	took=$(sed -n 's/^ms: //p' "$TMP/$who.err")
	check "slow, '$who': closed after the limit" test "${took:-0}" \
	    -ge 1500 -a "${took:-99999}" -lt 20000
done
like "$(cat "$CO2_LOG")" 'closed connections that sent no complete request' \
    "the log says so"
raw "send:$(head_of "$length")$json" until:chat.completion sleep:1200 \
    "send:GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" \
    until:configured sleep:1200 \
    "send:GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n" until:unknown_url
is "$(statuses)" "200 200 404" "time begins anew with each request"
stop_co2

# ---- those that only open connections

start_co2 o2c server='"requestTimeoutSeconds": 20, "maxConnections": 4'
"$FIRE" idle --port "$CO2_PORT" --count $connections --ready "$TMP/idle" \
    >"$TMP/idle.out" 2>&1 &
idle=$!
wait_until 30 test -e "$TMP/idle"
post /v1/chat/completions "$chat"
is "$STATUS" 200 "$connections connections are open, one more is served"
threads=$(threads)
check "there are at most as many as allowed ($threads)" \
    test "$threads" -le 1040
check "and no fewer" test "$threads" -ge \
    "$((connections < 1000 ? connections : 1000))"
wait $idle
is "$(cat "$TMP/idle.out")" "left: 0" "all are closed after the limit"
# shellcheck disable=SC2317 # called by wait_until
few_threads()
{
	test "$(threads)" -lt 10
}
check "their threads are gone" wait_until 20 few_threads
post /v1/chat/completions "$chat"
is "$STATUS" 200 "and co2 serves on"

done_testing
