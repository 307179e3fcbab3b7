#!/bin/sh
# A web page in the user's browser must not reach co2 (design section 8).  A
# page from another origin tries everything it can in headless Chromium:
# nothing may come to the upstream, and nothing may be read.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/../e2e/lib.sh"
# shellcheck source=tests/browser/lib.sh
. "${0%/*}/lib.sh"

here=${0%/*}
browser_find || bail_out "no Chromium: .ci/deps browser"

# Load a page with all that it tries; REPORT is what it could read.
visit()	# URL
{
	before=$(reports | wc -l)
	"$browser" --headless --no-sandbox --disable-gpu \
	    --disable-dev-shm-usage --user-data-dir="$TMP/profile.$before" \
	    --no-first-run --no-proxy-server --remote-debugging-port=0 \
	    --host-resolver-rules='MAP rebound.example 127.0.0.1' \
	    "$1" >"$TMP/browser.out" 2>&1 &
	pid=$!
	wait_until 120 reported "$before"
	put_down $pid
	REPORT=$(reports | sed -n "$((before + 1))p")
}

reports()
{
	sed -n 's/.*"path":"\/report","query":"\([^"]*\)".*/\1/p' "$page_log"
}

# shellcheck disable=SC2317 # wait_until calls it
reported()	# after so many
{
	test "$(reports | wc -l)" -gt "$1"
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
  "raw":"$(cat "$TMP/page.json")"},
 {"method":"GET","path":"/report","body":{}}]
end
start_fake --open --script "$TMP/script.json"
page_port=$FAKE_PORT page_log=$FAKE_LOG
start_fake
start_co2 o2c

post /v1/chat/completions '{"model":"gpt-5.4","messages":[{"role":"user",
    "content":"hello"}]}'
is "$STATUS $(requests /)" "200 1" "a client is served"

# From a site elsewhere: the name is not this machine's.
visit "http://rebound.example:$page_port/page#$CO2_URL"
is "$REPORT" nothing "a page from another site reads nothing"
is "$(requests /)" 1 "and nothing came to the upstream"

# DNS rebinding: its own name leads to co2, so that all is of one origin.
visit "http://rebound.example:$page_port/page#http://rebound.example:$CO2_PORT"
is "$REPORT" nothing "nor does it by its own name"
is "$(requests /)" 1 "and nothing came to the upstream"
like "$(cat "$CO2_LOG")" 'status=403' "co2 did see it"

# The same page where its name is allowed: its plain requests come through, so
# it does try; a post would have to be JSON, which takes a preflight.
start_co2 o2c server='"allowedHosts": ["rebound.example"]'
visit "http://rebound.example:$page_port/page#http://rebound.example:$CO2_PORT"
is "$REPORT" nothing "another port is another origin still"
unlike "$(requests /v1/models)" '^0$' "though its plain requests are answered"
is "$(requests /v1/messages)" 1 "but none of its posts"
done_testing
