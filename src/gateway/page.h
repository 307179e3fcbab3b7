/*
 * GET /: the live data as the asker wants it, by its Accept header.
 *
 *	text/html		page.html, with all numbers filled in
 *	text/event-stream	a snapshot (snapshot.h) now and whenever
 *				something changes, at most one a second:
 *				"event: snapshot"
 *	application/json	one snapshot
 *	anything else		the few words of GET /healthz
 */
#ifndef CO2_PAGE_H
#define CO2_PAGE_H

#include "gateway/exchange.h"

enum page_kind { PAGE_WORDS, PAGE_HTML, PAGE_EVENTS, PAGE_JSON };

void page_answer(struct exchange *ex);

/* What an Accept header asks for; absent: PAGE_WORDS. */
enum page_kind page_kind(struct span accept);

#endif
