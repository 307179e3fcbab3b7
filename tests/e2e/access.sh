#!/bin/sh
# Who may come in: Host, Origin, keys (design section 8).
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

hello='{"model":"gpt-5.4","messages":[{"role":"user","content":"hi"}]}'

start_fake

start_co2 o2c server='"allowedHosts": ["co2.example"]'
for host in "localhost:$CO2_PORT" 127.0.0.1 '[::1]:1' co2.example:80; do
	get /healthz -H "host: $host"
	is "$STATUS" 200 "host $host may come in"
done
for host in evil.example localhost.evil.example "127.0.0.1.evil.example:1"; do
	get /healthz -H "host: $host"
	is "$STATUS" 403 "host $host may not"
done
like "$BODY" '"code":"forbidden_origin"' "and is told so"
post /v1/chat/completions "$hello" -H 'origin: https://evil.example'
is "$STATUS" 403 "a page from elsewhere may not post"
post /v1/chat/completions "$hello" -H 'origin: null'
is "$STATUS" 403 "nor one from nowhere"
post /v1/chat/completions "$hello" -H 'origin: http://localhost:3000'
is "$STATUS" 200 "a page of this machine may"
get /v1/models -H 'sec-fetch-site: cross-site' -H 'sec-fetch-dest: script'
is "$STATUS" 403 "nor may it load what takes no Origin"
get / -H 'sec-fetch-site: cross-site' -H 'sec-fetch-dest: document'
is "$STATUS" 200 "but it may have a link to the page"
ask --request-target "http://evil.example/v1/models" "$CO2_URL"
like "$STATUS" '^4' "a target with a foreign host is refused"
ask --request-target "http://localhost:$CO2_PORT/healthz" "$CO2_URL"
like "$STATUS" '^(200|4..)$' "one with ours does no harm"
ask -H 'content-type: text/plain' -d "$hello" "$CO2_URL/v1/chat/completions"
is "$STATUS" 415 "plain text is no JSON"
ask -X OPTIONS -H 'origin: https://evil.example' \
    -H 'access-control-request-method: POST' "$CO2_URL/v1/chat/completions"
is "$STATUS" 403 "a preflight is refused"
unlike "$HEADERS" '^access-control' "without any CORS header"
ask --data 'a=b' "$CO2_URL/v1/chat/completions"
is "$STATUS" 415 "a form is no JSON"
is "$(grep -c '"event":"request"' "$FAKE_LOG")" 1 \
    "of all these the upstream saw one"

start_co2 o2c server='"apiKeys": ["sk-client-1", "sk-client-2"]'
get /healthz
is "$STATUS" 200 "/healthz needs no key"
ask -I "$CO2_URL/"
is "$STATUS" 200 "HEAD / neither"
get /
is "$STATUS" 401 "GET / does"
get /v1/nothing
is "$STATUS" 401 "a path that is none, too"
post /v1/chat/completions "$hello"
is "$STATUS" 401 "no key"
like "$BODY" '"code":"invalid_api_key"' "in OpenAI's words"
post /v1/chat/completions "$hello" -H 'authorization: Bearer sk-client-3'
is "$STATUS" 401 "a wrong key"
post /v1/chat/completions "$hello" -H 'authorization: Basic sk-client-1'
is "$STATUS" 401 "a key in the wrong place"
post "/v1/chat/completions?key=sk-client-1&api_key=sk-client-1" "$hello"
is "$STATUS" 401 "a key in the query"
post /v1/chat/completions "$hello" -H 'cookie: key=sk-client-1'
is "$STATUS" 401 "a key in a cookie"
post /v1/chat/completions "$hello" -u sk-client-1:
is "$STATUS" 401 "a key as a user"
post /v1/chat/completions "$hello" -H 'authorization: Bearer sk-client-1'
is "$STATUS" 200 "the first key"
post /v1/chat/completions "$hello" -H 'x-api-key: sk-client-2'
is "$STATUS" 200 "the second as x-api-key"
post /v1/chat/completions "$hello" -H 'authorization: Bearer other' \
    -H 'x-api-key: sk-client-2'
is "$STATUS" 200 "one of two is enough"
get / -H 'authorization: Bearer sk-client-1' -H 'host: any.example'
is "$STATUS" 200 "who has a key may use any Host"
get / -H 'authorization: Bearer sk-client-1' -H 'origin: https://evil.example'
is "$STATUS" 403 "but not any Origin"
unlike "$(cat "$FAKE_LOG")" 'sk-client' "no client's key goes upstream"
unlike "$(cat "$CO2_LOG")" 'sk-client|sk-test' "and none into the log"

start_co2 c2o server='"apiKeys": ["sk-client-1"]'
post /v1/messages '{}'
is "$STATUS" 401 "c2o: no key"
like "$BODY" '"type":"authentication_error"' "in Claude's words"

done_testing
