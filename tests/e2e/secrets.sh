#!/bin/sh
# What is secret stays so: keys, prompts and replies carry marks, everything
# is done at debug, and then no byte that co2 wrote has one (design section 8).
# Replies and the refusals of an upstream go to the client who asked; they are
# what is left out here.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

# Each is found whatever follows it. lib.sh's KEY is the upstream's key.
KEY=sk-upstreamMARK
client_key=sk-clientMARK
wrong_key=sk-wrongMARK
mark='MARK'

# A path, a marked body, and a key: what comes back is kept for later.
try()	# PATH BODY [CURL-ARGUMENT]...
{
	post "$@" -H "authorization: Bearer $client_key"
	printf '%s\n' "$HEADERS" >>"$TMP/headers.all"
}

# The same, where the answer is co2's own and must have no mark either.
own()	# NAME PATH BODY [CURL-ARGUMENT]...
{
	what=$1
	shift
	try "$@"
	like "$STATUS" '^[45]' "$what is refused"
	unlike "$BODY" "$mark" "and the answer does not repeat it"
}

prompt='Tell me about promptMARK'

cat >"$TMP/script.json" <<'end'
[{"when":{"contains":"reply500"},"status":500,"strict":false,
  "body":{"error":{"type":"server_error","message":"saw promptMARK"}}},
 {"when":{"contains":"reply401"},"status":401,"strict":false,
  "body":{"error":{"type":"authentication_error",
    "message":"Incorrect API key provided: sk-upstreamMARK."}}},
 {"when":{"contains":"replykey"},"strict":false,"sse":[
  {"event":"error","data":{"type":"error","error":{"type":"api_error",
    "message":"no such key: sk-upstreamMARK"}}}]},
 {"when":{"contains":"replycut"},"strict":false,
  "sse":[{"raw":"event: message_start\ndata: {replyMARK"},{"reset":true}]},
 {"when":{"contains":"replyhtml"},"strict":false,
  "headers":{"content-type":"text/html"},"raw":"<b>replyMARK</b>"}]
end

everything()	# MODE
{
	case $1 in
	o2c) set -- /v1/chat/completions /v1/responses ;;
	c2o) set -- /v1/messages ;;
	esac
	for route; do
		case $route in
		*responses) talk='"input":' more='' ;;
		*chat*) talk='"messages":' more='' ;;
		*) talk='"messages":' more='"max_tokens":9,' ;;
		esac
		for stream in true false; do
			head="{\"model\":\"claude-opus-4-6\",$more\"stream\":$stream,"
			say() { printf '%s' "$head${talk}[{\"role\":\"user\",\"content\":\"$prompt $1\"}]${2:-}}"; }
			try "$route" "$(say hello)"
			is "$STATUS" 200 "$route, stream $stream"
			like "$BODY" "$mark" "the reply has the mark"
			try "$route" "$(say reply500)"
			try "$route" "$(say reply401)"
			is "$STATUS" 401 "$route, a key that the upstream refuses"
			unlike "$BODY" 'upstreamMARK' "it is not told"
			try "$route" "$(say replykey)"
			like "$BODY" 'no such key: \*+' "$route, an error event"
			unlike "$BODY" 'upstreamMARK' "does not tell it either"
			try "$route" "$(say replycut)"
			try "$route" "$(say replyhtml)"
			try "$route" "$(say hello ',"metadata":{"k":"vMARK"}')"
			own "$route, an unknown value" "$route" \
			    "$(say hello ',"temperature":"tMARK"')"
		done
		own "$route, broken JSON" "$route" "{\"model\": \"$prompt"
		own "$route, no object" "$route" "[\"$prompt\"]"
		own "$route, another type" "$route" "$prompt" \
		    -H 'content-type: text/plain'
	done
	try /v1/nothing "{\"a\":\"$prompt\"}"
	for route in / /metrics /healthz; do
		get "$route" -H "authorization: Bearer $client_key"
		unlike "$BODY" "$mark" "$route has no mark"
	done
	get /metrics -H "authorization: Bearer $wrong_key"
	is "$STATUS" 401 "a wrong key"
	unlike "$BODY$HEADERS" "$mark" "is not repeated"
}

