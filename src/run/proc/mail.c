/* The process of somebody who is told by mail: hands each message to a mail server, in TLS unless
 * that is this machine itself, and says what it answered. */
#include "respond/smtp.h"
#include "respond/told.h"
#include "run/proc/way.h"

enum { MAIL_BYTES = 1 << 20 };

struct mail {
	char from[WARD_SMTP_ADDRESS + 1], to[WARD_SMTP_ADDRESS + 1], user[WARD_SMTP_LOGIN + 1];
	struct ward_wr text;
	struct ward_smtp session;
	bool plain;
};

static void prepare(struct way *w)
{
	struct mail *d = w->of;
	const char *why = "";

	way_url(w, WARD_WEBURL_SMTP);
	ward_process_secret(&w->p, "from", d->from, sizeof(d->from));
	ward_process_secret(&w->p, "to", d->to, sizeof(d->to));
	ward_process_secret(&w->p, "user", d->user, sizeof(d->user));
	if (!ward_smtp_is_address(ward_str_z(d->from)) || !ward_smtp_is_address(ward_str_z(d->to)))
		why = "its mail addresses";
	else if (d->user[0] && !w->secret[0])
		why = "a user without a password";
	if (*why)
		ward_process_die(&w->p, why, WARD_ERR_CONFIG);
	d->plain = w->url.here && !ward_process_setting(&w->p, "certificate");
	d->text = ward_wr_grow(ward_mem_heap(), MAIL_BYTES);
}

static enum way_next begin(struct way *w)
{
	struct mail *d = w->of;
	struct ward_told told;

	if (!way_told(w, &told))
		return WAY_OVER;
	const struct ward_smtp_mail m = {.from = ward_str_z(d->from),
		.to = ward_str_z(d->to),
		.subject = told.subject,
		.text = told.text,
		.message = w->id,
		.now = ward_clock_now(w->p.clock)};

	ward_wr_reset(&d->text);
	ward_smtp_mail_write(&m, &d->text);
	if (ward_wr_bad(&d->text))
		ward_process_die(&w->p, "out of memory", WARD_ERR_NOMEM);
	const struct ward_smtp_opts o = {.from = m.from,
		.to = m.to,
		.mail = ward_wr_text(&d->text),
		.user = ward_str_z(d->user),
		.password = ward_str_z(w->secret),
		.tls = w->url.tls,
		.plain = d->plain};

	ward_smtp_begin(&d->session, &o);
	return WAY_ON;
}

static enum way_next next(struct way *w)
{
	const struct ward_smtp *s = &((struct mail *)w->of)->session;

	w->outcome = s->outcome;
	return s->state == WARD_SMTP_OVER        ? WAY_OVER
	       : s->state == WARD_SMTP_HANDSHAKE ? WAY_STARTTLS
						 : WAY_ON;
}

static enum way_next take(struct way *w, struct ward_slice bytes)
{
	ward_smtp_take(&((struct mail *)w->of)->session, bytes, &w->out);
	return next(w);
}

static enum way_next secured(struct way *w)
{
	ward_smtp_secured(&((struct mail *)w->of)->session, &w->out);
	return next(w);
}

static void end(struct way *w)
{
	struct mail *d = w->of;

	ward_wr_fini(&d->text);
}

int main(int argc, char **argv)
{
	/* servers that greet late to keep others away do so for up to half a minute */
	static const struct way_channel channel = {.program = "mail",
		.seconds = 60,
		.upgrades = true,
		.prepare = prepare,
		.begin = begin,
		.take = take,
		.secured = secured,
		.end = end};
	struct mail d = {.plain = false};

	return way_run(&channel, &d, argc, argv);
}
