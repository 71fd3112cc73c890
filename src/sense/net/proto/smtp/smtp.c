/* SMTP on a TCP stream: commands with their replies, messages with what follows DATA and BDAT. */
#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/smtp/stream.h"
#include "sense/net/sensor.h"

enum {
	PORT = 25,
	LINE_MAX = 4096, /* RFC 4954 4.: 12,288 at most, of which no more is needed */
	READY = 220,
	GO_ON = 354,
	CHALLENGE = 334,
	ANY = UINT8_MAX,
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_SMTP_REASON_LIST(X)
#undef X
};

bool ward_smtp_is_server(const struct ward_dissect *d)
{
	bool from = false, to = false;

	for (size_t i = 0; i < WARD_DISSECT_PORTS && d->module->port[i]; i++) {
		from |= d->packet->src_port == d->module->port[i];
		to |= d->packet->dst_port == d->module->port[i];
	}
	return from != to ? from : !d->from_client;
}

static enum ward_verdict fail(struct ward_dissect *d, enum ward_smtp_reason reason, size_t used)
{
	const struct ward_smtp_flow *f = d->flow;

	if (!f->seen)
		return WARD_VERDICT_FOREIGN;
	d->reason = reason;
	d->off = 0;
	d->used = used;
	return WARD_VERDICT_MALFORMED;
}

static struct ward_smtp_pending *oldest(struct ward_smtp_flow *f)
{
	return f->n ? &f->pending[f->at] : NULL;
}

static const struct ward_smtp_pending *newest(const struct ward_smtp_flow *f)
{
	return f->n ? &f->pending[(f->at + f->n - 1) % WARD_SMTP_PENDING] : NULL;
}

static void drop_oldest(struct ward_smtp_flow *f)
{
	f->at = (uint8_t)((f->at + 1) % WARD_SMTP_PENDING);
	f->n--;
}

static void close_mail(struct ward_smtp_flow *f)
{
	f->mail = (struct ward_smtp_mail){.open = false};
}

/* The transaction has come to no message. */
static void abandon(const struct ward_dissect *d)
{
	struct ward_smtp_flow *f = d->flow;

	ward_carve_end(d->net, &f->file, WARD_FILE_CLOSED);
	if (f->mail.open)
		ward_smtp_tell_mail(d, NULL, NULL);
	close_mail(f);
}

static void end_auth(const struct ward_dissect *d, const struct ward_reply *reply)
{
	struct ward_smtp_flow *f = d->flow;

	ward_smtp_tell_login(d, reply);
	f->auth = (struct ward_smtp_auth){.on = false};
}

/* What a reply, or that there is none, means for its command. */
static void settle(
	struct ward_dissect *d, const struct ward_smtp_pending *p, const struct ward_reply *reply)
{
	struct ward_smtp_flow *f = d->flow;
	bool refused = reply && reply->code >= 400;

	switch ((enum ward_smtp_kind)p->kind) {
	case WARD_SMTP_HELLO:
		ward_smtp_tell_hello(d, p, reply);
		break;
	case WARD_SMTP_MAIL:
		if (refused)
			abandon(d);
		break;
	case WARD_SMTP_RCPT:
		f->mail.refused += refused;
		break;
	case WARD_SMTP_DATA:
	case WARD_SMTP_BDAT:
		if (!p->last && !refused && reply)
			break;
		ward_smtp_tell_mail(d, p, reply);
		close_mail(f);
		break;
	case WARD_SMTP_AUTH:
		end_auth(d, reply);
		break;
	case WARD_SMTP_RSET:
		abandon(d);
		ward_smtp_tell_command(d, p, reply);
		break;
	case WARD_SMTP_STARTTLS:
		d->handover = reply && reply->code == READY;
		ward_smtp_tell_command(d, p, reply);
		break;
	case WARD_SMTP_PLAIN:
	case WARD_SMTP_OTHER:
	default:
		ward_smtp_tell_command(d, p, reply);
		break;
	}
}

static void give_up(struct ward_dissect *d)
{
	struct ward_smtp_flow *f = d->flow;

	for (struct ward_smtp_pending *p; (p = oldest(f)); drop_oldest(f))
		settle(d, p, NULL);
	d->handover = false;
	abandon(d);
}

