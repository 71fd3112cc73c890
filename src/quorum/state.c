#include "quorum/state.h"

#include "conf/told.h"

enum { TEXT_MAX = 4096 };

static const char *const stands[WARD_QUORUM_STANDS] = {
	"begins", "writes", "refused", "lost", "foreign", "strays"};

const char *ward_quorum_stand_name(enum ward_quorum_stand stand)
{
	return stands[stand];
}

/* U+0000 to U+001F, U+007F to U+009F */
static bool is_control(const uint8_t *p)
{
	return *p < ' ' || *p == 0x7f || (*p == 0xc2 && p[1] < 0xa0);
}

void ward_quorum_text(struct ward_str said, char *to, size_t cap)
{
	struct ward_slice s = ward_str_bytes(said);
	size_t len = 0;

	for (size_t i = 0, n; i < s.len; i += n ? n : 1) {
		n = ward_utf8_len(s.p + i, s.len - i);
		bool as_it_is = n && !is_control(s.p + i);
		size_t out = as_it_is ? n : 1;

		if (len + out >= cap)
			break;
		if (as_it_is)
			memcpy(to + len, s.p + i, n);
		else
			to[len] = n ? ' ' : '?';
		len += out;
	}
	to[len] = 0;
}

void ward_quorum_state_put(const struct ward_quorum_state *s, struct ward_json *j)
{
	ward_json_put_z(j, "stand", stands[s->stand]);
	ward_json_put_z(j, "fault", ward_quorum_words(s->fault)->name);
	ward_json_put_i64(j, "since", s->since);
	ward_json_put_u64(j, "next", s->next);
	ward_json_put_u64(j, "epoch", s->epoch);
	ward_json_put_z(j, "host", s->host);
	ward_json_put_z(j, "said", s->said);
}

/* ---- and back ---- */

static bool get_text(const struct ward_conf *c, const char *key, char *to, size_t cap)
{
	const struct ward_conf *at = ward_conf_get(c, key);

	if (!at || at->kind != WARD_CONF_SCALAR)
		return false;
	ward_quorum_text(at->text, to, cap); /* for terminals, and for rules */
	return true;
}

static bool take(const struct ward_conf *c, void *ret)
{
	struct ward_quorum_state *s = ret;
	const char *fault[WARD_QUORUM_FAULTS];
	size_t i, f;

	for (f = 0; f < WARD_QUORUM_FAULTS; f++)
		fault[f] = ward_quorum_words((enum ward_quorum_fault)f)->name;
	if (!ward_conf_told_word(c, "stand", stands, WARD_QUORUM_STANDS, &i) ||
		!ward_conf_told_word(c, "fault", fault, WARD_QUORUM_FAULTS, &f))
		return false;
	s->stand = (enum ward_quorum_stand)i;
	s->fault = (enum ward_quorum_fault)f;
	return ward_conf_told_time(c, "since", &s->since) &&
	       ward_conf_told_u64(c, "next", &s->next) &&
	       ward_conf_told_u64(c, "epoch", &s->epoch) && s->next <= INT64_MAX &&
	       s->epoch <= INT64_MAX && get_text(c, "host", s->host, sizeof(s->host)) &&
	       get_text(c, "said", s->said, sizeof(s->said));
}

enum ward_err ward_quorum_state_read(
	struct ward_str text, const struct ward_mem *mem, struct ward_quorum_state *ret)
{
	static const struct ward_conf_told told = {"quorum", TEXT_MAX, take};
	struct ward_quorum_state s = {.since = 0};
	enum ward_err err = ward_conf_told_read(&told, text, mem, &s);

	if (!err)
		*ret = s;
	return err;
}

/* ---- what people are to know ---- */

bool ward_quorum_watch(struct ward_quorum_watch *w, const struct ward_quorum_state *s, ward_ns now)
{
	/* a new link writes at once, and finds then that the rows are still no store of ours */
	bool may_pass = s->stand == WARD_QUORUM_REFUSED || s->stand == WARD_QUORUM_LOST ||
			(s->stand == WARD_QUORUM_WRITES && w->told == WARD_QUORUM_STRAYS);

	if (s->stand == WARD_QUORUM_BEGINS ||
		(s->stand == w->told && (s->fault == w->fault || s->stand != WARD_QUORUM_REFUSED)))
		return false;
	if (may_pass && (now < s->since || now - s->since < WARD_QUORUM_TELL_S * WARD_NS_PER_S))
		return false;
	w->told = s->stand;
	w->fault = s->fault;
	return true;
}
