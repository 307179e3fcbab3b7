#!/bin/sh
# The commands that need no gateway: --help, init, translate.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

HOME=$TMP/home
export HOME
mkdir "$HOME"

# ---- help

run --help
commands=$(printf '%s\n' "$OUT" | sed -n 's/^  \([a-z]*\)  .*/\1/p')
like "$commands" '^start$' "--help lists the commands"
for command in $commands; do
	run "$command" --help
	is "$EXIT" 0 "$command --help: status 0"
	like "$OUT" "^usage: co2 $command" "its usage"
	options=$(printf '%s\n' "$OUT" | sed -n 's/^  \(--[a-z-]*\).*/\1/p')
	is "$(printf '%s\n' "$OUT" | awk 'length > 80')" "" "lines fit a screen"
	for option in $options; do
		grep -q "Fl ${option#-}" man/co2.1 ||
		    not_ok "$option of $command is in the manual"
	done
	check "$command is in the manual" grep -q "^\.It Cm $command" man/co2.1
	run "$command" --dance
	is "$EXIT" 2 "$command: an unknown option, status 2"
	like "$ERR" "^co2 $command: unknown option: --dance$" "is named"
done
run translate --from chat
is "$EXIT" 2 "an option that has to be there"
like "$ERR" 'missing option: --to' "is named"
run check --online=yes
is "$EXIT" 2 "a switch takes no value"
run env --port 0
is "$EXIT" 2 "env: port 0 is nobody's"

# ---- init

run init
is "$EXIT" 0 "init"
file=$HOME/.config/co2/config.json
like "$OUT" "^Wrote $file\.$" "says where"
is "$(stat -c '%a' "$file")" 600 "nobody else can read it"
is "$(stat -c '%a' "$HOME/.config/co2")" 700 "nor look where it is"
before=$(cat "$file")
run init --mode o2c
is "$EXIT" 1 "init again"
like "$ERR" "$file: is there already, and stays as it is" "refuses"
is "$(cat "$file")" "$before" "and leaves it alone"
cd "$HOME" || exit
CO2=$OLDPWD/$CO2
run check
is "$EXIT" 1 "it wants a key"
like "$ERR" 'config\.json:[0-9]+: providers\.openai\.apiKey: .*OPENAI_API_KEY' \
    "and says which"
export OPENAI_API_KEY=sk-invented ANTHROPIC_API_KEY=sk-invented
run check
is "$EXIT" 0 "with a key it is valid"
export XDG_CONFIG_HOME="$TMP/a/b"
run init --mode o2c
is "$EXIT" 0 "init of the other mode, below XDG_CONFIG_HOME"
run check
is "$EXIT" 0 "is valid, too"
like "$OUT" '^server.mode = "openai-to-claude" ' "and of that mode"
unset OPENAI_API_KEY ANTHROPIC_API_KEY
run init --mode sideways
is "$EXIT" 2 "a mode that is none"
: >"$TMP/file"
export XDG_CONFIG_HOME="$TMP/file"
run init
is "$EXIT" 1 "a directory that cannot be made"
like "$ERR" "$TMP/file" "is named"
unset XDG_CONFIG_HOME
rm -r "$HOME/.config"
cd "$OLDPWD" || exit

# ---- translate: what it says is what co2 sends

mkdir "$TMP/bodies"
start_fake --bodies "$TMP/bodies"
image='{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}'
cat >"$TMP/claude.json" <<end
{ "model": "claude-x", "max_tokens": 99, "top_k": 5, "stream": true,
  "system": "Be brief.",
  "messages": [ { "role": "user", "content": [ $image,
    { "type": "text", "text": "What is it?" } ] } ] }
end
cat >"$TMP/chat.json" <<end
{ "model": "m", "seed": 1, "messages": [ { "role": "user", "content": "hi" } ],
  "tools": [ { "type": "function", "function": { "name": "look_up",
    "parameters": { "type": "object", "properties": {} } } } ] }
end
cat >"$TMP/responses.json" <<end
{ "model": "m", "input": "hi", "tools": [ { "type": "custom",
  "name": "run_it", "description": "Run a line." } ] }
end