static void remember(struct ward_dissect *d, const struct ward_smtp_command *c, bool last)
{
	struct ward_smtp_flow *f = d->flow;

	if (f->n == WARD_SMTP_PENDING) {
		settle(d, oldest(f), NULL);
		d->handover = false;
		drop_oldest(f);
	}
	f->pending[(f->at + f->n++) % WARD_SMTP_PENDING] =
		(struct ward_smtp_pending){.name = c->name,
			.kind = (uint8_t)c->kind,
			.last = last,
			.time = d->net->frame->time};
}

static void see_response(struct ward_smtp_flow *f, struct ward_str text, bool *ret_good)
{
	struct ward_smtp_auth *a = &f->auth;
	uint8_t bytes[WARD_SMTP_NAME + 64];
	size_t n = ward_line_base64(text, bytes, sizeof(bytes));
	bool first_login = a->mechanism == WARD_SMTP_MECHANISM_LOGIN && a->left < 2;

	*ret_good = n != SIZE_MAX || ward_str_eqz(text, "*") || ward_str_eqz(text, "=");
	if (n == SIZE_MAX || a->user.len || first_login)
		return;
	ward_smtp_keep(
		&a->user, ward_slice_text(ward_smtp_identity((enum ward_smtp_mechanism)a->mechanism,
				  ward_slice_of(bytes, n))));
}

static void see_responded(struct ward_smtp_auth *a)
{
	if (a->left != ANY)
		a->left--;
}

/* RFC 4954 4: AUTH mechanism [initial-response] */
static bool begin_auth(struct ward_smtp_flow *f, struct ward_str argument)
{
	static const uint8_t responses[WARD_SMTP_MECHANISM_N] = {
		[WARD_SMTP_MECHANISM_OTHER] = ANY,
		[WARD_SMTP_MECHANISM_PLAIN] = 1,
		[WARD_SMTP_MECHANISM_LOGIN] = 2,
		[WARD_SMTP_MECHANISM_CRAM_MD5] = 1,
		[WARD_SMTP_MECHANISM_XOAUTH2] = 1,
		[WARD_SMTP_MECHANISM_NTLM] = 2,
	};
	struct ward_str rest = argument, name = ward_line_word(&rest);
	enum ward_smtp_mechanism m = ward_smtp_mechanism(name);
	bool good = true;

	f->auth =
		(struct ward_smtp_auth){.on = true, .mechanism = (uint8_t)m, .left = responses[m]};
	if (rest.len) {
		see_response(f, rest, &good);
		see_responded(&f->auth);
	}
	return good;
}

static enum ward_verdict see_auth_line(struct ward_dissect *d, struct ward_str line, size_t used)
{
	struct ward_smtp_flow *f = d->flow;
	bool good;

	see_response(f, line, &good);
	see_responded(&f->auth);
	d->used = used;
	return good ? WARD_VERDICT_OK : fail(d, WARD_SMTP_RESPONSE, used);
}

static void add_domain(struct ward_smtp_mail *m, struct ward_str domain)
{
	for (size_t i = 0; i < m->n_domain; i++)
		if (ward_str_ieq(
			    ward_smtp_str(&m->domain[i]), ward_str_sub(domain, 0, WARD_SMTP_NAME)))
			return;
	if (domain.len && m->n_domain < WARD_SMTP_LIST)
		ward_smtp_keep(&m->domain[m->n_domain++], domain);
}

static bool see_path(const struct ward_dissect *d, const struct ward_smtp_command *c)
{
	struct ward_smtp_flow *f = d->flow;
	struct ward_str domain;

	if (!ward_smtp_domain(c->argument, &domain))
		return false;
	if (c->kind == WARD_SMTP_MAIL) {
		abandon(d);
		f->mail.open = f->mail.in_header = true;
		ward_smtp_keep(&f->mail.sender, domain);
	} else {
		f->mail.recipients++;
		add_domain(&f->mail, domain);
	}
	return true;
}

/* Of a BDAT nothing is left to come, or something is. */
static void end_chunk(struct ward_dissect *d)
{
	struct ward_smtp_flow *f = d->flow;

	f->state = f->chunk ? WARD_SMTP_IN_CHUNK : WARD_SMTP_AT_COMMAND;
	if (!f->chunk && f->last_chunk)
		ward_carve_end(d->net, &f->file, WARD_FILE_WHOLE);
}

