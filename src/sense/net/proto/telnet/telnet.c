/* Telnet sessions: options, terminal, banner, and who logs in as far as the prompts show it. What
 * is typed and shown otherwise is not kept. */
#include "sense/net/proto/telnet/telnet.h"

#include "sense/net/emit.h"
#include "sense/net/line.h"
#include "sense/net/login.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/text.h"

enum { PORT = 23, LINE = 96, USER_MAX = 64, PROBE_OPTION_MAX = 140, ESCAPE = 0x1b, DELETE = 0x7f };
enum { CLIENT, SERVER };

#define NAME_LIST(X)                           \
	X(CLIENT_WILL, "telnet.client_will")   \
	X(CLIENT_DO, "telnet.client_do")       \
	X(SERVER_WILL, "telnet.server_will")   \
	X(SERVER_DO, "telnet.server_do")       \
	X(TERMINAL, "telnet.terminal_type")    \
	X(BANNER, "telnet.banner")             \
	X(ENCRYPTED, "telnet.encrypted")       \
	X(LOGINS, "telnet.logins")             \
	X(CLIENT_BYTES, "telnet.client_bytes") \
	X(SERVER_BYTES, "telnet.server_bytes") \
	X(CLASS_SESSION, "net.telnet.session")

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
	WARD_TELNET_REASON_LIST(X)
#undef X
};

/* What the client types now. */
enum typing { SHELL, NAME_OF_USER, SECRET, JUDGED /* what follows says whether it was right */ };

struct flow {
	bool seen, encrypted;
	struct ward_telnet side[2];
	uint64_t will[2], may[2]; /* options by side: offered (WILL), asked for (DO) */
	uint64_t bytes[2];
	uint32_t logins;
	uint8_t typing, escape; /* escape: of the server's text, 1 after ESC, 2 after its [ */
	uint8_t n_line, n_user, n_banner, n_terminal;
	bool prompted;   /* banners come before the first prompt */
	char line[LINE]; /* the server's, as far as it has come */
	char user[USER_MAX];
	char banner[LINE];
	char terminal[WARD_TELNET_SUB_KEPT];
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

static bool has_any(struct ward_str line, const char *const *word, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ward_line_has(line, word[i]))
			return true;
	return false;
}

static bool is_failure(struct ward_str line)
{
	static const char *const word[] = {"incorrect", "failed", "failure", "denied", "invalid",
		"bad password", "bad secrets", "not allowed"};

	return has_any(line, word, WARD_ARRAY_LEN(word));
}

static bool is_welcome(struct ward_str line)
{
	static const char *const word[] = {"last login", "welcome", "logged in", "successful"};

	return has_any(line, word, WARD_ARRAY_LEN(word));
}

static bool ends_with(struct ward_str line, const char *any)
{
	line = ward_str_trim(line);
	return line.len && strchr(any, line.p[line.len - 1]);
}

/* What a prompt asks for; SHELL: it is none of a login. */
static enum typing asks_for(struct ward_str line)
{
	static const char *const secret[] = {"password", "passwd", "passcode"},
				 *const user[] = {
					 "login", "username", "user name", "user:", "user id"};

	if (!ends_with(line, ":>") || is_welcome(line))
		return SHELL;
	return has_any(line, secret, WARD_ARRAY_LEN(secret)) ? SECRET
	       : has_any(line, user, WARD_ARRAY_LEN(user))   ? NAME_OF_USER
							     : SHELL;
}

static void settle(const struct ward_dissect *d, enum ward_login_outcome outcome)
{
	struct flow *f = d->flow;
	const struct ward_login login = {.user = ward_slice_of(f->user, f->n_user),
		.method = "password",
		.outcome = outcome,
		.cleartext = true};

	ward_emit_login(d, &login, is_server(d));
	f->logins++;
	f->n_user = 0;
	f->typing = SHELL;
}

static struct ward_str line_of(const struct flow *f)
{
	return (struct ward_str){f->line, f->n_line};
}

/* A line of the server's is whole. */
static void see_line(const struct ward_dissect *d)
{
	struct flow *f = d->flow;
	struct ward_str line = line_of(f), text = ward_str_trim(line);

	if (f->typing == JUDGED && is_failure(line))
		settle(d, WARD_LOGIN_FAILED);
	else if (f->typing == JUDGED && is_welcome(line))
		settle(d, WARD_LOGIN_OK);
	if (!f->prompted && !f->n_banner && text.len) {
		f->n_banner = (uint8_t)text.len;
		memcpy(f->banner, text.p, text.len);
	}
	f->n_line = 0;
}

