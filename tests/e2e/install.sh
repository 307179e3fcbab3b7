#!/bin/sh
# make install and make uninstall.
# shellcheck source=tests/e2e/lib.sh disable=SC2119,SC2317
. "${0%/*}/lib.sh"

# The program that is under test, whatever flags it was built with.
MAKEFLAGS=
export MAKEFLAGS
to()	# GOAL
{
	make -s -o "$BUILD/co2" B="$BUILD" "$1" DESTDIR="$TMP/root" prefix=/usr
}

usr=$TMP/root/usr
mkdir -p "$usr/share/man/man1"
: >"$usr/share/man/man1/of-others.1"
find "$TMP/root" | sort >"$TMP/before"

check "make install" to install
check "the program runs where it is" "$usr/bin/co2" --version
for file in man/*.[157]; do
	page=$usr/share/man/man${file##*.}/${file##*/}
	check "${file##*/} is there" test -r "$page"
done
for file in co2.config.example.json examples/*; do
	is "$(stat -c %a "$usr/share/doc/co2/examples/${file##*/}")" 644 \
	    "${file##*/} is there"
done
for file in lib/systemd/user/co2.service lib/systemd/user/co2.socket \
    share/bash-completion/completions/co2 share/zsh/site-functions/_co2 \
    share/fish/vendor_completions.d/co2.fish; do
	is "$(stat -c %a "$usr/$file")" 644 "$file is there"
done
like "$(cat "$usr/lib/systemd/user/co2.service")" \
    '^ExecStart=/usr/bin/co2 start ' "the unit knows the place"
is "$(grep -rIl "$TMP" "$usr" 2>/dev/null)" "" "nothing knows of DESTDIR"
check "again, over itself" to install

check "make uninstall" to uninstall
find "$TMP/root" | sort >"$TMP/after"
is "$(cat "$TMP/after")" "$(cat "$TMP/before")" "leaves what was there before"
check "again, with nothing to do" to uninstall

done_testing