# Send it through co2 and through the filter, and compare.
same()	# MODE PATH FILE FROM TO [SECTION=MEMBERS]
{
	rm -f "$TMP/bodies"/*
	start_co2 "$1" ${6:+"$6"}
	post "$2" "@$3"
	is "$STATUS" 200 "$4 to $5: co2 answers"
	stop_co2
	run translate --from "$4" --to "$5" --config "$CO2_CONFIG_FILE" <"$3"
	is "$EXIT" 0 "$4 to $5: the filter translates"
	# The first one: a refusal may have taught co2 to send another.
	first=$(find "$TMP/bodies" -name '*.json' | sort -V | head -n 1)
	is "$OUT" "$(cat "$first")" "to what was sent"
	for lost in $(header x-co2-warnings | sed 's/, */ /g; s/=/-at-/g'); do
		like "$(printf '%s\n' "$ERR" | sed 's/ at /-at-/')" \
		    "^lost: $lost$" "and tells what was lost"
	done
}

api=routing='"defaultOpenAIModel": "gpt-5.4", "openAIUpstreamApi": "chat-completions"'
same c2o /v1/messages "$TMP/claude.json" messages responses
like "$ERR" '^lost: .* at top_k$' "top_k is one of them"
same c2o /v1/messages "$TMP/claude.json" messages chat "$api"
same o2c /v1/chat/completions "$TMP/chat.json" chat messages
same o2c /v1/responses "$TMP/responses.json" responses messages

run translate --from chat --to messages <"$TMP/chat.json"
like "$OUT" '"model":"m"' "without a configuration the model keeps its name"
echo '{"model":"m","messages":[{"role":"user","content":3}]}' >"$TMP/bad.json"
run translate --from chat --to messages <"$TMP/bad.json"
is "$EXIT" 1 "a request that is refused: status 1"
like "$ERR" '^co2 translate: messages\[0\]\.content: ' "the field is named"
is "$OUT" "" "and nothing comes out"
run translate --from chat --to responses <"$TMP/chat.json"
is "$EXIT" 2 "a pair that is none"
run translate --from claude --to chat <"$TMP/chat.json"
is "$EXIT" 2 "an API that is none"
run translate --from chat --to messages --stream <"$TMP/chat.json"
is "$EXIT" 2 "--stream without --reply"

# ---- replies

cat >"$TMP/reply.json" <<'end'
{ "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-y",
  "content": [ { "type": "tool_use", "id": "toolu_1", "name": "run_it",
    "input": { "input": "ls -l" } } ],
  "stop_reason": "tool_use", "stop_sequence": null,
  "usage": { "input_tokens": 7, "output_tokens": 3 } }
end
run translate --reply --from messages --to chat <"$TMP/reply.json"
is "$EXIT" 0 "a whole reply"
like "$OUT" '^\{.*"object":"chat\.completion".*"finish_reason":"tool_calls"' \
    "as a whole one"
run translate --reply --stream --from messages --to chat <"$TMP/reply.json"
like "$OUT" '^data: \[DONE\]$' "as a stream"
like "$OUT" '"prompt_tokens":7' "with its usage"
run translate --reply --from messages --to responses \
    --request "$TMP/responses.json" <"$TMP/reply.json"
like "$OUT" '"type":"custom_tool_call".*"input":"ls -l"' \
    "the request tells what kind of call it was"
run translate --reply --from messages --to chat --request "$TMP/none" \
    <"$TMP/reply.json"
is "$EXIT" 1 "a request that is not there"
ask -H "authorization: Bearer $KEY" -H 'content-type: application/json' \
    --data-binary @- "$FAKE_URL/v1/responses" <<end
{"model":"gpt-5.4","input":"hi","stream":true,"store":false}
end
cp "$TMP/body" "$TMP/stream"
run translate --reply --from responses --to messages <"$TMP/stream"
like "$OUT" '^\{.*"type":"message".*"stop_reason":"end_turn"' \
    "a recorded stream as a whole reply"
run translate --reply --stream --from responses --to messages <"$TMP/stream"
like "$OUT" '^event: message_stop$' "and as a stream"
echo '<html>' >"$TMP/page"
run translate --reply --from messages --to chat <"$TMP/page"
is "$EXIT" 1 "what is no reply: status 1"
like "$OUT" '^\{"error":' "as the client would see it"

done_testing
