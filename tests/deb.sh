#!/bin/sh
# Install the Debian package in a clean root and use it there, as root:
# tests/deb.sh FILE.deb
#
# The root is made by debootstrap, of this machine's release and from where
# its packages come from, and removed at the end; ROOT=DIR keeps it in DIR, or
# takes one that is there.
#
# shellcheck source=tests/e2e/lib.sh disable=SC2119,SC2016,SC2317,SC2086
. "${0%/*}/e2e/lib.sh"

package=$1
# Beside $TMP, which is removed whatever may be mounted below it.
root=${ROOT:-$TMP.root}
clean_up()	# STATUS
{
	test -n "${ROOT:-}" || rm -rf --one-file-system "$root"
	(exit "$1")
	at_exit
}
trap 'clean_up $?' EXIT
test "$(id -u)" = 0 || bail_out "debootstrap and chroot want root"

# The archive that apt-get asks first, and the release's name there.
archive()
{
	apt-get indextargets --format "\$($1)" 'Created-By: Packages' | head -n 1
}

if ! test -x "$root/usr/bin/apt-get"; then
	debootstrap --variant=minbase "$(archive RELEASE)" "$root" \
	    "$(archive SITE)" >"$TMP/debootstrap.out" 2>&1 ||
	    bail_out "debootstrap: $(tail -n 1 "$TMP/debootstrap.out")"
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/" 2>/dev/null
cp "$package" "$root/tmp/co2.deb"

# Words to put before a command.
in_root="env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C
    DEBIAN_FRONTEND=noninteractive chroot $root"

# ---- install

find "$root" -mindepth 1 -xdev \( -name '*co2*' -o -name '*Co2*' \) \
    ! -path "$root/tmp/*" >"$TMP/before"
is "$(cat "$TMP/before")" "" "nothing of co2 is there before"
check "apt-get installs it and what it needs" $in_root apt-get install -qq -y \
    --no-install-recommends /tmp/co2.deb
like "$($in_root co2 --version)" "^co2 $(sed -n 's/^VERSION = //p' config.mk)$" \
    "it runs"
check "its page is there" test -s "$root/usr/share/man/man1/co2.1.gz"
is "$(find "$root/etc/systemd/user" "$root/root" -name 'co2*' 2>/dev/null)" "" \
    "no service is enabled for anybody"

# ---- use

start_fake --key "$KEY"
check "init" $in_root co2 init --mode c2o
file=$root/root/.config/co2/config.json
sed -e "s|OPENAI_API_KEY_PLACEHOLDER|$KEY|" \
    -e "s|https://api.openai.com/v1|$FAKE_URL/v1|" -e 's/8000/18765/' \
    "$file" >"$TMP/config" && cat "$TMP/config" >"$file"
like "$($in_root co2 check --online)" '^ok: gpt-5\.4 answered$' "check --online"
CO2_OUT=$TMP/co2.1.out CO2_LOG=$TMP/co2.1.err
$in_root co2 start >"$CO2_OUT" 2>"$CO2_LOG" &
CO2_PID=$!
co2_pids=$CO2_PID
wait_until 30 co2_answers || bail_out "co2 did not start"
CO2_URL=http://127.0.0.1:18765
post /v1/messages '{"model":"claude-x","max_tokens":99,"stream":true,
    "messages":[{"role":"user","content":"hi"}]}'
is "$STATUS" 200 "start: it answers"
like "$BODY" '^event: message_stop$' "a whole stream"
stop_co2
is "$CO2_EXIT" 0 "and ends with status 0"
is "$($in_root co2 exec -- sh -c 'echo $ANTHROPIC_BASE_URL' 2>"$TMP/err" |
    grep -c '^http://127')" 1 "exec"

# ---- remove

check "apt-get removes it" $in_root apt-get purge -qq -y co2
rm -r "$root/root/.config" "$root/tmp/co2.deb"
find "$root" -mindepth 1 -xdev -name '*co2*' ! -path "$root/var/*" \
    ! -path "$root/proc/*" >"$TMP/after"
is "$(cat "$TMP/after")" "" "and nothing is left"

done_testing
