#!/bin/sh
# Paths, methods, bodies and ids: who answers what, in whose words.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

# The status, and the error's code (OpenAI) or type (Claude).
refused()	# STATUS WORD NAME
{
	is "$STATUS" "$1" "$3: status $1"
	like "$BODY" "\"(code|type)\": *\"$2\"" "$3: $2"
}

send()	# METHOD PATH [CURL-ARGUMENT]...
{
	method=$1
	path=$2
	shift 2
	ask -X "$method" "$@" "$CO2_URL$path"
}

start_fake

# ---- OpenAI clients

start_co2 o2c server='"maxBodyBytes": 2000' \
    modelMap='"fast": "claude-haiku-4-5", "quick-*": "claude-haiku-4-5"'
like "$(cat "$CO2_OUT")" "^CO2 server started on $CO2_URL \[openai-to-claude\]$" \
    "o2c: the first line says address and mode"
like "$(cat "$CO2_OUT")" "^Client base URL: OPENAI_BASE_URL=$CO2_URL/v1$" \
    "o2c: the second one what to give to a client"

get /healthz
is "$STATUS" 200 "o2c: /healthz"
like "$BODY" '"status":"ok"' "and says ok"
get /
is "$STATUS" 200 "o2c: GET /"
ask -I "$CO2_URL/"
is "$STATUS" 200 "o2c: HEAD /"
ask -I "$CO2_URL/healthz"
is "$STATUS" 200 "o2c: HEAD /healthz"
get /v1/models
is "$STATUS" 200 "o2c: /v1/models"
like "$BODY" '"object":"list"' "in OpenAI's shape"
like "$BODY" '"id":"fast".*"id":"claude-opus-4-6"' \
    "the configured names, then the upstream's"
unlike "$BODY" 'quick' "a pattern is no name"
get /v1/models/claude-opus-4-6
like "$BODY" '"id":"claude-opus-4-6","object":"model"' "o2c: one model"
get /v1/models/nobody
refused 404 model_not_found "o2c: a model that is none"

send POST /v1/messages
refused 404 unknown_url "o2c: /v1/messages"
like "$BODY" 'POST /v1/messages .*claude-to-openai' \
    "the message names method, path and the mode that serves it"
get /v1/nothing
refused 404 unknown_url "o2c: a path that is none"
get /v1/models/
refused 404 unknown_url "o2c: a model without a name"
post /v1/embeddings '{}'
refused 404 unknown_url "o2c: embeddings"
like "$BODY" '/v1/chat/completions' "the message says what is served"
get /api/hello
is "$STATUS" 404 "o2c: no /api/hello"
get /v1/chat/completions
refused 405 method_not_allowed "o2c: GET on a POST path"
is "$(header allow)" POST "allow says which method"
send DELETE /v1/models
is "$STATUS $(header allow)" "405 GET" "o2c: DELETE on models"
get /v1/responses
is "$STATUS $(header allow)" "405 POST" "o2c: GET /v1/responses"
get /v1/responses -H 'Connection: Upgrade' -H 'Upgrade: websocket'
is "$STATUS" 426 "o2c: a websocket is refused so that Codex goes on"
is "$(header upgrade)" websocket "with an upgrade header"
like "$(cat "$CO2_LOG")" 'info: .* refused the request status=426' \
    "which is no matter for a warning"
get /v1/responses/resp_none
is "$STATUS" 404 "o2c: a response that is not kept"
get '/v1/responses/resp_none?stream=true'
refused 400 unsupported_parameter "o2c: a stored response as a stream"
send POST /v1/responses/resp_none/cancel
is "$STATUS" 400 "o2c: nothing can be cancelled"

post /v1/chat/completions '{"model":'
refused 400 invalid_json "o2c: broken JSON"
post /v1/chat/completions ''
refused 400 invalid_json "o2c: no body"
post /v1/responses '[1]'
is "$STATUS" 400 "o2c: a body that is no object"
ask --data-binary '{}' -H 'content-type: text/plain' \
    "$CO2_URL/v1/chat/completions"
