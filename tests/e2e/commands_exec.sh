#!/bin/sh
# co2 exec and co2 env: what a client program gets to know, and its end.
# shellcheck source=tests/e2e/lib.sh disable=SC2119,SC2016
. "${0%/*}/lib.sh"

start_fake --key "$KEY"
write_config c2o >"$TMP/c2o.json"
write_config o2c modelMap='"gpt-*": "claude-opus-4-6", "fast": "claude-haiku-4-5"' \
    >"$TMP/o2c.json"

# ---- the variables

export ANTHROPIC_API_KEY=sk-mine-0123456789
run exec --config "$TMP/c2o.json" -- sh -c 'env; echo "args: $*"' sh a 'b c'
unset ANTHROPIC_API_KEY
is "$EXIT" 0 "a program runs"
like "$OUT" '^ANTHROPIC_BASE_URL=http://127\.0\.0\.1:[0-9]+$' "with a base URL"
like "$OUT" '^OPENAI_BASE_URL=http://127\.0\.0\.1:[0-9]+/v1$' "for both kinds"
like "$OUT" '^ANTHROPIC_AUTH_TOKEN=co2-[0-9A-Za-z]{32}$' "with a key"
like "$OUT" '^OPENAI_API_KEY=co2-[0-9A-Za-z]{32}$' "for both kinds"
like "$OUT" '^CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1$' "nothing goes past"
unlike "$OUT" "^ANTHROPIC_API_KEY=|sk-mine|$KEY" "and without the real keys"
like "$OUT" '^args: a b c$' "and its arguments"
unlike "$OUT" '^(no_proxy|NO_PROXY)=' "no proxy, no exception from it"
is "$ERR" "" "co2 itself is silent"

export http_proxy=http://proxy.invalid no_proxy=example.org
export CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=0
run exec --config "$TMP/o2c.json" env
unset http_proxy no_proxy CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC
like "$OUT" '^no_proxy=example\.org,127\.0\.0\.1$' "the way goes past a proxy"
like "$OUT" '^NO_PROXY=127\.0\.0\.1$' "by both names"
like "$OUT" '^OPENAI_MODEL=fast$' "a model that the gateway knows"
like "$OUT" '^CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=0$' \
    "what the user has set stays"

printf '#!/bin/sh\nprintf "%%s\\n" "$@"\n' >"$TMP/codex"
chmod +x "$TMP/codex"
run exec --config "$TMP/o2c.json" -- "$TMP/codex" exec --json hello
is "$(printf '%s\n' "$OUT" | sed -n '1p;11,$p' | tr '\n' ' ')" \
    "-c exec --json hello " "Codex gets options before its own"
like "$OUT" '^model_provider="co2"$' "which name a provider"
like "$OUT" '^model_providers\.co2\.base_url="http://127\.0\.0\.1:[0-9]+/v1"$' \
    "with its address"
like "$OUT" '^model_providers\.co2\.env_key="OPENAI_API_KEY"$' "and its key"

# ---- the gateway

cat >"$TMP/claude" <<'end'
#!/bin/sh
curl -sS --noproxy '*' --max-time 30 "$ANTHROPIC_BASE_URL/v1/messages" \
    -H "authorization: Bearer ${1:-$ANTHROPIC_AUTH_TOKEN}" \
    -H 'content-type: application/json' -H 'anthropic-version: 2023-06-01' \
    -d '{"model":"claude-x","max_tokens":99,
        "messages":[{"role":"user","content":"hi"}]}'
end
cat >"$TMP/openai" <<'end'
#!/bin/sh
curl -sS --noproxy '*' --max-time 30 "$OPENAI_BASE_URL/chat/completions" \
    -H "authorization: Bearer $OPENAI_API_KEY" \
    -H 'content-type: application/json' \
    -d "{\"model\":\"$OPENAI_MODEL\",
        \"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
end
chmod +x "$TMP/claude" "$TMP/openai"

run exec --config "$TMP/c2o.json" -- "$TMP/claude"
like "$OUT" '"type":"message","role":"assistant"' "a Claude client is answered"
run exec --config "$TMP/o2c.json" -- "$TMP/openai"
like "$OUT" '"object":"chat\.completion"' "an OpenAI client is answered"
export CO2_API_KEYS=known-to-others
run exec --config "$TMP/c2o.json" -- "$TMP/claude" known-to-others
unset CO2_API_KEYS
like "$OUT" '"type":"authentication_error"' "nobody else has the key"

