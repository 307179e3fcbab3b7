# Shell library: one page in headless Chromium, driven through its debugging
# pipe: messages of the DevTools protocol, each with a NUL behind it, to its
# descriptor 3 and from its descriptor 4.  To be sourced after e2e/lib.sh.
#
#	browser_start || skip_all "no Chromium"
#	browse "$CO2_URL/"
#	page_shows '>live<' "it is live"
#	browser_stop
#
# Messages are counted, so none of this works in ( ) or $( ).
#
# shellcheck shell=sh disable=SC2154,SC2317 # $TMP is e2e/lib.sh's

browser_asked=0		# messages sent
browser_to=		# the page that they are for, once there is one

# Its program is $browser; 1 if there is none here.
browser_find()
{
	for name in chromium chromium-browser google-chrome; do
		! command -v "$name" >/dev/null || browser=$name
	done
	test -n "${browser:-}"
}

# 1 if there is none here.
browser_start()	# [OPTION]...
{
	browser_find || return
	mkfifo "$TMP/browser.in"
	"$browser" --headless=new --no-sandbox --disable-gpu \
	    --disable-dev-shm-usage --hide-scrollbars --no-first-run \
	    --no-proxy-server --user-data-dir="$TMP/profile" \
	    --remote-debugging-pipe "$@" about:blank 3<"$TMP/browser.in" \
	    4>"$TMP/browser.out" >"$TMP/browser.err" 2>&1 &
	browser_pid=$!
	fake_pids="$fake_pids $browser_pid"	# to be stopped with the others
	exec 9>"$TMP/browser.in"
	browser Target.createTarget '{"url":"about:blank"}'
	browser Target.attachToTarget "{\"targetId\":\"$(said targetId)\",
	    \"flatten\":true}"
	browser_to=$(said sessionId)
	browser Page.enable
	browser Runtime.enable	# it then tells what the scripts do wrong,
	browser Log.enable	# and here what the page may not do
}

browser_stop()
{
	exec 9>&-
	put_down "$browser_pid"
	fake_pids=$(without "$browser_pid" "$fake_pids")
	browser_to=
	rm "$TMP/browser.in"
}

# Ask, and wait for what it answers: ANSWER.
browser()	# METHOD [PARAMETERS]
{
	browser_asked=$((browser_asked + 1))
	printf '{"id":%d,"method":"%s","params":%s%s}\0' $browser_asked "$1" \
	    "${2:-"{}"}" "${browser_to:+,\"sessionId\":\"$browser_to\"}" >&9
	wait_until 60 browser_answers ||
	    bail_out "the browser does not answer: $1"
	ANSWER=$(browser_says | grep "^{\"id\":$browser_asked,")
}

browser_says()
{
	tr '\0' '\n' <"$TMP/browser.out"
}

browser_answers()
{
	browser_says | grep -q "^{\"id\":$browser_asked,"
}

# A word of the last answer.
said()	# KEY
{
	printf '%s\n' "$ANSWER" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}

browse()	# URL
{
	browser Page.navigate "{\"url\":\"$1\"}"
}

# The page as it is now, in PAGE.  In base64, for JSON has its own escapes.
page_now()
{
	browser Runtime.evaluate '{"expression":"btoa(unescape(
	    encodeURIComponent(document.documentElement.outerHTML)))"}'
	PAGE=$(said value | base64 -d)
}

page_has()	# REGEX
{
	page_now
	printf '%s\n' "$PAGE" | grep -Eq -e "$1"
}

# The same as a check, when it is so or after a while.
page_shows()	# REGEX NAME
{
	wait_until 60 page_has "$1"
	like "$PAGE" "$1" "$2"
}

# What it complains of: errors of scripts, and what a policy forbids.
browser_complaints()
{
	browser_says | grep -E '"method":"(Runtime.exceptionThrown|Log.entryAdded)"'
}

# The size and the colours that pages see.
browser_shape()	# WIDTH HEIGHT [dark]
{
	browser Emulation.setDeviceMetricsOverride "{\"width\":$1,\"height\":$2,
	    \"deviceScaleFactor\":1,\"mobile\":false}"
	browser Emulation.setEmulatedMedia "{\"features\":[{\"name\":
	    \"prefers-color-scheme\",\"value\":\"${3:-light}\"}]}"
}

browser_picture()	# FILE
{
	browser Page.captureScreenshot
	said data | base64 -d >"$1"
}
