#!/bin/sh
# SIGHUP: the configuration is read again, checked first; who runs keeps the
# old one.  And what must not stop co2: SIGPIPE, a log that cannot be written.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

chat='{"model":"gpt-5.4","messages":[{"role":"user","content":"hi"}]}'
flow='{"model":"gpt-5.4","stream":true,"messages":[{"role":"user","content":"stay"}]}'
begin='{"type":"message_start","message":{"id":"msg_1","type":"message",
    "role":"assistant","model":"m","content":[],"stop_reason":null,
    "stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}'
open='{"type":"content_block_start","index":0,"content_block":
    {"type":"text","text":""}},{"type":"content_block_delta","index":0,
    "delta":{"type":"text_delta","text":"Hello"}}'
end='{"type":"content_block_stop","index":0},{"type":"message_delta",
    "delta":{"stop_reason":"end_turn","stop_sequence":null},
    "usage":{"output_tokens":2}},{"type":"message_stop"}'

# Put a configuration in the place of the one that co2 was started with.
change()	# [SECTION=MEMBERS]...
{
	write_config o2c "$@" >"$TMP/next"
	mv "$TMP/next" "$CO2_CONFIG_FILE"
}

lines()	# REGEX: how many lines of the log match
{
	grep -Ec "$1" "$CO2_LOG"
}

# shellcheck disable=SC2317 # called by wait_until
said()	# REGEX N: it stands in the log N times
{
	test "$(lines "$1")" -ge "$2"
}

# shellcheck disable=SC2317 # called by wait_until
model_is()	# NAME: of the next request at the upstream
{
	post /v1/chat/completions "$chat"
	test "$(header x-co2-upstream-model)" = "$1"
}

hang_up()
{
	kill -HUP "$CO2_PID"
}

# ---- a valid file

cat >"$TMP/script" <<end
[{"when":{"contains":"stay"}, "sse":[$begin,$open,{"wait":"$TMP/go"},$end]}]
end
start_fake --script "$TMP/script"
old_log=$FAKE_LOG
start_co2 o2c
check "before: the first model" model_is claude-opus-4-6

curl -sN --noproxy '*' -H 'content-type: application/json' -d "$flow" \
    "$CO2_URL/v1/chat/completions" >"$TMP/stream" 2>&1 &
stream=$!
wait_until 10 grep -q Hello "$TMP/stream"

start_fake
change routing='"defaultClaudeModel": "claude-haiku-4-5"' \
    server='"logLevel": "debug", "apiKeys": ["sk-mine"]'
hang_up
check "the log says that it was read" \
    wait_until 1 said 'Read the configuration again' 1
post /v1/chat/completions "$chat"
is "$STATUS" 401 "a new rule holds at once"
post /v1/chat/completions "$chat" -H 'authorization: Bearer sk-mine'
is "$STATUS" 200 "with the key it is answered"
is "$(header x-co2-upstream-model)" claude-haiku-4-5 "by the new model"
is "$(grep -c '"event":"request"' "$FAKE_LOG")" 1 "from the new upstream"
get /healthz
check "the new log level holds" wait_until 1 said "^debug: .*path=/healthz" 1
: >"$TMP/go"
wait $stream
like "$(cat "$TMP/stream")" '\[DONE\]' "a running stream keeps the old one"
is "$(grep -c '"event":"request"' "$old_log")" 2 "and its upstream"

# ---- files that are not valid

keeps()	# NAME REGEX: nothing has changed, and the log says why
{
	said=$(lines 'Kept the configuration as it was')
	hang_up
	check "$1: it is not taken" \
	    wait_until 1 said 'Kept the configuration as it was' $((said + 1))
	like "$(cat "$CO2_LOG")" "$2" "$1: the log says why"
	post /v1/chat/completions "$chat" -H 'authorization: Bearer sk-mine'
	is "$(header x-co2-upstream-model)" claude-haiku-4-5 "$1: as before"
}

echo '{ "server": ' >"$CO2_CONFIG_FILE"
keeps "no JSON" 'error: the configuration is not valid .*json:[0-9]'
change routing='"defaultClaudModel": "claude-opus-4-6", "wrong": 1'
keeps "an unknown key" 'not valid .*routing\.defaultClaudModel.*did you mean'
like "$(cat "$CO2_LOG")" 'routing\.wrong' "each problem is told"
change server='"apiKeys": ["sk-mine"], "host": "0.0.0.0", "port": 0'
keeps "a wrong value" 'not valid .*server\.port'
change provider="\"caFile\": \"$TMP/nowhere.pem\""
keeps "a file that is not there" 'caFile.*No such file'
rm "$CO2_CONFIG_FILE"
keeps "no file" 'not valid .*cannot be read'