/* What follows the command, beyond its reply. */
static enum ward_smtp_reason take_command(
	struct ward_dissect *d, const struct ward_smtp_command *c, bool *ret_last)
{
	struct ward_smtp_flow *f = d->flow;

	*ret_last = c->kind == WARD_SMTP_DATA;
	switch (c->kind) {
	case WARD_SMTP_HELLO:
		ward_smtp_keep(&f->hello, ward_str_trim(c->argument));
		return WARD_SMTP_REASON_N;
	case WARD_SMTP_MAIL:
	case WARD_SMTP_RCPT:
		return see_path(d, c) ? WARD_SMTP_REASON_N : WARD_SMTP_ADDRESS;
	case WARD_SMTP_BDAT:
		if (!ward_smtp_chunk(c->argument, &f->chunk, ret_last))
			return WARD_SMTP_CHUNK;
		f->last_chunk = *ret_last;
		end_chunk(d);
		return WARD_SMTP_REASON_N;
	case WARD_SMTP_AUTH:
		return begin_auth(f, c->argument) ? WARD_SMTP_REASON_N : WARD_SMTP_RESPONSE;
	case WARD_SMTP_DATA:
		/* Of a server that is not heard nothing can be waited for. */
		f->state = f->heard ? WARD_SMTP_AT_COMMAND : WARD_SMTP_IN_DATA;
		return WARD_SMTP_REASON_N;
	case WARD_SMTP_STARTTLS:
	case WARD_SMTP_RSET:
	case WARD_SMTP_PLAIN:
	case WARD_SMTP_OTHER:
	default:
		return WARD_SMTP_REASON_N;
	}
}

static enum ward_verdict see_command(struct ward_dissect *d, struct ward_str line, size_t used)
{
	static const struct ward_smtp_command other = {.name = "other", .kind = WARD_SMTP_OTHER};
	struct ward_smtp_flow *f = d->flow;
	struct ward_smtp_command c;
	bool last;

	d->used = used;
	if (!line.len && f->seen)
		return WARD_VERDICT_OK;
	if (!ward_smtp_command(line, &c)) {
		if (f->seen) /* it is answered all the same */
			remember(d, &other, false);
		return fail(d, WARD_SMTP_COMMAND, used);
	}
	if (!f->seen && c.kind != WARD_SMTP_HELLO && !(d->trusted && c.kind != WARD_SMTP_OTHER))
		return WARD_VERDICT_FOREIGN;
	f->seen = true;
	enum ward_smtp_reason reason = take_command(d, &c, &last);

	remember(d, &c, last);
	return reason == WARD_SMTP_REASON_N ? WARD_VERDICT_OK : fail(d, reason, used);
}

/* The client waits, or should: for what it goes on with depends on the reply. */
static bool client_waits(const struct ward_smtp_flow *f)
{
	const struct ward_smtp_pending *p = newest(f);

	return p && f->heard && f->state == WARD_SMTP_AT_COMMAND &&
	       (p->kind == WARD_SMTP_DATA || p->kind == WARD_SMTP_STARTTLS);
}

/* RFC 5321 4.1.1.4, 4.5.2; RFC 3030 2 without the dots. Of longer lines the rest is passed over. */
static enum ward_verdict see_content(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_smtp_flow *f = d->flow;
	struct ward_smtp_mail *m = &f->mail;
	bool chunk = f->state == WARD_SMTP_IN_CHUNK;
	size_t have = chunk && f->chunk < payload.len ? (size_t)f->chunk : payload.len;
	struct ward_str line = {NULL, 0};
	enum ward_line whole =
		ward_line_take(ward_slice_of(payload.p, have), LINE_MAX, &line, &d->used);

	if (whole == WARD_LINE_MORE && !(chunk && have == f->chunk) && !d->end)
		return WARD_VERDICT_MORE;
	if (whole != WARD_LINE_WHOLE)
		d->used = have < LINE_MAX ? have : LINE_MAX;
	struct ward_slice bytes = ward_slice_of(payload.p, d->used);

	if (chunk) {
		ward_smtp_carve(d, bytes);
		f->chunk -= d->used;
		end_chunk(d);
	} else if (whole == WARD_LINE_WHOLE && !m->in_long && ward_str_eqz(line, ".")) {
		ward_carve_end(d->net, &f->file, WARD_FILE_WHOLE);
		f->state = WARD_SMTP_AT_COMMAND;
		if (!f->heard)
			give_up(d);
		return WARD_VERDICT_OK;
	} else { /* a dot at a line's begin was put there by the client */
		size_t dot = !m->in_long && bytes.p[0] == '.';

		ward_smtp_carve(d, ward_slice_of(bytes.p + dot, bytes.len - dot));
	}
	m->bytes += d->used;
	if (whole == WARD_LINE_WHOLE && !m->in_long)
		ward_smtp_see_content(m, line);
	m->in_long = whole == WARD_LINE_LONG;
	return WARD_VERDICT_OK;
}

