/* FTP's control connection: each command with its reply, who logs in, where the data goes. */
#include "sense/net/emit.h"
#include "sense/net/line.h"
#include "sense/net/login.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/ftp/ftp.h"
#include "sense/net/text.h"

enum {
	PORT = 21,
	PENDING = 8,
	LINE_MAX = 4096,
	NAME_MAX = 200, /* of a file */
	USER_MAX = 64,
	TEXT = 256,
	READY = 220,
	TLS_AGREED = 234, /* RFC 4217 4 */
	NEED_ACCOUNT = 332,
	PASSIVE = 227,
	EXTENDED_PASSIVE = 229,
	SYSTEM = 215,
	IAC = 0xff,
};

#define NAME_LIST(X)                        \
	X(COMMAND, "ftp.command")           \
	X(CODE, "ftp.reply_code")           \
	X(OUTCOME, "ftp.outcome")           \
	X(LATENCY, "ftp.latency_ns")        \
	X(DATA_IP, "ftp.data_ip")           \
	X(DATA_PORT, "ftp.data_port")       \
	X(DATA_MODE, "ftp.data_mode")       \
	X(ANOMALY, "ftp.anomaly")           \
	X(BANNER, "ftp.banner")             \
	X(SYSTEM, "ftp.system")             \
	X(MECHANISM, "ftp.auth_mechanism")  \
	X(CLASS_COMMAND, "net.ftp.command") \
	X(CLASS_SERVER, "net.ftp.server")

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

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_FTP_REASON_LIST(X)
#undef X
};

struct pending {
	const char *name; /* of the command */
	uint8_t kind, n_argument;
	char argument[NAME_MAX]; /* of a path, an endpoint, a mechanism; else empty */
	ward_ns time;
};

struct flow {
	bool seen;             /* it is FTP */
	bool greeted;          /* by a reply that others give too */
	bool silent;           /* the server has closed */
	bool lost[2];          /* by side, server second: the rest of a line is passed over */
	uint16_t more;         /* code of a reply of several lines; 0: none */
	uint8_t n_user, n, at; /* pending: how many, the oldest */
	char user[USER_MAX];
	uint16_t data_port;                   /* where the next data will go; 0: not known */
	bool data_active;                     /* to the client */
	bool rest;                            /* the next file does not begin at its begin */
	uint8_t data_ip_version, data_ip[16]; /* as was said; version 0: the host itself */
	struct pending pending[PENDING];
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

/* A port says who serves better than who was heard first. */
static bool is_server(const struct ward_dissect *d)
{
	if ((d->packet->src_port == PORT) != (d->packet->dst_port == PORT))
		return d->packet->src_port == PORT;
	return !d->from_client;
}

static enum ward_verdict fail(struct ward_dissect *d, enum ward_ftp_reason reason, size_t used)
{
	const struct flow *f = d->flow;

