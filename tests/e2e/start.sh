#!/bin/sh
# The command line, the environment, and all that keeps co2 from starting.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

run
is "$EXIT" 2 "without a command: status 2"
like "$ERR" '^usage: co2 COMMAND' "and the usage"
run --help
is "$EXIT" 0 "--help: status 0"
like "$OUT" '^usage: co2 COMMAND' "on standard output"
run start --help
like "$OUT" '^usage: co2 start' "start --help as well"
run --version
like "$OUT" '^co2 [0-9]+\.[0-9]+\.[0-9]+$' "--version"
for library in libmicrohttpd libcurl jansson OpenSSL; do
	like "$OUT" "^$library [0-9]+\.[0-9]+" "and of $library"
done
run dance
is "$EXIT" 2 "an unknown command"
run start --colour blue
is "$EXIT" 2 "an unknown option"
like "$ERR" '--colour' "is named"
run start --mode
is "$EXIT" 2 "an option without its value"
run start --port 99999
is "$EXIT" 2 "a port that is none"
run start here
is "$EXIT" 2 "an argument too many"
run start --port 0
is "$EXIT" 1 "no mode"
like "$ERR" 'server\.mode' "is said"
run start --mode o2c --port 0
is "$EXIT" 1 "no key"
like "$ERR" 'ANTHROPIC_API_KEY' "the variable to set is named"
run start --mode o2c --config "$TMP/none.json"
is "$EXIT" 1 "a file that is not there"

# ---- keys from the environment; only the provider of the mode counts

hello='{"model":"m","messages":[{"role":"user","content":"hi"}]}'
start_fake --key sk-env
cat >"$TMP/o2c.json" <<end
{ "server": { "mode": "openai-to-claude" },
  "providers": { "anthropic": { "baseUrl": "$FAKE_URL" } },
  "routing": { "defaultClaudeModel": "claude-opus-4-6" } }
end

for key in ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN; do
	export $key=sk-env
	start_co2_with "$TMP/o2c.json"
	unset $key
	post /v1/chat/completions "$hello"
	is "$STATUS" 200 "$key alone"
	stop_co2
done
ANTHROPIC_API_KEY=sk-env ANTHROPIC_AUTH_TOKEN=sk-env
export ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN
start_co2_with "$TMP/o2c.json"
post /v1/chat/completions "$hello"
is "$STATUS" 200 "both, equal"
stop_co2
ANTHROPIC_AUTH_TOKEN=sk-other
run start --config "$TMP/o2c.json" --port 0
is "$EXIT" 1 "both, different: co2 does not start"
like "$ERR" 'ANTHROPIC_AUTH_TOKEN' "and says why"
unlike "$ERR" 'sk-(env|other)' "without the keys"
ANTHROPIC_AUTH_TOKEN=
start_co2_with "$TMP/o2c.json"
post /v1/chat/completions "$hello"
is "$STATUS" 200 "an empty one counts as unset"
stop_co2
unset ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN

cat >"$TMP/c2o.json" <<end
{ "server": { "mode": "claude-to-openai" },
  "providers": { "openai": { "baseUrl": "$FAKE_URL/v1" } },
  "routing": { "defaultOpenAIModel": "gpt-5.4" } }
end
export OPENAI_API_KEY=sk-env
start_co2_with "$TMP/c2o.json"
unset OPENAI_API_KEY
post /v1/messages '{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}'
is "$STATUS" 200 "c2o with no word of Anthropic"

# ---- a port in use


export OPENAI_API_KEY=sk-env
run start --config "$TMP/c2o.json" --port "$CO2_PORT"
unset OPENAI_API_KEY
is "$EXIT" 1 "a port in use: status 1"
like "$ERR" "$CO2_PORT.*in use" "the port is named"
is "$(printf '%s\n' "$ERR" | grep -vc '^info')" 1 "in one line"
get /healthz
is "$STATUS" 200 "who has it goes on"

done_testing
