/* The process of a syslog server that is told: each message in TLS (RFC 5425), or in a datagram
 * (RFC 5426). Nobody answers there: delivered is what was handed over. */
#include "respond/syslog.h"

#include "run/proc/way.h"

static void prepare(struct way *w)
{
	way_url(w, WARD_WEBURL_SYSLOG);
}

static enum way_next begin(struct way *w)
{
	size_t before = w->out.len;

	ward_arena_reset(&w->told);
	enum ward_err err =
		ward_syslog_write(&w->told, &w->lim, ward_wr_text(&w->body), w->url.tls, &w->out);

	if (err == WARD_ERR_NOMEM)
		ward_process_die(&w->p, "out of memory", err);
	if (err)
		return way_over(
			w, WARD_SENT_REFUSED, WARD_TEXT("the message holds no text for people"));
	if (!w->url.tls && w->out.len - before > WARD_SYSLOG_DATAGRAM)
		return way_over(w, WARD_SENT_REFUSED, WARD_TEXT("it is too long for one datagram"));
	return WAY_ON;
}

/* A server says nothing; what ends the connection before all went out is a failure. */
static enum way_next take(struct way *w, struct ward_slice bytes)
{
	return bytes.len ? WAY_ON
			 : way_over(w, WARD_SENT_FAILED,
				   WARD_TEXT("it ended the connection without an answer"));
}

static enum way_next sent(struct way *w)
{
	return way_over(w, WARD_SENT_DELIVERED, "");
}

int main(int argc, char **argv)
{
	static const struct way_channel channel = {.program = "syslog",
		.seconds = 30,
		.datagram = true,
		.prepare = prepare,
		.begin = begin,
		.take = take,
		.sent = sent};

	return way_run(&channel, NULL, argc, argv);
}
