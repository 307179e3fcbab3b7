#!/bin/sh
# Both modes end to end: the calls of the specification, and what the
# settings of routing change about them.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

# The body of the last request that the upstream got, on one line.
sent()
{
	grep '"event":"request"' "$FAKE_LOG" | tail -n 1 |
	    sed 's/.*"body"://'
}

# And its headers.
sent_headers()
{
	grep '"event":"request"' "$FAKE_LOG" | tail -n 1 |
	    sed 's/.*"headers":\({[^}]*}\).*/\1/'
}

fine()	# NAME: the last request was answered, and the upstream liked it
{
	is "$STATUS" 200 "$1"
	unlike "$(tail -n 3 "$FAKE_LOG")" '"event":"refused"' \
	    "the upstream has no complaint"
}

# The last body keeps the grammar of an API.
grammar()	# API stream|whole NAME
{
	check "$3" "$FAKE" check "$1" "$2" <"$TMP/body"
}

start_fake

# ---- OpenAI clients, Claude upstream

start_co2 o2c
post /v1/responses '{"model":"gpt-5.4","input":[{"role":"user",
    "content":[{"type":"input_text","text":"hello"}]}]}'
fine "responses with input_text"
like "$BODY" '"text":"You said: hello' "the answer arrives"
grammar responses whole "in the right form"
is "$(header x-co2-upstream-model)" claude-opus-4-6 "the model is named"

post /v1/responses '{"model":"gpt-5.4","stream":true,"input":[{"role":"user",
    "content":[{"type":"input_text","text":"what is it"},
    {"type":"input_image","image_url":"https://img.example/a.png"}]}]}'
fine "responses with an image by URL, streamed"
like "$(sent)" '"source":\{"type":"url","url":"https://img\.example/a\.png"\}' \
    "the URL goes through"
grammar responses stream "a right stream"
is "$(header content-type)" "text/event-stream; charset=utf-8" "its type"
is "$(header cache-control)" no-cache "its cache-control"
is "$(header x-accel-buffering)" no "no buffering on the way"

post /v1/chat/completions '{"model":"gpt-5.4","messages":[{"role":"user",
    "content":[{"type":"text","text":"see"},{"type":"image_url",
    "image_url":{"url":"data:image/png;base64,QUFBQQ=="}}]}]}'
fine "chat with an image as data URL"
like "$(sent)" '"media_type":"image/png","data":"QUFBQQ=="' \
    "the bytes go through"
grammar chat whole "in the right form"
post /v1/chat/completions '{"model":"gpt-5.4","stream":true,
    "messages":[{"role":"user","content":"hello"}]}'
fine "chat, streamed"
grammar chat stream "a right stream"
like "$(sent_headers)" '"accept-encoding": *"identity"' \
    "no compression is asked for"
post /v1/responses/input_tokens '{"model":"gpt-5.4","input":"hello"}'
like "$BODY" '^\{"object":"response\.input_tokens","input_tokens":[0-9]+\}$' \
    "input_tokens"
post /v1/chat/completions '{"model":"gpt-5.4","thinkingg":1,"messages":[]}'
is "$STATUS" 400 "a field that is none"
like "$BODY" 'thinkingg' "is named"

# ---- the memory of responses

post /v1/responses '{"model":"gpt-5.4","input":"remember the lighthouse"}'
fine "a response that is kept"
kept=/v1/responses/$(printf '%s' "$BODY" |
    sed 's/.*"id":"\(resp_[^"]*\)".*/\1/')
get "$kept"
is "$STATUS" 200 "it can be had again"
like "$BODY" 'You said: remember the lighthouse' "with its output"
get "$kept/input_items"
like "$BODY" '^\{"object":"list","data":\[.*remember the lighthouse' \
    "and its input"
post /v1/responses '{"model":"gpt-5.4","input":"and then",
    "previous_response_id":"'"${kept##*/}"'"}'
fine "another one goes on from it"
like "$(sent)" 'remember the lighthouse.*You said.*and then' \
    "the upstream gets all of it"
ask -X DELETE "$CO2_URL$kept"
like "$STATUS $BODY" '^200 .*"deleted":true' "it can be deleted"
get "$kept"
is "$STATUS" 404 "and is gone"
post /v1/responses '{"model":"gpt-5.4","input":"and then",
    "previous_response_id":"'"${kept##*/}"'"}'
is "$STATUS" 400 "nothing goes on from it"
like "$BODY" '"code":"previous_response_not_found"' "in OpenAI's words"
post /v1/responses '{"model":"gpt-5.4","store":false,"input":"forget me"}'
fine "a response that is not kept"
get "/v1/responses/$(printf '%s' "$BODY" |
    sed 's/.*"id":"\(resp_[^"]*\)".*/\1/')"
is "$STATUS" 404 "store:false is honoured"

for client in chat responses; do
	for whole in '' --whole; do
		# shellcheck disable=SC2086 # an option or nothing
		check "a tool loop, $client ${whole:-streamed}" "$FAKE" converse \
		    --api $client --url "$CO2_URL" --turns 3 --calls 2 $whole
	done
done

# Every thinking block comes back with its call, or the upstream refuses.
start_fake --demand-reasoning
start_co2 o2c
for client in chat responses; do
	check "four calls in a chain, $client: thinking survives" "$FAKE" \
	    converse --api $client --url "$CO2_URL" --turns 2 --chain 4
done

# ---- Claude clients, OpenAI upstream, both of its APIs

start_fake

hello='{"model":"claude-x","max_tokens":100,"messages":[{"role":"user",
    "content":"hello"}]'