run exec --config "$TMP/c2o.json" --log "$TMP/log" -- "$TMP/claude"
is "$ERR" "" "with --log nothing is on the terminal"
like "$(cat "$TMP/log")" 'info: .* finished ' "but in the file"
is "$(stat -c %a "$TMP/log")" 600 "which is the user's alone"
run exec --config "$TMP/c2o.json" --log "$TMP/none/log" -- true
is "$EXIT" 1 "a log that cannot be written"
run exec --config "$TMP/c2o.json" --log-level info -- "$TMP/claude"
like "$ERR" 'info: .* finished ' "with --log-level it is on standard error"

run exec --config "$TMP/c2o.json" -- sh -c 'ls -l /proc/self/fd | grep -c socket'
is "$OUT" 0 "the program has none of the gateway's descriptors"
run exec --config "$TMP/c2o.json" -- sh -c 'ulimit -n'
is "$OUT" "$(sh -c "ulimit -n")" "nor its limits"
OUT=$(echo text | "$CO2" exec --config "$TMP/c2o.json" -- cat)
is "$OUT" text "standard input is the program's"

# ---- the end

run exec --config "$TMP/c2o.json" -- sh -c 'exit 7'
is "$EXIT" 7 "its exit status"
run exec --config "$TMP/c2o.json" -- sh -c 'kill -KILL $$'
is "$EXIT" 137 "the signal that ended it"
run exec --config "$TMP/c2o.json" -- "$TMP/not-there"
is "$EXIT" 127 "a program that is not there"
like "$ERR" "not-there: No such file" "is named"
run exec --config "$TMP/c2o.json" -- "$TMP/c2o.json"
is "$EXIT" 126 "one that cannot be run"
run exec --config "$TMP/c2o.json" --
is "$EXIT" 2 "none at all"
run exec --config "$TMP/none.json" -- touch "$TMP/touched"
is "$EXIT" 1 "without a configuration"
check "it does not run" test ! -e "$TMP/touched"

# A program that says which signals it got.
cat >"$TMP/listener" <<'end'
#!/bin/sh
trap 'echo got HUP' HUP
trap 'echo got USR1' USR1
trap 'echo got USR2' USR2
trap 'echo got TERM; kill $!; exit 3' TERM
echo "$$ $ANTHROPIC_BASE_URL"
sleep 60 &
while :; do
	wait
done
end
chmod +x "$TMP/listener"
"$CO2" exec --config "$TMP/c2o.json" -- "$TMP/listener" >"$TMP/said" 2>&1 &
pid=$!
fake_pids="$fake_pids $pid"
wait_until 30 test -s "$TMP/said"
for signal in HUP USR1 USR2; do
	kill -$signal $pid
	check "$signal is handed on" wait_until 30 \
	    grep -q "^got $signal$" "$TMP/said"
done
url=$(sed -n '1s/.* //p' "$TMP/said")
ask "$url/healthz"
is "$STATUS" 200 "the gateway serves meanwhile"
kill -TERM $pid
wait $pid
is $? 3 "TERM is handed on, and the program's status returned"
ask "$url/healthz"
is "$STATUS" 000 "the gateway ends with its program"

# ---- env

write_config c2o server='"port": 18080, "apiKeys": ["it'\''s a key"]' \
    provider='"apiKey": null' | sed 's/, "apiKey": null//' >"$TMP/env.json"
run env --config "$TMP/env.json"
is "$EXIT" 0 "env"
OUT=$(eval "$OUT"; echo "$ANTHROPIC_BASE_URL $ANTHROPIC_AUTH_TOKEN")
is "$OUT" "http://127.0.0.1:18080 it's a key" "can be evaluated by a shell"
printf '{"server":{"mode":"o2c"}}' >"$TMP/env.json"
export ANTHROPIC_API_KEY=
run env --config "$TMP/env.json" --port 1234
is "$EXIT" 0 "it needs no key of the upstream's"
is "$OUT" "export OPENAI_BASE_URL='http://127.0.0.1:1234/v1'
export OPENAI_API_KEY='co2'" "only the mode's variables, ready for a shell"
start_co2 c2o
eval "$("$CO2" env --config "$CO2_CONFIG_FILE" --port "$CO2_PORT")"
OUT=$("$TMP/claude")
like "$OUT" '"type":"message","role":"assistant"' "a gateway that runs is found"

done_testing