/* A hasty client's hello may come before it. */
static bool is_greeting(struct ward_smtp_flow *f, const struct ward_reply *reply)
{
	return reply->code == READY && (!f->n || oldest(f)->kind == WARD_SMTP_HELLO);
}

static void see_greeting_text(struct ward_smtp_flow *f, const struct ward_reply *reply)
{
	if (!f->banner.len)
		ward_smtp_keep(&f->banner, reply->text);
}

/* What greets like this is SMTP, or may be. */
static enum ward_verdict see_greeting(struct ward_dissect *d, const struct ward_reply *reply)
{
	struct ward_smtp_flow *f = d->flow;
	bool smtp = ward_line_has(reply->text, "smtp"), ftp = ward_line_has(reply->text, "ftp");

	if (smtp || (d->trusted && !ftp)) {
		f->seen = true;
		return WARD_VERDICT_OK;
	}
	f->greeted = !ftp && reply->code == READY;
	return f->greeted ? WARD_VERDICT_MORE : WARD_VERDICT_FOREIGN;
}

static void see_extension(struct ward_smtp_flow *f, struct ward_str text)
{
	struct ward_str rest = text, word = ward_line_word(&rest);

	if (ward_str_ieq(word, WARD_STR("STARTTLS")))
		f->offers_tls = true;
	if (ward_str_ieq(word, WARD_STR("AUTH")))
		ward_smtp_keep(&f->offers_auth, rest);
}

/* The last line of a reply. */
static enum ward_verdict see_whole_reply(struct ward_dissect *d, const struct ward_reply *reply)
{
	struct ward_smtp_flow *f = d->flow;
	struct ward_smtp_pending *p = oldest(f);

	if (!p)
		return WARD_VERDICT_OK;
	if (p->kind == WARD_SMTP_DATA && reply->code == GO_ON) {
		f->state = WARD_SMTP_IN_DATA;
		return WARD_VERDICT_OK;
	}
	if (p->kind == WARD_SMTP_AUTH && reply->code == CHALLENGE)
		return WARD_VERDICT_OK;
	settle(d, p, reply);
	if (!d->handover)
		drop_oldest(f);
	return WARD_VERDICT_OK;
}

static enum ward_verdict see_reply(struct ward_dissect *d, struct ward_str line, size_t used)
{
	struct ward_smtp_flow *f = d->flow;
	struct ward_reply reply;

	d->used = used;
	if (!ward_line_reply(line, &reply) || !ward_line_is_text(line))
		return fail(d, WARD_SMTP_REPLY, used);
	if (!f->seen) {
		enum ward_verdict v = see_greeting(d, &reply);

		if (v != WARD_VERDICT_OK)
			return v;
	}
	f->heard = true;
	if (is_greeting(f, &reply)) {
		see_greeting_text(f, &reply);
		return WARD_VERDICT_OK;
	}
	if (f->n && oldest(f)->kind == WARD_SMTP_HELLO)
		see_extension(f, reply.text);
	f->more = (uint16_t)(reply.last ? 0 : reply.code);
	return reply.last ? see_whole_reply(d, &reply) : WARD_VERDICT_OK;
}

static bool is_known(struct ward_str line)
{
	struct ward_smtp_command c;

	return ward_smtp_command(line, &c) && c.kind != WARD_SMTP_OTHER;
}

