/*
 * The open connections: who has to go when there is no room, or when it took
 * too long, and who never has.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/guests.h"
#include "gateway/log.h"
#include "../lib/tap.h"

enum { GUESTS = 4, ROOM = 2 };

static struct guests *all;
static struct guest *guest[GUESTS];
static int ours[GUESTS], theirs[GUESTS];

/* They come one after the other. */
static void
come(int first, int last)
{
	for (int i = first; i <= last; i++) {
		int pair[2];

		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
			return;
		ours[i] = pair[0];
		theirs[i] = pair[1];
		guest[i] = guests_add(all, ours[i], ROOM);
	}
}

/* Who was shut: "0.2." */
static const char *
gone(int count)
{
	static char text[3 * GUESTS + 1];
	size_t n = 0;
	char c;

	for (int i = 0; i < count; i++)
		if (recv(theirs[i], &c, 1, MSG_DONTWAIT) == 0) {
			text[n++] = (char)('0' + i);
			text[n++] = '.';
		}
	text[n] = '\0';
	return text;
}

static void
go(int count)
{
	for (int i = 0; i < count; i++) {
		guests_remove(all, guest[i]);
		close(ours[i]);
		close(theirs[i]);
	}
}

static void
makes_room(void)
{
	come(0, 1);
	is_str(gone(2), "", "there is room");
	come(2, 2);
	is_str(gone(3), "0.", "the first has to go for the third");
	come(3, 3);
	is_str(gone(4), "0.1.", "the next one for the fourth");
	go(4);
	come(0, 1);
	is_str(gone(2), "", "whoever has left takes no room");
	go(2);
}

static void
spares_those_that_wait(void)
{
	come(0, 1);
	guest_waits(all, guest[0]);
	come(2, 2);
	is_str(gone(3), "1.", "who waits for us may stay");
	guest_waits(all, guest[2]);
	come(3, 3);
	is_str(gone(4), "1.", "when all others wait nobody goes");
	guest_served(all, guest[0]);
	go(4);
}

static void
spares_those_that_send(void)
{
	come(0, 1);
	guest_sent(all, guest[0], 1 << 20);
	come(2, 2);
	is_str(gone(3), "1.", "who sends much may stay");
	go(3);
}

static void
hurries(void)
{
	come(0, 1);
	guests_hurry(all, 3600 * 1000);
	is_str(gone(2), "", "there is time");
	guests_hurry(all, 0);
	is_str(gone(2), "0.1.", "it is over");
	go(2);
	come(0, 1);
	guest_waits(all, guest[0]);
	guest_sent(all, guest[1], 1 << 20);
	guests_hurry(all, 0);
	is_str(gone(2), "", "not for who waits, nor for who sends");
	guest_served(all, guest[0]);
	guests_hurry(all, 0);
	is_str(gone(2), "0.", "once it is served it is for the next request");
	go(2);
}

static void
knows_who_is_new(void)
{
	come(0, 1);
	ok(guest_is_new(guest[0]), "who has just come is new");
	guest_waits(all, guest[0]);
	ok(guest_is_new(guest[0]), "while it waits, too");
	guest_served(all, guest[0]);
	ok(!guest_is_new(guest[0]) && guest_is_new(guest[1]),
	    "until it was served, it alone");
	go(2);
}

int
main(void)
{
	log_setup(LOG_ERROR, false);
	all = guests_new();
	makes_room();
	spares_those_that_wait();
	spares_those_that_send();
	hurries();
	knows_who_is_new();
	guests_free(all);
	guests_free(NULL);
	return done_testing();
}