	if (!f->seen)
		return WARD_VERDICT_FOREIGN;
	d->reason = reason;
	d->off = 0;
	d->used = used;
	return WARD_VERDICT_MALFORMED;
}

static bool begin(const struct ward_dissect *d, enum name class)
{
	if (!ward_emit_begin(d->net, d->name[class]))
		return false;
	if (is_server(d))
		ward_emit_packet_turned(d->net, d->packet);
	else
		ward_emit_packet(d->net, d->packet);
	return true;
}

static void put_text(const struct ward_dissect *d, uint32_t name, struct ward_str s)
{
	char text[TEXT * 4];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_net_text(&w, ward_str_bytes(ward_str_sub(s, 0, TEXT)), "");
	if (w.len)
		ward_emit_str(d->net, name, ward_wr_text(&w));
}

static void tell_server(const struct ward_dissect *d, enum name field, struct ward_str text)
{
	if (!begin(d, NAME_CLASS_SERVER))
		return;
	put_text(d, d->name[field], text);
	ward_emit_end(d->net);
}

static const char *outcome_of(unsigned code)
{
	return code >= 400 ? "failed" : code >= 300 ? "intermediate" : "ok";
}

/* Somebody else's address as the place for data: a bounce (RFC 2577 3), or translation. */
static bool elsewhere(const struct ward_dissect *d, struct ward_str address)
{
	char text[WARD_IP_TEXT];
	size_t n = ward_ip_text(d->packet->src_ip, d->packet->ip_version, text);

	if (ward_str_eq(address, (struct ward_str){text, n}))
		return false;
	n = ward_ip_text(d->packet->dst_ip, d->packet->ip_version, text);
	return address.len && !ward_str_eq(address, (struct ward_str){text, n});
}

static void put_endpoint(
	const struct ward_dissect *d, const struct pending *p, const struct ward_reply *reply)
{
	struct ward_str argument = {p->argument, p->n_argument};
	bool active = p->kind == WARD_FTP_PORT || p->kind == WARD_FTP_EPRT;
	struct ward_ftp_endpoint e;
	bool is = false;

	if (p->kind == WARD_FTP_PORT)
		is = ward_ftp_port(argument, &e);
	else if (p->kind == WARD_FTP_EPRT)
		is = ward_ftp_eprt(argument, &e);
	else if (reply && reply->code == PASSIVE)
		is = ward_ftp_port(reply->text, &e);
	else if (reply && reply->code == EXTENDED_PASSIVE)
		is = ward_ftp_eprt(reply->text, &e);
	if (!is)
		return;
	put_text(d, d->name[NAME_DATA_IP], e.address);
	ward_emit_int(d->net, d->name[NAME_DATA_PORT], e.port);
	ward_emit_z(d->net, d->name[NAME_DATA_MODE], active ? "active" : "passive");
	if (elsewhere(d, e.address))
		ward_emit_z(d->net, d->name[NAME_ANOMALY], "data-address-differs");
}

/* reply: NULL: none came. */
static void tell_command(
	const struct ward_dissect *d, const struct pending *p, const struct ward_reply *reply)
{
	struct ward_str argument = {p->argument, p->n_argument};
	ward_ns now = d->net->frame->time;

	if (!begin(d, NAME_CLASS_COMMAND))
		return;
	ward_emit_z(d->net, d->name[NAME_COMMAND], p->name);
	if (p->kind == WARD_FTP_FILE)
		put_text(d, WARD_FIELD_FILE_NAME, argument);
	if (p->kind == WARD_FTP_AUTH)
		put_text(d, d->name[NAME_MECHANISM], argument);
	put_endpoint(d, p, reply);
	if (reply) {
		ward_emit_int(d->net, d->name[NAME_CODE], reply->code);
		if (now >= p->time)
			ward_emit_int(d->net, d->name[NAME_LATENCY], now - p->time);
	}
	ward_emit_z(d->net, d->name[NAME_OUTCOME],
		reply ? outcome_of(reply->code)
		      : ward_dissect_silence(d, d->from_client == is_server(d)));
	ward_emit_end(d->net);
}

static void tell_login(const struct ward_dissect *d, unsigned code, bool secret)
{
	const struct flow *f = d->flow;
	const struct ward_login login = {.user = ward_slice_of(f->user, f->n_user),
		.method = "password",
		.outcome = !code        ? WARD_LOGIN_UNKNOWN
			   : code < 400 ? WARD_LOGIN_OK
					: WARD_LOGIN_FAILED,
		.cleartext = secret};

	ward_emit_login(d, &login, is_server(d));
}

/* RFC 959 5.4: USER, PASS and ACCT, of which later ones may not be asked for. code 0: no reply. */
static void see_login(const struct ward_dissect *d, const struct pending *p, unsigned code)
{
	bool asks = code >= 300 && code < 400;

	if (p->kind == WARD_FTP_USER && code && !asks)
		tell_login(d, code, false);
	else if ((p->kind == WARD_FTP_PASS && code != NEED_ACCOUNT) || p->kind == WARD_FTP_ACCT)
		tell_login(d, asks ? 0 : code, true);
}

static struct pending *oldest(struct flow *f)
{
	return f->n ? &f->pending[f->at] : NULL;
}

static void drop_oldest(struct flow *f)
{
	f->at = (uint8_t)((f->at + 1) % PENDING);
	f->n--;
}

static void give_up(const struct ward_dissect *d)
{
	struct flow *f = d->flow;

	for (struct pending *p; (p = oldest(f)); drop_oldest(f)) {
		see_login(d, p, 0);
		tell_command(d, p, NULL);
	}
}

static void remember(const struct ward_dissect *d, const struct ward_ftp_command *c)
{
	struct flow *f = d->flow;
	struct ward_str argument = c->argument;
	bool keeps = c->kind == WARD_FTP_FILE || c->kind == WARD_FTP_PORT ||
		     c->kind == WARD_FTP_EPRT || c->kind == WARD_FTP_AUTH;

	if (f->n == PENDING) {
		tell_command(d, oldest(f), NULL);
		drop_oldest(f);
	}
	struct pending *p = &f->pending[(f->at + f->n++) % PENDING];

	p->name = c->name;
	p->kind = (uint8_t)c->kind;
	p->time = d->net->frame->time;
	p->n_argument = (uint8_t)(!keeps ? 0 : argument.len < NAME_MAX ? argument.len : NAME_MAX);
	if (p->n_argument)
		memcpy(p->argument, argument.p, p->n_argument);
	if (c->kind != WARD_FTP_USER)
		return;
	f->n_user = (uint8_t)(argument.len < USER_MAX ? argument.len : USER_MAX);
	if (f->n_user)
		memcpy(f->user, argument.p, f->n_user);
}

static void see_endpoint(struct flow *f, bool is, const struct ward_ftp_endpoint *e, bool active)
{
	unsigned version;

	f->data_port = is ? e->port : 0;
	f->data_active = active;
	f->data_ip_version =
		is && ward_ip_parse(e->address, f->data_ip, &version) ? (uint8_t)version : 0;
}

/* A command that lets data flow: the connection is known when it comes. Translation may have
 * changed the address that was said: it is expected at the host's own too. */
static void announce(const struct ward_dissect *d, const struct ward_ftp_command *c)
{
	struct flow *f = d->flow;
	const struct ward_packet *p = d->packet; /* the client's */
	struct ward_expect_note note = {.kind = (uint8_t)c->carries};
	size_t n = c->argument.len < sizeof(note.text) ? c->argument.len : sizeof(note.text);

	if (ward_str_eqz(ward_str_z(c->name), "REST"))
		f->rest = !ward_str_eqz(c->argument, "0");
	if (c->carries == WARD_FTP_NOTHING || !f->data_port)
		return;
	if (c->carries == WARD_FTP_A_FILE && f->rest)
		note.kind = WARD_FTP_A_PART;
	f->rest = false;
	if (c->carries == WARD_FTP_A_FILE && c->kind == WARD_FTP_FILE && n) {
		memcpy(note.text, c->argument.p, n);
		note.n_text = (uint8_t)n;
	}
	ward_expect(d->net, &ward_dissect_ftp_data, f->data_active ? p->src_ip : p->dst_ip,
		p->ip_version, f->data_port, &note);
	if (f->data_ip_version)
		ward_expect(d->net, &ward_dissect_ftp_data, f->data_ip, f->data_ip_version,
			f->data_port, &note);
	f->data_port = 0;
}

/* The answer to AUTH is not there yet: what follows it may be TLS. */
static bool asks_for_tls(const struct flow *f)
{
	return f->n && f->pending[(f->at + f->n - 1) % PENDING].kind == WARD_FTP_AUTH;
}

/* On a port of something else: what no other protocol's client says, after a greeting or without.
 */
static bool only_ftp(const struct flow *f, const struct ward_ftp_command *c)
{
	return c->kind == WARD_FTP_AUTH ? ward_str_ieq(c->argument, WARD_STR("TLS")) ||
						  ward_str_ieq(c->argument, WARD_STR("SSL"))
					: f->greeted && c->kind == WARD_FTP_USER;
}

static enum ward_verdict see_command(struct ward_dissect *d, struct ward_str line, size_t used)
{
	struct flow *f = d->flow;
	struct ward_ftp_command c;

