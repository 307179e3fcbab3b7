#!/bin/sh
# GET /: one route, four answers; the page in a browser, if there is one.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"
# shellcheck source=tests/browser/lib.sh
. "${0%/*}/../browser/lib.sh"

html='accept: text/html,application/xhtml+xml,*/*;q=0.8'
events='accept: text/event-stream'
json='accept: application/json'
secret='the secret of the prompt'

chat()	# MODEL STREAM
{
	post /v1/chat/completions "{\"model\":\"$1\",\"stream\":$2,\"top_a\":1,
	    \"messages\":[{\"role\":\"user\",\"content\":\"$secret\"}]}" \
	    -H 'user-agent: Some-SDK/1.2 (x)'
}

# The events so far of a stream that was begun by watch_events.
watch_events()	# FILE [CURL-ARGUMENT]...
{
	file=$1
	shift
	: >"$file"
	curl -sN --noproxy '*' -H "$events" "$@" "$CO2_URL/" >"$file" 2>&1 &
	watcher=$!
}

# shellcheck disable=SC2317 # called by wait_until
snapshots()	# FILE COUNT
{
	test "$(grep -c '^data: {' "$1")" -ge "$2"
}

start_fake
start_co2 o2c modelMap='"<i>gpt&\"": "claude-opus-4-6"'

# ---- which answer

get /
is "$STATUS $(header content-type)" "200 application/json" "for anyone: words"
like "$BODY" '^\{"status":"ok"' "as /healthz has them"
is "$(header vary)" accept "it says that it depends"
get / -H "$html"
is "$STATUS $(header content-type)" "200 text/html; charset=utf-8" \
    "for a browser: a page"
like "$BODY" 'No request yet' "nothing has happened"
unlike "$BODY" '\{\{' "every place is filled"
get / -H "$json"
is "$STATUS $(header content-type)" "200 application/json" "as JSON"
like "$BODY" '"running_requests":0,"running_streams":0,"totals":\{"requests":0' \
    "a snapshot"

# ---- the page

chat '<i>gpt&\"' true
is "$STATUS" 200 "a request with an odd name is answered"
chat gpt-5.4 false
get / -H "$html"
like "$BODY" '&lt;i&gt;gpt&amp;&quot; → claude-opus-4-6' \
    "its row has the names, escaped"
unlike "$BODY" '<i>gpt' "and only so"
like "$BODY" '<td class="name" title="Some-SDK/1.2">' "and the client"
is "$(grep -c '^<tr class=""><td' "$TMP/body")" 2 "two rows"
unlike "$BODY" "$secret" "no prompt is shown"
csp=$(header content-security-policy)
nonce=$(printf '%s\n' "$csp" | sed -n "s/.*script-src 'nonce-\([0-9a-f]*\)'.*/\1/p")
like "$csp" "^default-src 'none'; .*base-uri 'none'; form-action 'none'; frame-ancestors 'none'" \
    "a strict policy"
is "$(grep -c "<script nonce=\"$nonce\">" "$TMP/body") $(grep -c '<script' "$TMP/body")" \
    "1 1" "one script, the one that may run"
get / -H "$html"
unlike "$(header content-security-policy)" "$nonce" "the next page has its own"
unlike "$(grep -v 'http://www.w3.org/2000/svg' "$TMP/body")" \
    '(src|href)="?(https?:)?//|url\(|@import' "nothing from elsewhere"
unlike "$BODY" ' (on[a-z]+|style)=' "no inline handlers or styles"

# ---- events

watch_events "$TMP/events"
check "a snapshot at once" wait_until 10 snapshots "$TMP/events" 1
chat gpt-5.4 true
check "and when something happens" wait_until 10 snapshots "$TMP/events" 2
like "$(tail -n 3 "$TMP/events")" '"totals":\{"requests":3,' "with the news"
is "$(grep -c '^event: snapshot$' "$TMP/events")" \
    "$(grep -c '^data: ' "$TMP/events")" "each is an event"
kill "$watcher"
wait "$watcher" 2>/dev/null

# ---- the end: who looks on is not waited for

start_co2 o2c server='"shutdownGraceSeconds": 60'
watch_events "$TMP/watched"
check "somebody looks on" wait_until 10 snapshots "$TMP/watched" 1
stop_co2
is "$CO2_EXIT" 0 "co2 ends at once all the same"
# Its end may be lost: the socket is shut right after.
wait "$watcher"
like $? '^(0|18|56)$' "and the stream with it"
unlike "$(cat "$CO2_LOG")" 'grace period is over' "no grace was needed"

# ---- too many

start_co2 o2c
watchers=
i=0
while test $i -lt 16; do
	i=$((i + 1))
	watch_events "$TMP/many.$i"
	watchers="$watchers $watcher"
done
i=0
while test $i -lt 16; do
	i=$((i + 1))
	wait_until 10 snapshots "$TMP/many.$i" 1
done
get / -H "$events"
is "$STATUS" 503 "the seventeenth is refused"
chat gpt-5.4 false
is "$STATUS" 200 "requests are not"
for pid in $watchers; do
	kill "$pid"
	wait "$pid" 2>/dev/null
done
# shellcheck disable=SC2317 # called by wait_until
room()
{
	get / -H "$events" --max-time 1
	test "$STATUS" = 200
}
check "those who leave make room" wait_until 20 room

# ---- keys

start_co2 o2c server='"apiKeys": ["sk-client-1"]'
get / -H "$html"
is "$STATUS" 401 "with keys: not without one"
is "$(header www-authenticate)" 'Basic realm="co2", charset="UTF-8"' \
    "the browser is told to ask for it"
get / -H "$html" -u any:sk-client-1
is "$STATUS" 200 "the key is the password"
get / -H "$events" -u any:sk-client-2
is "$STATUS" 401 "the key, not another one"
get / -H "$html" -H 'x-api-key: sk-client-1'
is "$STATUS" 200 "in a header as well"
get / -H "$html" -u any:sk-client-1 -H 'origin: https://evil.example'
is "$STATUS" 403 "no page from elsewhere asks"

# ---- in a browser

if ! browser_start; then
	diag "no Chromium here: the page was not opened in a browser"
	done_testing
fi

start_co2 o2c modelMap='"<i>gpt&\"": "claude-opus-4-6"'
chat '<i>gpt&\"' true
row='<td class="wide" title="(<i>|&lt;i&gt;)gpt&amp;&quot; → claude-opus-4-6">'
browse "$CO2_URL/"
page_shows 'class="link on" id="link">live<' \
    "the script runs and the stream has come"
like "$PAGE" "$row" "it draws the row"
like "$PAGE" '<rect class="f1" ' "and the charts"
unlike "$PAGE" 'id="charts" hidden' "which are shown"
like "$PAGE" '<dd id="requests">1</dd>' "and the numbers"
chat gpt-5.4 false
page_shows '<dd id="requests">2</dd>' "the next request shows by itself"
is "$(browser_complaints)" "" "the browser has nothing to complain about"

# ---- in one that runs no scripts

browser Emulation.setScriptExecutionDisabled '{"value":true}'
browse "$CO2_URL/"
page_shows 'class="link" id="link">as of ' "no script has run"
like "$PAGE" "$row" "the row is there all the same"
like "$PAGE" '<dd id="requests">2</dd>' "and so are the numbers"
like "$PAGE" 'id="charts" hidden' "what only a script could draw is not"
chat gpt-5.4 false
page_shows '<dd id="requests">3</dd>' "it is loaded anew by itself"
browser_stop

done_testing