/* What stands in the server's line when the client begins to type, or when all is over. */
static void see_prompt(const struct ward_dissect *d)
{
	struct flow *f = d->flow;
	enum typing asked = asks_for(line_of(f));

	if (f->typing == JUDGED && (asked != SHELL || is_failure(line_of(f))))
		settle(d, WARD_LOGIN_FAILED);
	else if (f->typing == JUDGED && ends_with(line_of(f), "$#>%"))
		settle(d, WARD_LOGIN_OK);
	if (f->typing == JUDGED || asked == SHELL)
		return;
	f->typing = (uint8_t)asked;
	f->prompted = true;
	if (asked == NAME_OF_USER)
		f->n_user = 0;
}

static void see_typed(const struct ward_dissect *d, uint8_t c)
{
	struct flow *f = d->flow;

	if (f->typing == SHELL || f->typing == JUDGED)
		see_prompt(d);
	if (f->typing == SHELL || f->typing == JUDGED)
		return;
	if (c == '\r' || c == '\n') {
		f->typing = f->typing == SECRET ? JUDGED : SHELL;
		f->n_line = 0;
		return;
	}
	if (f->typing != NAME_OF_USER)
		return;
	if ((c == DELETE || c == '\b') && f->n_user)
		f->n_user--;
	else if (c >= ' ' && c != DELETE && f->n_user < USER_MAX)
		f->user[f->n_user++] = (char)c;
}

/* Without the terminal's control sequences (ECMA-48 5.4). */
static void see_shown(const struct ward_dissect *d, uint8_t c)
{
	struct flow *f = d->flow;

	if (f->typing == NAME_OF_USER || f->typing == SECRET)
		return; /* the echo */
	if (f->escape) {
		f->escape = f->escape == 1 && c == '['                 ? 2
			    : f->escape == 2 && (c < 0x40 || c > 0x7e) ? 2
								       : 0;
		return;
	}
	if (c == ESCAPE)
		f->escape = 1;
	else if (c == '\n')
		see_line(d);
	else if (c >= ' ' && c != DELETE && f->n_line < LINE)
		f->line[f->n_line++] = (char)c;
}

static void see_negotiation(struct flow *f, unsigned side)
{
	const struct ward_telnet *t = &f->side[side];

	if (t->option >= WARD_TELNET_OPTIONS)
		return;
	if (t->command == WARD_TELNET_WILL)
		f->will[side] |= UINT64_C(1) << t->option;
	if (t->command == WARD_TELNET_DO)
		f->may[side] |= UINT64_C(1) << t->option;
}

static void see_sub(struct flow *f, unsigned side)
{
	const struct ward_telnet *t = &f->side[side];

	/* RFC 1091: 0 is IS. RFC 2946 3: 3 is START. */
	if (t->option == WARD_TELNET_TERMINAL_TYPE && t->n_sub > 1 && !t->sub[0] &&
		!f->n_terminal) {
		f->n_terminal = (uint8_t)(t->n_sub - 1);
		memcpy(f->terminal, t->sub + 1, f->n_terminal);
	}
	f->encrypted |= t->option == WARD_TELNET_ENCRYPT && t->n_sub && t->sub[0] == 3;
}

/* False: the byte is wrong. */
static bool see_byte(const struct ward_dissect *d, unsigned side, uint8_t c)
{
	struct flow *f = d->flow;

	switch (ward_telnet_step(&f->side[side], c)) {
	case WARD_TELNET_DATA:
		f->bytes[side]++;
		if (side == SERVER)
			see_shown(d, c);
		else
			see_typed(d, c);
		return true;
	case WARD_TELNET_NEGOTIATION:
		see_negotiation(f, side);
		return true;
	case WARD_TELNET_SUB:
		see_sub(f, side);
		return true;
	case WARD_TELNET_BAD:
		return false;
	case WARD_TELNET_NOTHING:
	default:
		return true;
	}
}