	/* Telnet's signals before an ABOR (RFC 959 4.1.3). */
	while (line.len >= 2 && (uint8_t)*line.p == IAC)
		line = ward_str_sub(line, 2, line.len);
	d->used = used;
	if (!line.len)
		return f->seen ? WARD_VERDICT_OK : WARD_VERDICT_FOREIGN;
	if (!ward_ftp_command(line, &c)) {
		if (f->seen) /* it is answered all the same */
			remember(d, &(struct ward_ftp_command){
					    .name = "other", .kind = WARD_FTP_OTHER});
		return fail(d, WARD_FTP_COMMAND, used);
	}
	if (!f->seen && (!c.known || !(d->trusted || only_ftp(f, &c))))
		return WARD_VERDICT_FOREIGN;
	f->seen = true;
	remember(d, &c);
	if (c.kind == WARD_FTP_PORT || c.kind == WARD_FTP_EPRT) {
		struct ward_ftp_endpoint e;
		bool is = c.kind == WARD_FTP_PORT ? ward_ftp_port(c.argument, &e)
						  : ward_ftp_eprt(c.argument, &e);

		see_endpoint(f, is, &e, true);
	}
	announce(d, &c);
	return WARD_VERDICT_OK;
}

static enum ward_verdict settle(struct ward_dissect *d, const struct ward_reply *reply)
{
	struct flow *f = d->flow;
	struct pending *p = oldest(f);