# ---- what waits for the next start

change server='"apiKeys": ["sk-mine"], "host": "127.0.0.2"' \
    routing='"defaultClaudeModel": "claude-opus-4-6"'
hang_up
check "another host" \
    wait_until 1 said 'waits for the next start.*key=server\.host' 1
check "the rest is taken" said 'Read the configuration again' 2
post /v1/chat/completions "$chat" -H 'authorization: Bearer sk-mine'
is "$(header x-co2-upstream-model)" claude-opus-4-6 "the new model"
write_config c2o server='"apiKeys": ["sk-mine"]' >"$TMP/next"
mv "$TMP/next" "$CO2_CONFIG_FILE"
hang_up
check "another mode" wait_until 1 said 'next start.*key=server\.mode' 1
unlike "$(cat "$CO2_LOG")" 'sk-(mine|test)' "no key stands in the log"

# ---- many in a row, with requests all the time

change
hang_up
wait_until 1 said 'Read the configuration again' 4
asked=0
while test $asked -lt 10; do
	hang_up
	post /v1/chat/completions "$chat"
	test "$STATUS" = 200 || break
	asked=$((asked + 1))
done
is "$asked" 10 "requests between signals are answered"

# ---- signals and logs that must not end it

kill -PIPE "$CO2_PID"
get /healthz
is "$STATUS" 200 "SIGPIPE does not end it"
stop_co2
is "$CO2_EXIT" 0 "and it ends as usual"

cat >"$TMP/full" <<'end'
#!/bin/sh
# Run a command with a log that cannot be written.
exec "$@" 2>/dev/full
end
cat >"$TMP/closed" <<'end'
#!/bin/sh
exec "$@" <&- 2>&-
end
chmod +x "$TMP/full" "$TMP/closed"
for log in full closed; do
	CO2_WRAP=$TMP/$log
	start_co2 o2c server='"logLevel": "debug"'
	post /v1/chat/completions "$chat"
	is "$STATUS" 200 "a $log log: it answers"
	unlike "$HEADERS$BODY" 'debug: |info: ' "nothing of it is sent"
	post /v1/chat/completions '{"model":1}'
	is "$STATUS" 400 "a $log log: it refuses"
	stop_co2
	is "$CO2_EXIT" 0 "a $log log: it ends well"
done

# A pipe that is full, and that nobody reads; ours to read through 8.
mkfifo "$TMP/pipe"
exec 8<>"$TMP/pipe"
cat >"$TMP/stuck" <<end
#!/bin/sh
exec "\$@" 2>$TMP/pipe 8>&-
end
chmod +x "$TMP/stuck"

fill_pipe()
{
	dd if=/dev/zero of="$TMP/pipe" bs=4096 oflag=nonblock 2>"$TMP/dd"
}

empty_pipe()	# what was in it: OUT
{
	OUT=$(dd if="$TMP/pipe" bs=4096 iflag=nonblock 2>"$TMP/dd" | tr -d '\0')
}

# A request's last line is written when its connection has ended.
# shellcheck disable=SC2317 # called by wait_until
at_rest()
{
	test "$(threads)" -le "$resting"
}

fill_pipe
CO2_WRAP=$TMP/stuck
start_co2 o2c
resting=$(threads)
post /v1/chat/completions "$chat"
is "$STATUS" 200 "a log that nobody reads: it answers"
wait_until 10 at_rest
empty_pipe
is "$OUT" "" "nothing got into it"
post /v1/chat/completions '{"model":1}'
is "$STATUS" 400 "it is read again"
wait_until 10 at_rest
empty_pipe
like "$OUT" '^warn: lines of the log were lost.* count=2$' \
    "it says how many are lost"
like "$OUT" '^info: .*finished .*status=400' "and goes on"

# Room for the first page of a line alone.
fill_pipe
head -c 4096 <&8 >"$TMP/page"
long=$(head -c 9000 /dev/zero | tr '\0' m)
post /v1/chat/completions "$(printf '%s' "$chat" | sed "s/gpt-5.4/$long/")"
is "$STATUS" 200 "a line that has no room: it answers"
wait_until 10 at_rest
empty_pipe
post /v1/chat/completions '{"model":1}'
wait_until 10 at_rest
empty_pipe
like "$OUT" '^warn: lines of the log were lost.* count=1$' \
    "what follows begins a line"
stop_co2
is "$CO2_EXIT" 0 "it ends well"
exec 8>&-
CO2_WRAP=

done_testing