static enum ward_probe probe(struct ward_slice payload)
{
	if (payload.p[0] != WARD_TELNET_IAC ||
		(payload.len > 1 &&
			(payload.p[1] < WARD_TELNET_WILL || payload.p[1] > WARD_TELNET_DONT)) ||
		(payload.len > 2 && payload.p[2] > PROBE_OPTION_MAX) ||
		(payload.len > 3 && payload.p[3] != WARD_TELNET_IAC && payload.p[3] >= 0x80))
		return WARD_PROBE_NO;
	return payload.len < 3 ? WARD_PROBE_MORE : WARD_PROBE_YES;
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	unsigned side = is_server(d) ? SERVER : CLIENT;

	if (!payload.len)
		return WARD_VERDICT_MORE;
	enum ward_probe begins = f->seen ? WARD_PROBE_YES : probe(payload);

	if (begins != WARD_PROBE_YES)
		return begins == WARD_PROBE_MORE ? WARD_VERDICT_MORE : WARD_VERDICT_FOREIGN;
	f->seen = true;
	for (size_t i = 0; i < payload.len && !f->encrypted; i++) {
		if (see_byte(d, side, payload.p[i]))
			continue;
		d->reason = f->side[side].reason;
		d->off = i;
		d->used = i + 1;
		return WARD_VERDICT_MALFORMED;
	}
	d->used = payload.len;
	return WARD_VERDICT_OK;
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct flow *f = d->flow;

	(void)lost;
	f->side[is_server(d) ? SERVER : CLIENT] = (struct ward_telnet){0};
	f->n_line = 0;
	if (f->typing == NAME_OF_USER || f->typing == SECRET)
		f->typing = SHELL;
	return f->seen;
}

static void put_options(const struct ward_dissect *d, enum name field, uint64_t set)
{
	struct ward_value *item = ward_emit_items(d->net, WARD_TELNET_OPTIONS);
	uint32_t n = 0;

	for (unsigned i = 0; item && i < WARD_TELNET_OPTIONS; i++)
		if (set >> i & 1 && ward_telnet_option_name(i))
			item[n++] = ward_value_str(ward_str_z(ward_telnet_option_name(i)));
	if (item)
		ward_emit_list(d->net, d->name[field], item, n);
}

static void put_text(const struct ward_dissect *d, enum name field, const char *p, size_t len)
{
	char text[LINE];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_text_ascii(&w, ward_slice_of(p, len), LINE);
	if (w.len)
		ward_emit_str(d->net, d->name[field], ward_wr_text(&w));
}

static void over(struct ward_dissect *d)
{
	struct flow *f = d->flow;

	if (f->typing == JUDGED)
		see_prompt(d);
	if (f->typing == JUDGED)
		settle(d, WARD_LOGIN_UNKNOWN);
	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_SESSION]))
		return;
	if (is_server(d))
		ward_emit_packet_turned(d->net, d->packet);
	else
		ward_emit_packet(d->net, d->packet);
	put_options(d, NAME_CLIENT_WILL, f->will[CLIENT]);
	put_options(d, NAME_CLIENT_DO, f->may[CLIENT]);
	put_options(d, NAME_SERVER_WILL, f->will[SERVER]);
	put_options(d, NAME_SERVER_DO, f->may[SERVER]);
	put_text(d, NAME_TERMINAL, f->terminal, f->n_terminal);
	if (f->prompted)
		put_text(d, NAME_BANNER, f->banner, f->n_banner);
	if (f->encrypted)
		ward_emit_bool(d->net, d->name[NAME_ENCRYPTED], true);
	ward_emit_int(d->net, d->name[NAME_LOGINS], f->logins);
	ward_emit_int(d->net, d->name[NAME_CLIENT_BYTES], (int64_t)f->bytes[CLIENT]);
	ward_emit_int(d->net, d->name[NAME_SERVER_BYTES], (int64_t)f->bytes[SERVER]);
	ward_emit_end(d->net);
}

const struct ward_dissector ward_dissect_telnet = {
	.name = "telnet",
	.kind = WARD_DISSECT_IT,
	.title = "Telnet",
	.standard = "RFC 854, RFC 855, RFC 1091",
	.reads = "options, terminal, banner, logins by their prompts, bytes of both sides",
	.proto = WARD_PROTO_TCP,
	.port = {PORT},
	.probe_stream = probe,
	.weak = true,
	.parse = parse,
	.gap = gap,
	.over = over,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