static enum ward_verdict see_line(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_smtp_flow *f = d->flow;
	bool server = ward_smtp_is_server(d);
	struct ward_str line;
	size_t used;
	enum ward_line whole = ward_line_take(payload, LINE_MAX, &line, &used);

	if (f->lost[server] && !(whole == WARD_LINE_WHOLE && !server && is_known(line))) {
		f->lost[server] = whole != WARD_LINE_WHOLE;
		d->used = f->lost[server] ? payload.len : used;
		return WARD_VERDICT_OK;
	}
	f->lost[server] = false;
	if (whole == WARD_LINE_LONG) {
		f->lost[server] = true;
		return fail(d, WARD_SMTP_LINE_LENGTH, payload.len);
	}
	if (whole == WARD_LINE_MORE)
		return WARD_VERDICT_MORE;
	if (server)
		return see_reply(d, line, used);
	return f->auth.on && f->auth.left ? see_auth_line(d, line, used)
					  : see_command(d, line, used);
}

static enum ward_verdict see(struct ward_dissect *d, struct ward_slice payload)
{
	const struct ward_smtp_flow *f = d->flow;
	bool server = ward_smtp_is_server(d);

	if (!payload.len || (!server && client_waits(f)))
		return WARD_VERDICT_MORE;
	return !server && f->state != WARD_SMTP_AT_COMMAND ? see_content(d, payload)
							   : see_line(d, payload);
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	enum ward_verdict v = see(d, payload);

	bool all = v == WARD_VERDICT_MORE || (v == WARD_VERDICT_OK && d->used >= payload.len);
	struct ward_smtp_flow *f = d->flow;

	/* Whoever has closed answers nothing any more. */
	f->silent |= d->end && all && ward_smtp_is_server(d);
	if (d->end && all && f->silent)
		give_up(d);
	return v;
}

static void see_lost(struct ward_dissect *d, uint64_t lost)
{
	struct ward_smtp_flow *f = d->flow;

	ward_carve_gap(d->net, f->file, f->file_at, lost);
	f->file_at += lost;
	f->mail.bytes += lost;
	f->mail.in_long = true;
}

/* In a message what is lost is counted; a chunk's end is still known. */
static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct ward_smtp_flow *f = d->flow;
	bool server = ward_smtp_is_server(d);

	if (!server && f->state == WARD_SMTP_IN_DATA) {
		see_lost(d, lost);
		return true;
	}
	if (!server && f->state == WARD_SMTP_IN_CHUNK && lost <= f->chunk) {
		see_lost(d, lost);
		f->chunk -= lost;
		end_chunk(d);
		return true;
	}
	if (!server) {
		ward_carve_end(d->net, &f->file, WARD_FILE_CLOSED);
		f->state = WARD_SMTP_AT_COMMAND;
	}
	f->lost[server] = true;
	return f->seen;
}

/* A reply that greets, or the client's hello. */
static enum ward_probe probe(struct ward_slice payload)
{
	struct ward_reply reply;
	struct ward_str line;
	size_t used;

	enum ward_line whole = ward_line_take(payload, LINE_MAX, &line, &used);

	if (whole == WARD_LINE_MORE)
		return ward_line_may_begin(line) &&
				       (ward_str_find(line, WARD_STR(" ")) == SIZE_MAX ||
					       ward_line_reply(line, &reply) || is_known(line))
			       ? WARD_PROBE_MORE
			       : WARD_PROBE_NO;
	if (whole == WARD_LINE_LONG || !ward_line_is_text(line))
		return WARD_PROBE_NO;
	return ward_probe_of(ward_line_reply(line, &reply) || is_known(line));
}

const struct ward_dissector ward_dissect_smtp = {
	.name = "smtp",
	.kind = WARD_DISSECT_IT,
	.title = "SMTP",
	.standard = "RFC 5321 clause 4, RFC 3030 clause 2, RFC 3207 clause 4, RFC 4954 clause 4",
	.reads = "who greets whom, domains and sizes of messages, names of attached files, logins, "
		 "STARTTLS",
	.proto = WARD_PROTO_TCP,
	.port = {PORT, 587, 2525},
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.files = true,
	.flow_bytes = sizeof(struct ward_smtp_flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = ward_smtp_name_at,
};
