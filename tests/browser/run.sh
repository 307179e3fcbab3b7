#!/bin/sh
# A web page in the user's browser must not reach co2 (design section 8).  A
# page from another origin tries everything it can in headless Chromium:
# nothing may come to the upstream, and nothing may be read.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/../e2e/lib.sh"

here=${0%/*}
for name in chromium chromium-browser google-chrome; do
	! command -v "$name" >/dev/null || browser=$name
done
test -n "${browser:-}" || bail_out "no Chromium: .ci/deps browser"

# Load a page with all that it tries, print what it says in the end.
visit()	# URL
{
	timeout 120 "$browser" --headless --no-sandbox --disable-gpu \
	    --disable-dev-shm-usage --user-data-dir="$TMP/profile" \
	    --no-first-run --no-proxy-server --virtual-time-budget=30000 \
	    --host-resolver-rules='MAP rebound.example 127.0.0.1' \
	    --dump-dom "$1" 2>"$TMP/browser.err" |
	    sed -n 's/.*<pre id="report">\(.*\)<\/pre>.*/\1/p'
}

requests()	# that came to the upstream, for PATH
{
	grep '"event":"request"' "$FAKE_LOG" | grep -c "\"path\":\"$1"
}

# The page's own server: the fake upstream with one rule more.
awk '{ gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); gsub(/\t/, "\\t")
    printf "%s\\n", $0 }' "$here/page.html" >"$TMP/page.json"
cat >"$TMP/script.json" <<end
[{"method":"GET","path":"/page","headers":{"content-type":"text/html"},
  "raw":"$(cat "$TMP/page.json")"}]
end
start_fake --open --script "$TMP/script.json"
page_port=$FAKE_PORT
start_fake
start_co2 o2c

post /v1/chat/completions '{"model":"gpt-5.4","messages":[{"role":"user",
    "content":"hello"}]}'
is "$STATUS $(requests /)" "200 1" "a client is served"

# From a site elsewhere: the name is not this machine's.
is "$(visit "http://rebound.example:$page_port/page#$CO2_URL")" \
    "finished; read: nothing" "a page from another site reads nothing"
is "$(requests /)" 1 "and nothing came to the upstream"

# DNS rebinding: its own name leads to co2, so that all is of one origin.
is "$(visit "http://rebound.example:$page_port/page#http://rebound.example:$CO2_PORT")" \
    "finished; read: nothing" "nor does it by its own name"
is "$(requests /)" 1 "and nothing came to the upstream"
like "$(cat "$CO2_LOG")" 'status=403' "co2 did see it"

# The same page where its name is allowed: its plain requests come through, so
# it does try; a post would have to be JSON, which takes a preflight.
start_co2 o2c server='"allowedHosts": ["rebound.example"]'
like "$(visit "http://rebound.example:$page_port/page#http://rebound.example:$CO2_PORT")" \
    "finished; read: nothing" "another port is another origin still"
unlike "$(requests /v1/models)" '^0$' "though its plain requests are answered"
is "$(requests /v1/messages)" 1 "but none of its posts"
done_testing
