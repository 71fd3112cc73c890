/* Events of the SMTP dissector: no address, no subject, no content. */
#include "sense/net/emit.h"
#include "sense/net/login.h"
#include "sense/net/proto/smtp/stream.h"
#include "sense/net/text.h"

#define NAME_LIST(X)                           \
	X(HELLO, "smtp.hello")                 \
	X(BANNER, "smtp.banner")               \
	X(OFFERS_TLS, "smtp.starttls_offered") \
	X(OFFERS_AUTH, "smtp.auth_offered")    \
	X(COMMAND, "smtp.command")             \
	X(CODE, "smtp.reply_code")             \
	X(OUTCOME, "smtp.outcome")             \
	X(LATENCY, "smtp.latency_ns")          \
	X(SENDER_DOMAIN, "smtp.sender_domain") \
	X(RECIPIENTS, "smtp.recipients")       \
	X(REFUSED, "smtp.recipients_refused")  \
	X(DOMAINS, "smtp.recipient_domains")   \
	X(BYTES, "smtp.data_bytes")            \
	X(AGENT, "smtp.user_agent")            \
	X(CLASS_HELLO, "net.smtp.hello")       \
	X(CLASS_COMMAND, "net.smtp.command")   \
	X(CLASS_MESSAGE, "net.smtp.message")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_N,
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
};

bool ward_smtp_name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static bool begin(const struct ward_dissect *d, enum name class)
{
	if (!ward_emit_begin(d->net, d->name[class]))
		return false;
	if (ward_smtp_is_server(d))
		ward_emit_packet_turned(d->net, d->packet);
	else
		ward_emit_packet(d->net, d->packet);
	return true;
}

static void put_text(const struct ward_dissect *d, enum name field, const struct ward_smtp_text *t)
{
	char text[WARD_SMTP_NAME * 4];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_net_text(&w, ward_str_bytes(ward_smtp_str(t)), "");
	if (w.len)
		ward_emit_str(d->net, d->name[field], ward_wr_text(&w));
}

/* The texts are written to w, which lives as long as the event. */
static void put_texts(const struct ward_dissect *d, uint32_t name, const struct ward_smtp_text *t,
	size_t n, struct ward_wr *w)
{
	struct ward_value *item = n ? ward_emit_items(d->net, n) : NULL;

	if (!item)
		return;
	for (size_t i = 0; i < n; i++) {
		size_t at = w->len;

		ward_net_text(w, ward_str_bytes(ward_smtp_str(&t[i])), "");
		item[i] = ward_value_str(ward_str_sub(ward_wr_text(w), at, w->len - at));
	}
	ward_emit_list(d->net, name, item, (uint32_t)n);
}

static void put_reply(const struct ward_dissect *d, const struct ward_smtp_pending *p,
	const struct ward_reply *reply)
{
	ward_ns now = d->net->frame->time;

	if (reply) {
		ward_emit_int(d->net, d->name[NAME_CODE], reply->code);
		if (now >= p->time)
			ward_emit_int(d->net, d->name[NAME_LATENCY], now - p->time);
	}
	ward_emit_z(d->net, d->name[NAME_OUTCOME],
		!reply ? ward_dissect_silence(d, d->from_client == ward_smtp_is_server(d))
		: reply->code >= 400 ? "failed"
				     : "ok");
}

void ward_smtp_tell_hello(const struct ward_dissect *d, const struct ward_smtp_pending *p,
	const struct ward_reply *reply)
{
	const struct ward_smtp_flow *f = d->flow;

	if (!begin(d, NAME_CLASS_HELLO))
		return;
	put_text(d, NAME_HELLO, &f->hello);
	put_text(d, NAME_BANNER, &f->banner);
	ward_emit_z(d->net, d->name[NAME_COMMAND], p->name);
	if (f->offers_tls)
		ward_emit_bool(d->net, d->name[NAME_OFFERS_TLS], true);
	put_text(d, NAME_OFFERS_AUTH, &f->offers_auth);
	put_reply(d, p, reply);
	ward_emit_end(d->net);
}

void ward_smtp_tell_command(const struct ward_dissect *d, const struct ward_smtp_pending *p,
	const struct ward_reply *reply)
{
	if (!begin(d, NAME_CLASS_COMMAND))
		return;
	ward_emit_z(d->net, d->name[NAME_COMMAND], p->name);
	put_reply(d, p, reply);
	ward_emit_end(d->net);
}

void ward_smtp_tell_mail(const struct ward_dissect *d, const struct ward_smtp_pending *p,
	const struct ward_reply *reply)
{
	const struct ward_smtp_flow *f = d->flow;
	const struct ward_smtp_mail *m = &f->mail;
	struct ward_wr w = ward_wr_fixed(d->net->scratch, WARD_NET_SCRATCH);

	if (!begin(d, NAME_CLASS_MESSAGE))
		return;
	put_text(d, NAME_SENDER_DOMAIN, &m->sender);
	ward_emit_int(d->net, d->name[NAME_RECIPIENTS], m->recipients);
	if (m->refused)
		ward_emit_int(d->net, d->name[NAME_REFUSED], m->refused);
	put_texts(d, d->name[NAME_DOMAINS], m->domain, m->n_domain, &w);
	if (p) {
		ward_emit_int(d->net, d->name[NAME_BYTES], (int64_t)m->bytes);
		put_text(d, NAME_AGENT, &m->agent);
		put_texts(d, WARD_FIELD_FILE_NAME, m->file, m->n_file, &w);
		put_reply(d, p, reply);
	} else {
		ward_emit_z(d->net, d->name[NAME_OUTCOME], "abandoned");
	}
	ward_emit_end(d->net);
}

void ward_smtp_tell_login(const struct ward_dissect *d, const struct ward_reply *reply)
{
	const struct ward_smtp_flow *f = d->flow;
	enum ward_smtp_mechanism m = (enum ward_smtp_mechanism)f->auth.mechanism;
	const struct ward_login login = {.user = ward_str_bytes(ward_smtp_str(&f->auth.user)),
		.method = ward_smtp_mechanism_name(m),
		.outcome = !reply              ? WARD_LOGIN_UNKNOWN
			   : reply->code < 400 ? WARD_LOGIN_OK
					       : WARD_LOGIN_FAILED,
		.cleartext = m == WARD_SMTP_MECHANISM_PLAIN || m == WARD_SMTP_MECHANISM_LOGIN ||
			     m == WARD_SMTP_MECHANISM_XOAUTH2};

	ward_emit_login(d, &login, ward_smtp_is_server(d));
}