# The process itself.
guarded()
{
	test -r "/proc/$CO2_PID/cmdline" || return
	unlike "$(tr '\0' '\n' <"/proc/$CO2_PID/cmdline")" "$mark" \
	    "no key on the command line"
	is "$(awk '$1 == "Max" && $2 == "core" { print $5 }' \
	    "/proc/$CO2_PID/limits")" 0 "no core file is written"
	# What cannot be dumped belongs to root, or to the same user when it
	# can; a sanitizer needs to look at itself.
	test -n "${SAN:-}" || is "$(dumpable)" no "and it is not dumpable"
}

# Nobody but root may read the memory of a process that is not dumpable; root
# sees it by who owns its files in /proc, which is root even for others.
dumpable()
{
	as_nobody='' pid=$CO2_PID
	if test "$(id -u)" = 0; then
		cp -f "$CO2" "$TMP/co2-copy.$co2s"
		chmod 711 "$TMP"
		chmod 755 "$TMP/co2-copy.$co2s"
		cp "$CO2_CONFIG_FILE" "$TMP/nobody.json"
		chown nobody "$TMP/nobody.json"
		setpriv --reuid=nobody --clear-groups "$TMP/co2-copy.$co2s" start \
		    --config "$TMP/nobody.json" --port 0 \
		    >"$TMP/nobody.out" 2>"$TMP/nobody.err" &
		pid=$!
		wait_until 30 grep -q '^Client base URL' "$TMP/nobody.out"
		as_nobody='setpriv --reuid=nobody --clear-groups'
	fi
	if $as_nobody test -r "/proc/$pid/environ" &&
	    $as_nobody cat "/proc/$pid/environ" >"$TMP/environ" 2>&1; then
		echo yes
	else
		echo no
	fi
	# We are in a subshell: the end of the script knows nothing of it.
	test "$pid" = "$CO2_PID" || put_down "$pid"
}

start_fake --key "$KEY" --script "$TMP/script.json"
for way in o2c c2o; do
	case $way in
	o2c) default='"defaultClaudeModel": "claude-opus-4-6"' ;;
	c2o) default='"defaultOpenAIModel": "gpt-5.4"' ;;
	esac
	start_co2 $way server="\"logLevel\": \"debug\",
	    \"apiKeys\": [\"$client_key\"]" routing="$default" \
	    provider='"defaultHeaders": {"x-secret": "headerMARK"},
	    "maxRetries": 0'
	everything $way
	guarded
	stop_co2
	is "$CO2_EXIT" 0 "it ends well"
	unlike "$(cat "$CO2_OUT" "$CO2_LOG")" "$mark" \
	    "$way: neither the log nor the output has a mark"
done
unlike "$(cat "$TMP/headers.all")" "$mark" "no header has one"
like "$(cat "$FAKE_LOG")" "promptMARK" "though the upstream saw them"

# ---- where keys come from

start_co2 o2c
unlike "$(cat "$CO2_LOG")" 'other users can read' "a file of its owner's is fine"
for access in 640 604; do
	cp "$CO2_CONFIG_FILE" "$TMP/loose.json"
	chmod $access "$TMP/loose.json"
	start_co2_with "$TMP/loose.json"
	like "$(cat "$CO2_LOG")" '^warn: .*other users can read .*loose\.json' \
	    "a file of mode $access with a key draws a warning"
done
sed 's/"apiKey": "[^"]*",//' "$TMP/loose.json" >"$TMP/keyless.json"
chmod 644 "$TMP/keyless.json"
mkdir "$TMP/credentials"
printf '%s\n' "$KEY" >"$TMP/credentials/anthropic_api_key"
CREDENTIALS_DIRECTORY=$TMP/credentials
export CREDENTIALS_DIRECTORY
start_co2_with "$TMP/keyless.json"
unset CREDENTIALS_DIRECTORY
unlike "$(cat "$CO2_LOG")" 'other users can read' "a file without a key may be read"
post /v1/chat/completions '{"model":"gpt-5.4","messages":[{"role":"user",
    "content":"hello"}]}'
is "$STATUS" 200 "the key in \$CREDENTIALS_DIRECTORY is the upstream's"

done_testing