tools='"tools":[{"name":"get_weather","description":"d",
    "input_schema":{"type":"object","properties":{}}}]'

for api in responses chat-completions; do
	settings="\"defaultOpenAIModel\": \"gpt-5.4\", \
	    \"openAIUpstreamApi\": \"$api\""
	start_co2 c2o routing="$settings"
	post /v1/messages "$hello}"
	fine "$api: messages"
	like "$BODY" '"text":"You said: hello' "$api: the answer arrives"
	grammar messages whole "$api: in the right form"
	post '/v1/messages?beta=true' "$hello,\"stream\":true}"
	fine "$api: messages, streamed"
	grammar messages stream "$api: a right stream"
	post /v1/messages '{"model":"claude-x","max_tokens":100,"messages":[
	    {"role":"user","content":[{"type":"image","source":{"type":"base64",
	    "media_type":"image/png","data":"QUFBQQ=="}},
	    {"type":"text","text":"see"}]}]}'
	fine "$api: an image as base64"
	like "$(sent)" 'data:image/png;base64,QUFBQQ==' \
	    "$api: the bytes go through"
	post /v1/messages "$hello}" -H 'anthropic-beta: some-beta-2026-01-01'
	fine "$api: with a beta header"
	unlike "$(sent_headers)" 'anthropic|some-beta' \
	    "$api: nothing of Claude's goes upstream"
	like "$(sent_headers)" '"accept-encoding": *"identity"' \
	    "$api: no compression is asked for"
	post /v1/messages/count_tokens "$hello}"
	fine "$api: count_tokens"
	like "$BODY" '^\{"input_tokens":[0-9]+\}$' "$api: a number"

	post /v1/messages "$hello,$tools}"
	fine "$api: with tools"
	unlike "$(sent)" 'parallel_tool_calls' "$api: nothing is said of them"
	for word in true false; do
		start_co2 c2o routing="$settings, \
		    \"openAIParallelToolCalls\": $word"
		post /v1/messages "$hello,$tools}"
		like "$(sent)" "\"parallel_tool_calls\":$word" \
		    "$api: parallel calls $word, with tools"
		post /v1/messages "$hello}"
		unlike "$(sent)" 'parallel_tool_calls' \
		    "$api: parallel calls $word, without"
		stop_co2
	done

	start_co2 c2o routing="$settings"
	post /v1/messages "$hello,\"context_management\":{\"edits\":[]}}"
	is "$STATUS" 400 "$api: context_management is refused"
	like "$BODY" 'context_management' "$api: and named"
	post /v1/messages "$hello,\"thinkingg\":{}}"
	is "$STATUS" 400 "$api: a typo is refused"
	like "$BODY" 'thinkingg.*thinking' "$api: naming what was meant"
	start_co2 c2o routing="$settings, \"skipInboundFields\": \
	    {\"claudeMessages\": [\"context_management\"]}"
	post /v1/messages "$hello,\"context_management\":{\"edits\":[]}}" \
	    -H 'x-co2-request-id: skip-1'
	fine "$api: unless it is in the skip list"
	unlike "$(sent)" 'context_management' "$api: it does not go upstream"
	like "$(cat "$CO2_LOG")" '^warn: \[skip-1\] Skipped configured inbound fields .*fields=context_management' \
	    "$api: the log says so"

	for whole in '' --whole; do
		# shellcheck disable=SC2086 # an option or nothing
		check "$api: a tool loop ${whole:-streamed}" "$FAKE" converse \
		    --api messages --url "$CO2_URL" --turns 3 --calls 2 $whole
	done
done

# The same of reasoning items, and of reasoning_content on a chat server.
start_fake --demand-reasoning
start_co2 c2o routing='"defaultOpenAIModel": "gpt-5.4"'
check "four calls in a chain, responses: reasoning survives" "$FAKE" \
    converse --api messages --url "$CO2_URL" --turns 2 --chain 4
start_fake --profile compat --demand-reasoning
start_co2 c2o routing='"defaultOpenAIModel": "deepseek-reasoner",
    "openAIUpstreamApi": "chat-completions"'
check "four calls in a chain, chat: reasoning_content survives" "$FAKE" \
    converse --api messages --url "$CO2_URL" --turns 2 --chain 4

done_testing