refused 415 unsupported_media_type "o2c: a body that is not JSON"
post /v1/chat/completions '{}' -H 'content-encoding: gzip'
refused 415 unsupported_media_type "o2c: a compressed body"
head -c 3000 /dev/zero | tr '\0' ' ' >"$TMP/big"
post /v1/chat/completions "@$TMP/big"
refused 413 request_too_large "o2c: a large body"
post /v1/chat/completions "@$TMP/big" -H 'transfer-encoding: chunked'
refused 413 request_too_large "o2c: a large body in chunks"
post /v1/chat/completions "@$TMP/big" -H 'expect: 100-continue'
refused 413 request_too_large "o2c: a large body that waits to be wanted"
post /chat/completions '{"model":"gpt-5.4","messages":[{"role":"user","content":"hi"}]}'
is "$STATUS" 200 "o2c: without /v1 as well"

post /v1/chat/completions '{"thinkingg":1}' -H 'x-co2-request-id: my-own.1'
is "$(header x-co2-request-id)" my-own.1 "o2c: the client's id comes back"
is "$(header x-request-id)" my-own.1 "and stands in for the upstream's"
like "$(cat "$CO2_LOG")" '^info: \[my-own\.1\] finished .*status=400' \
    "and names the exchange in the log"
get /healthz -H 'x-co2-request-id: not sane'
like "$(header x-co2-request-id)" '^co2_[0-9a-f]{24}$' \
    "o2c: an id that is not sane is replaced"
like "$HEADERS" '^openai-version: 2020-10-01$' "o2c: openai-version"
like "$HEADERS" '^openai-processing-ms: [0-9]+$' "o2c: openai-processing-ms"

# ---- Claude clients

start_co2 c2o modelMap='"claude-x": "gpt-5.4", "local": "llama"'
like "$(cat "$CO2_OUT")" "^Client base URL: ANTHROPIC_BASE_URL=$CO2_URL$" \
    "c2o: what to give to a client"
get /healthz
is "$STATUS" 200 "c2o: /healthz"
get /api/hello
is "$STATUS $BODY" "200 {}" "c2o: the probe of Claude Code"
ask -I "$CO2_URL/api/hello"
is "$STATUS" 200 "c2o: the same by HEAD"
ask --data-binary 'anything' "$CO2_URL/api/event_logging/batch"
is "$STATUS $BODY" "200 {}" "c2o: its telemetry ends here"
get /v1/models
is "$STATUS" 200 "c2o: /v1/models"
like "$BODY" '"id":"claude-x".*"id":"claude-local"' \
    "the configured names, all with claude in front"
get /v1/models/claude-local
like "$BODY" '"display_name":"llama"' "c2o: one model"
get /v1/models/nobody
refused 404 not_found_error "c2o: a model that is none"

post /v1/chat/completions '{}'
refused 404 not_found_error "c2o: chat completions"
like "$BODY" 'openai-to-claude' "the message names the mode that serves it"
post /v1/messages/batches '{}'
like "$BODY" 'Message Batches are not available' "c2o: batches"
send PUT /v1/messages
refused 405 invalid_request_error "c2o: PUT on a POST path"
is "$(header allow)" POST "allow says which method"
post '/v1/messages?beta=true' '{"model":"claude-x"'
refused 400 invalid_request_error "c2o: broken JSON, path with a query"
like "$(header request-id)" '^req_[0-9A-Za-z]{24}$' "c2o: a request-id"
is "$(header x-co2-request-id)" "$(header request-id)" "which is co2's too"
like "$BODY" "\"request_id\":\"$(header request-id)\"" "and in the body"
post /v1/messages '{}' -H 'x-co2-request-id: mine'
is "$(header x-co2-request-id)" mine "c2o: the client's id comes back"
like "$(header request-id)" '^req_' "beside a native one"
ask --data-binary '{}' -H 'content-type: text/plain' "$CO2_URL/v1/messages"
refused 415 invalid_request_error "c2o: a body that is not JSON"

# ---- nobody to ask for a list

stop_fake
start_co2 o2c modelMap='"fast": "claude-haiku-4-5"' provider='"maxRetries": 0'
for time in first second; do
	get /v1/models
	is "$STATUS" 200 "no upstream: /v1/models, the $time time"
	like "$BODY" '"id":"fast".*"id":"claude-' \
	    "the configured names, and those that co2 knows"
done

done_testing