	if (!p) { /* the greeting, or an idle server says goodbye */
		if (reply->code == READY)
			tell_server(d, NAME_BANNER, reply->text);
		return WARD_VERDICT_OK;
	}
	if (reply->code < 200) /* the same command is answered once more */
		return WARD_VERDICT_OK;
	see_login(d, p, reply->code);
	tell_command(d, p, reply);
	if (reply->code == PASSIVE || reply->code == EXTENDED_PASSIVE) {
		struct ward_ftp_endpoint e;
		bool is = reply->code == PASSIVE ? ward_ftp_port(reply->text, &e)
						 : ward_ftp_eprt(reply->text, &e);

		see_endpoint(f, is, &e, false);
	}
	if (p->kind == WARD_FTP_SYST && reply->code == SYSTEM)
		tell_server(d, NAME_SYSTEM, reply->text);
	d->handover = p->kind == WARD_FTP_AUTH && reply->code == TLS_AGREED;
	drop_oldest(f);
	return WARD_VERDICT_OK;
}

/* What greets like this is FTP, or may be. */
static enum ward_verdict see_greeting(struct ward_dissect *d, const struct ward_reply *reply)
{
	struct flow *f = d->flow;
	bool says = ward_line_has(reply->text, "ftp");

	if (says || (d->trusted && !ward_line_has(reply->text, "smtp"))) {
		f->seen = true;
		return WARD_VERDICT_OK;
	}
	if (ward_line_has(reply->text, "smtp") || reply->code != READY)
		return WARD_VERDICT_FOREIGN;
	f->greeted = true; /* its client will say */
	return WARD_VERDICT_MORE;
}

static enum ward_verdict see_reply(struct ward_dissect *d, struct ward_str line, size_t used)
{
	struct flow *f = d->flow;
	struct ward_reply reply;
	bool is = ward_line_reply(line, &reply);

	d->used = used;
	if (f->more) { /* RFC 959 4.2: until the same code, and a blank */
		if (!is || !reply.last || reply.code != f->more)
			return WARD_VERDICT_OK;
		f->more = 0;
		return WARD_VERDICT_OK;
	}
	if (!is || !ward_line_is_text(line))
		return fail(d, WARD_FTP_REPLY, used);
	if (!f->seen) {
		enum ward_verdict v = see_greeting(d, &reply);

		if (v != WARD_VERDICT_OK)
			return v;
	}
	f->more = (uint16_t)(reply.last ? 0 : reply.code);
	return settle(d, &reply);
}

static enum ward_verdict see(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	bool server = is_server(d);
	struct ward_str line;
	size_t used;

	if (!server && asks_for_tls(f))
		return WARD_VERDICT_MORE;
	enum ward_line whole = ward_line_take(payload, LINE_MAX, &line, &used);

	if (f->lost[server] && payload.len) {
		f->lost[server] = whole != WARD_LINE_WHOLE;
		d->used = f->lost[server] ? payload.len : used;
		return WARD_VERDICT_OK;
	}
	if (whole == WARD_LINE_LONG) {
		f->lost[server] = true;
		return fail(d, WARD_FTP_LINE_LENGTH, payload.len);
	}
	if (whole == WARD_LINE_MORE)
		return WARD_VERDICT_MORE;
	return server ? see_reply(d, line, used) : see_command(d, line, used);
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	enum ward_verdict v = see(d, payload);

	bool all = v == WARD_VERDICT_MORE || (v == WARD_VERDICT_OK && d->used >= payload.len);
	struct flow *f = d->flow;

	/* Whoever has closed answers nothing any more. */
	f->silent |= d->end && all && is_server(d);
	if (d->end && all && f->silent)
		give_up(d);
	return v;
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct flow *f = d->flow;

	(void)lost;
	f->lost[is_server(d)] = true;
	f->more = 0;
	return f->seen;
}

/* A reply of three digits, or a command of the list. */
static enum ward_probe probe(struct ward_slice payload)
{
	struct ward_ftp_command c;
	struct ward_reply reply;
	struct ward_str line;
	size_t used;

	enum ward_line whole = ward_line_take(payload, LINE_MAX, &line, &used);

	if (whole == WARD_LINE_MORE)
		return ward_line_may_begin(line) &&
				       (ward_str_find(line, WARD_STR(" ")) == SIZE_MAX ||
					       ward_line_reply(line, &reply) ||
					       (ward_ftp_command(line, &c) && c.known))
			       ? WARD_PROBE_MORE
			       : WARD_PROBE_NO;
	if (whole == WARD_LINE_LONG || !ward_line_is_text(line))
		return WARD_PROBE_NO;
	return ward_probe_of(
		ward_line_reply(line, &reply) || (ward_ftp_command(line, &c) && c.known));
}

const struct ward_dissector ward_dissect_ftp = {
	.name = "ftp",
	.kind = WARD_DISSECT_IT,
	.title = "FTP",
	.standard = "RFC 959 clauses 4 and 5, RFC 2228 clause 3, RFC 2428 clauses 2 and 3, RFC "
		    "4217 clause 4",
	.reads = "commands with paths and replies, logins, where the data goes, AUTH TLS",
	.proto = WARD_PROTO_TCP,
	.port = {PORT},
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
