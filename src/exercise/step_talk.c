/* Steps that are a conversation between two hosts, over TCP or UDP, and lines that programs log. */
#include "exercise/load.h"

static bool hex_digit(char c, uint8_t *ret)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;

	if (!at)
		return false;
	*ret = (uint8_t)(at - digits);
	return true;
}

/* "0b 4d53…": pairs of digits, blanks between them as one likes. */
static bool read_hex(struct ward_scenario_load *l, struct ward_str text, struct ward_str *ret)
{
	char *to = ward_scenario_array(l, text.len / 2 + 1, 1);
	size_t n = 0;

	for (size_t i = 0; to && i < text.len;) {
		uint8_t high, low;

		if (text.p[i] == ' ' || text.p[i] == '\n') {
			i++;
			continue;
		}
		if (i + 1 == text.len || !hex_digit(text.p[i], &high) ||
			!hex_digit(text.p[i + 1], &low))
			return false;
		to[n++] = (char)(high << 4 | low);
		i += 2;
	}
	*ret = (struct ward_str){to, n};
	return to != NULL;
}

/* {client: TEXT}, {server: TEXT}, {client_hex: HEX} or {server_hex: HEX} */
static void read_saying(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	static const char *const who[] = {"client", "server", "client_hex", "server_hex"};
	const struct ward_conf *v = c->kind == WARD_CONF_MAP && c->n_child == 1 ? c->child : NULL;
	struct ward_saying *say = &step->talk.say[step->talk.n_say];
	size_t k = 0;

	while (v && k < WARD_ARRAY_LEN(who) && !ward_str_eqz(v->key, who[k]))
		k++;
	if (!v || k == WARD_ARRAY_LEN(who) || v->kind != WARD_CONF_SCALAR || !v->text.len) {
		WARD_SCENARIO_BAD(l, c,
			WARD_TEXT("this is nothing that one side says\nwrite `- {client: \"…\"}`, "
				  "`server`, or `client_hex`, `server_hex` with pairs of "
				  "hexadecimal digits"));
		return;
	}
	say->server = k % 2 == 1;
	say->bytes = v->text;
	if (k >= 2 && !read_hex(l, v->text, &say->bytes)) {
		if (!l->err)
			WARD_SCENARIO_BAD(l, v,
				WARD_TEXT("'%s' is no list of bytes\nwrite pairs of hexadecimal "
					  "digits, blanks between them as you like"),
				who[k]);
		return;
	}
	step->talk.n_say++;
}

static void read_sayings(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	const struct ward_conf *list = ward_scenario_list(l, c, "say");
	size_t bytes = 0;

	if (list && list->n_child > WARD_SAYINGS_MAX) {
		WARD_SCENARIO_BAD(l, list,
			WARD_TEXT("there are more than %d things said\nmake it two steps"),
			WARD_SAYINGS_MAX);
		return;
	}
	if (!list)
		return;
	step->talk.say = ward_scenario_array(l, list->n_child, sizeof(*step->talk.say));
	for (const struct ward_conf *v = list->child; v && step->talk.say && !l->err; v = v->next) {
		size_t before = step->talk.n_say;

		read_saying(l, v, step);
		if (step->talk.n_say > before)
			bytes += step->talk.say[before].bytes.len;
	}
	if (bytes > WARD_SAYING_MAX)
		WARD_SCENARIO_BAD(l, list,
			WARD_TEXT("%zu bytes are said\nleave it at %d for one step"), bytes,
			WARD_SAYING_MAX);
}

void ward_scenario_ends(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	step->talk.to = WARD_NONE;
	bool from = ward_scenario_host(l, c, "from", &step->from);

	if (ward_scenario_host(l, c, "to", &step->talk.to) && from &&
		l->s->host[step->from].network != l->s->host[step->talk.to].network)
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "to"),
			WARD_TEXT("sender and receiver are on two networks\nname a host of the "
				  "sender's"));
}

static void read_port(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	int64_t port = 0;

	(void)ward_conf_i64(c, "port", true, l->in->diag, 1, UINT16_MAX, &port);
	step->talk.port = (uint16_t)port;
}

void ward_scenario_tcp(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	static const char *const known[] = {"from", "to", "port", "say", "reply", NULL};
	struct ward_str reply = {NULL, 0};

	ward_conf_only(c, known, l->in->diag);
	ward_scenario_ends(l, c, step);
	read_port(l, c, step);
	read_sayings(l, c, step);
	if (!ward_conf_str(c, "reply", false, l->in->diag, &reply) || !reply.len)
		return;
	step->talk.refused = true;
	if (!ward_str_eqz(reply, "refused") || step->talk.n_say)
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "reply"),
			WARD_TEXT("a connection is answered, or `reply: refused` and nothing is "
				  "said\nwrite one of the two"));
}

void ward_scenario_udp(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	static const char *const known[] = {"from", "to", "port", "say", NULL};

	ward_conf_only(c, known, l->in->diag);
	ward_scenario_ends(l, c, step);
	read_port(l, c, step);
	read_sayings(l, c, step);
	for (size_t i = 0; i < step->talk.n_say; i++)
		if (step->talk.say[i].bytes.len > WARD_DATAGRAM_MAX)
			WARD_SCENARIO_BAD(l, ward_conf_get(c, "say"),
				WARD_TEXT("a datagram has at most %d bytes\nshorten what is said"),
				WARD_DATAGRAM_MAX);
	if (!step->talk.n_say)
		WARD_SCENARIO_BAD(l, c, WARD_TEXT("nothing is said\nadd `say: [{client: \"…\"}]`"));
}

void ward_scenario_log(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	static const char *const known[] = {"source", "host", "app", "text", NULL};
	/* RFC 5424 section 6: HOSTNAME and APP-NAME */
	enum { HOST_MAX = 255, APP_MAX = 48, TEXT_MAX = 8192 };

	ward_conf_only(c, known, l->in->diag);
	ward_scenario_source(l, c, "syslog", step);
	(void)ward_scenario_word(l, c, "host", HOST_MAX, "", &step->log.host);
	(void)ward_scenario_word(l, c, "app", APP_MAX, "", &step->log.app);
	if (!ward_conf_str(c, "text", true, l->in->diag, &step->log.text))
		return;
	if (step->log.text.len > TEXT_MAX || memchr(step->log.text.p, '\n', step->log.text.len))
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "text"),
			WARD_TEXT("'text' has more than one line or %d bytes\nwrite what one "
				  "record says"),
			TEXT_MAX);
}
