/* The process of somebody who is told by XMPP: a stream for each message, in TLS unless the server
 * is this machine itself. */
#include "respond/xmpp.h"

#include "run/proc/way.h"

#include <sodium.h>

enum { MESSAGE_BYTES = 16 << 10 };

struct xmpp {
	char to[WARD_XMPP_ADDRESS + 1], user[WARD_XMPP_ADDRESS + 1];
	struct ward_xmpp session;
	uint8_t nonce[WARD_SCRAM_NONCE];
	bool plain;
};

static void prepare(struct way *w)
{
	struct xmpp *d = w->of;

	way_url(w, WARD_WEBURL_XMPP);
	ward_process_secret(&w->p, "to", d->to, sizeof(d->to));
	ward_process_secret(&w->p, "user", d->user, sizeof(d->user));
	if (!ward_way_is_jid(ward_str_z(d->to)) || !ward_way_is_jid(ward_str_z(d->user)))
		ward_process_die(&w->p, "its addresses", WARD_ERR_CONFIG);
	d->plain = w->url.here && !ward_process_setting(&w->p, "certificate");
	ward_xmpp_init(&d->session, ward_mem_heap());
}

static enum way_next begin(struct way *w)
{
	struct xmpp *d = w->of;
	struct ward_told told;

	if (!way_told(w, &told))
		return WAY_OVER;
	const struct ward_xmpp_opts o = {.user = ward_str_z(d->user),
		.password = ward_str_z(w->secret),
		.to = ward_str_z(d->to),
		.text = ward_told_within(told.text, MESSAGE_BYTES),
		.message = w->id,
		.nonce = d->nonce,
		.tls = w->url.tls,
		.plain = d->plain};

	randombytes_buf(d->nonce, sizeof(d->nonce));
	ward_xmpp_begin(&d->session, &o, &w->out);
	return WAY_ON;
}

static enum way_next next(struct way *w)
{
	const struct ward_xmpp *x = &((struct xmpp *)w->of)->session;

	w->outcome = x->outcome;
	return x->state == WARD_XMPP_OVER        ? WAY_OVER
	       : x->state == WARD_XMPP_HANDSHAKE ? WAY_STARTTLS
						 : WAY_ON;
}

static enum way_next take(struct way *w, struct ward_slice bytes)
{
	ward_xmpp_take(&((struct xmpp *)w->of)->session, bytes, &w->out);
	return next(w);
}

static enum way_next secured(struct way *w)
{
	ward_xmpp_secured(&((struct xmpp *)w->of)->session, &w->out);
	return next(w);
}

static void end(struct way *w)
{
	struct xmpp *d = w->of;

	ward_xmpp_fini(&d->session);
}

int main(int argc, char **argv)
{
	static const struct way_channel channel = {.program = "xmpp",
		.seconds = 60,
		.upgrades = true,
		.prepare = prepare,
		.begin = begin,
		.take = take,
		.secured = secured,
		.end = end};
	static struct xmpp d;

	return way_run(&channel, &d, argc, argv);
}
