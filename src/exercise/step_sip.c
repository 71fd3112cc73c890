/* Steps in which telephones call a number, by SIP over UDP (RFC 3261 4, 13, 15): written here as
 * what the two sides say, the one that brings the calls in and the exchange. */
#include "exercise/load.h"

#include <stdio.h>

enum {
	PORT = 5060,
	CALLS_MAX = 48, /* of a step: five messages each, in WARD_SAYINGS_MAX */
	CALLERS_MAX = 99,
	FIRST_MAX = 99999,
	WORD_MAX = 24,
	MESSAGE_MAX = 768,
};

/* Which part of each call the step is. */
enum part { PART_SHORT, PART_BUSY, PART_BEGIN, PART_END, PART_N };
static const char *const parts[PART_N] = {"short", "busy", "begin", "end"};

struct calls {
	struct ward_scenario_load *l;
	struct ward_step *step;
	struct ward_str number, caller;
	int64_t first, n, n_caller;
	unsigned at; /* which call, from 1 */
};

/* One message: `line` is its first, cseq "1 INVITE". */
static void say(struct calls *c, bool server, const char *line, const char *cseq)
{
	const uint8_t *from = c->l->s->host[c->step->from].ip;
	const uint8_t *to = c->l->s->host[c->step->talk.to].ip;
	bool begins = strncmp(line, "INVITE", 6) == 0;
	char text[MESSAGE_MAX];
	unsigned who = c->at % (unsigned)c->n_caller;
	int n = snprintf(text, sizeof(text),
		"%s\r\nVia: SIP/2.0/UDP %u.%u.%u.%u;branch=z9hG4bK%u%.*s\r\n"
		"From: <sip:%.*s%02u@%u.%u.%u.%u>;tag=%u\r\nTo: <sip:%.*s@%u.%u.%u.%u>%s\r\n"
		"Call-ID: %u-%.*s%02u\r\nCSeq: %s\r\nMax-Forwards: 70\r\n"
		"Content-Length: 0\r\n\r\n",
		line, from[0], from[1], from[2], from[3], c->at, WARD_STR_ARG(c->number),
		WARD_STR_ARG(c->caller), who, from[0], from[1], from[2], from[3], c->at,
		WARD_STR_ARG(c->number), to[0], to[1], to[2], to[3], begins ? "" : ";tag=x", c->at,
		WARD_STR_ARG(c->caller), who, cseq);

	WARD_ASSERT(n > 0 && (size_t)n < sizeof(text)); /* each word has its limit */
	char *p = ward_scenario_array(c->l, (size_t)n, 1);

	if (!p)
		return;
	memcpy(p, text, (size_t)n);
	c->step->talk.say[c->step->talk.n_say++] = (struct ward_saying){server, {p, (size_t)n}};
}

static void ask(struct calls *c, const char *method, const char *cseq)
{
	const uint8_t *to = c->l->s->host[c->step->talk.to].ip;
	char line[128];

	(void)snprintf(line, sizeof(line), "%s sip:%.*s@%u.%u.%u.%u SIP/2.0", method,
		WARD_STR_ARG(c->number), to[0], to[1], to[2], to[3]);
	say(c, false, line, cseq);
}

static void tell(struct calls *c, enum part part)
{
	if (part != PART_END)
		ask(c, "INVITE", "1 INVITE");
	if (part == PART_BUSY)
		say(c, true, "SIP/2.0 486 Busy Here", "1 INVITE");
	else if (part != PART_END)
		say(c, true, "SIP/2.0 200 OK", "1 INVITE");
	if (part != PART_END)
		ask(c, "ACK", "1 ACK");
	if (part == PART_SHORT || part == PART_END) {
		ask(c, "BYE", "2 BYE");
		say(c, true, "SIP/2.0 200 OK", "2 BYE");
	}
}

static bool read_part(struct ward_scenario_load *l, const struct ward_conf *c, enum part *ret)
{
	struct ward_str what;

	if (!ward_scenario_word(l, c, "what", WORD_MAX, "", &what))
		return false;
	for (*ret = 0; *ret < PART_N; (*ret)++)
		if (ward_str_eqz(what, parts[*ret]))
			return true;
	WARD_SCENARIO_BAD(l, ward_conf_get(c, "what"),
		WARD_TEXT("'%.*s' is no part of a call\nwrite short (answered and hung up at "
			  "once), busy, begin or end"),
		WARD_STR_ARG(what));
	return false;
}

void ward_scenario_sip(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	static const char *const known[] = {
		"from", "to", "number", "caller", "callers", "first", "calls", "what", NULL};
	enum { PER_CALL = 5 };
	static const char not [] = "@<>;:\"\\ ";
	struct calls k = {.l = l, .step = step, .first = 1, .n_caller = 1};
	enum part part = PART_N;

	ward_conf_only(c, known, l->in->diag);
	step->act = WARD_ACT_UDP;
	step->talk.port = PORT;
	ward_scenario_ends(l, c, step);
	bool good = ward_scenario_word(l, c, "number", WORD_MAX, not, &k.number);

	good &= ward_scenario_word(l, c, "caller", WORD_MAX, not, &k.caller);
	good &= ward_conf_i64(c, "calls", true, l->in->diag, 1, CALLS_MAX, &k.n);
	good &= ward_conf_i64(c, "callers", true, l->in->diag, 1, CALLERS_MAX, &k.n_caller);
	if (ward_conf_get(c, "first"))
		good &= ward_conf_i64(c, "first", true, l->in->diag, 1, FIRST_MAX, &k.first);
	good &= read_part(l, c, &part);
	if (!good || step->from == WARD_NONE || step->talk.to == WARD_NONE)
		return;
	step->talk.say = ward_scenario_array(l, PER_CALL * (size_t)k.n, sizeof(*step->talk.say));
	if (!step->talk.say)
		return;
	for (int64_t i = 0; i < k.n && !l->err; i++) {
		k.at = (unsigned)(k.first + i);
		tell(&k, part);
	}
}
