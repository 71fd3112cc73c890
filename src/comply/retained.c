#include "comply/retained.h"

static void copy(char *to, size_t n, struct ward_str s)
{
	size_t len = s.len < n ? s.len : n - 1;

	if (len)
		memcpy(to, s.p, len);
	to[len] = 0;
}

static uint64_t number(const struct ward_conf *c, const char *key)
{
	uint64_t v = 0;

	return ward_str_u64(ward_conf_word(c, key), &v) ? v : 0;
}

static ward_ns time_of(const struct ward_conf *c, const char *key)
{
	ward_ns t = 0;

	return ward_time_parse(ward_conf_word(c, key), &t) == WARD_OK ? t : 0;
}

static struct ward_retained_sum *sum_of(struct ward_retained *r, const struct ward_retained_gone *g)
{
	for (size_t i = 0; i < r->n_sum; i++)
		if (strcmp(r->sum[i].what, g->what) == 0 && strcmp(r->sum[i].of, g->of) == 0)
			return &r->sum[i];
	if (r->n_sum == WARD_RETAINED_SUMS) {
		r->n_sum_lost++;
		return NULL;
	}
	struct ward_retained_sum *s = &r->sum[r->n_sum++];

	*s = (struct ward_retained_sum){.first_row = g->row, .from = g->from, .to = g->to};
	memcpy(s->what, g->what, sizeof(s->what));
	memcpy(s->of, g->of, sizeof(s->of));
	return s;
}

void ward_retained_deletion(
	struct ward_retained *r, uint64_t row, ward_ns time, const struct ward_conf *c)
{
	struct ward_retained_gone *g = &r->at[r->n++ % WARD_RETAINED_LAST];

	*g = (struct ward_retained_gone){.row = row,
		.time = time,
		.from = time_of(c, "from"),
		.to = time_of(c, "to"),
		.n = number(c, "n"),
		.bytes = number(c, "bytes")};
	copy(g->what, sizeof(g->what), ward_conf_word(c, "what"));
	copy(g->of, sizeof(g->of), ward_conf_word(c, "of"));
	copy(g->rule, sizeof(g->rule), ward_conf_word(c, "rule"));
	struct ward_retained_sum *s = time >= r->since ? sum_of(r, g) : NULL;

	if (!s)
		return;
	s->n += g->n;
	s->deletions++;
	s->last_row = row;
	s->last = time;
	s->from = g->from < s->from ? g->from : s->from;
	s->to = g->to > s->to ? g->to : s->to;
}

static void release(struct ward_retained *r, struct ward_str subject, ward_ns time)
{
	struct ward_id id;

	for (size_t i = 0; ward_id_parse(subject, &id) && i < r->n_hold; i++)
		if (ward_id_eq(r->hold[i].h.id, id) && r->hold[i].released == WARD_NS_NEVER)
			r->hold[i].released = time;
}

/* Those that are over make room. */
static struct ward_retained_hold *more(struct ward_retained *r, ward_ns now)
{
	for (size_t i = 0; r->n_hold == WARD_RETAINED_HOLDS && i < r->n_hold; i++)
		if (ward_retained_state(&r->hold[i], now) >= WARD_HOLD_ENDED) {
			memmove(&r->hold[i], &r->hold[i + 1],
				(r->n_hold - i - 1) * sizeof(r->hold[0]));
			r->n_hold--;
		}
	if (r->n_hold == WARD_RETAINED_HOLDS) {
		r->n_hold_lost++;
		return NULL;
	}
	return &r->hold[r->n_hold++];
}

void ward_retained_decision(struct ward_retained *r, uint64_t row, struct ward_id id, ward_ns time,
	const struct ward_conf *c)
{
	struct ward_str what = ward_conf_word(c, "what"), subject = ward_conf_word(c, "subject");
	const struct ward_conf *args = ward_conf_get(c, "args");
	struct ward_hold h;

	if (ward_str_eqz(ward_conf_word(c, "taken"), "false"))
		return;
	if (ward_str_eqz(what, "release-hold"))
		release(r, subject, time);
	if (!ward_str_eqz(what, "hold") || !args || ward_hold_read(args, subject, time, &h))
		return;
	struct ward_retained_hold *x = more(r, time);

	if (!x)
		return;
	*x = (struct ward_retained_hold){.h = h, .row = row, .at = time, .released = WARD_NS_NEVER};
	x->h.id = id;
	copy(x->person, sizeof(x->person), ward_conf_word(c, "person"));
	copy(x->role, sizeof(x->role), ward_conf_word(c, "role"));
	copy(x->owner, sizeof(x->owner),
		ward_conf_word(args, "owner").len ? ward_conf_word(args, "owner")
						  : ward_conf_word(c, "role"));
	copy(x->why, sizeof(x->why), ward_conf_word(c, "text"));
}

enum ward_retained_state ward_retained_state(const struct ward_retained_hold *h, ward_ns now)
{
	if (h->released != WARD_NS_NEVER)
		return WARD_HOLD_RELEASED;
	if (h->h.until <= now)
		return WARD_HOLD_ENDED;
	return h->h.until - now <= WARD_RETAINED_SOON_DAYS * (86400 * WARD_NS_PER_S)
		       ? WARD_HOLD_ENDS_SOON
		       : WARD_HOLD_RUNS;
}

const char *ward_retained_state_name(enum ward_retained_state s)
{
	static const char *const name[] = {[WARD_HOLD_RUNS] = "runs",
		[WARD_HOLD_ENDS_SOON] = "ends-soon",
		[WARD_HOLD_ENDED] = "ended",
		[WARD_HOLD_RELEASED] = "released"};

	return name[s];
}

static void put_text(struct ward_json *j, const char *key, const char *text)
{
	ward_json_key(j, key);
	ward_json_str_cut(j, ward_str_z(text), 512);
}

static void put_time(struct ward_json *j, const char *key, ward_ns t)
{
	if (t == WARD_NS_NEVER || t == INT64_MIN)
		return;
	ward_json_key(j, key);
	ward_json_time(j, t);
}

static void put_hold(struct ward_json *j, const struct ward_retained_hold *h, ward_ns now)
{
	char id[WARD_ID_TEXT];

	ward_id_text(h->h.id, id);
	ward_json_obj(j);
	put_text(j, "id", id);
	put_text(j, "state", ward_retained_state_name(ward_retained_state(h, now)));
	put_text(j, "scope", ward_hold_scope_name(h->h.scope));
	put_text(j, "of", h->h.subject);
	put_time(j, "from", h->h.from);
	put_time(j, "to", h->h.to);
	put_time(j, "at", h->at);
	put_time(j, "until", h->h.until);
	put_time(j, "released", h->released);
	put_text(j, "role", h->role);
	put_text(j, "owner", h->owner);
	put_text(j, "why", h->why);
	ward_json_put_u64(j, "row", h->row);
	ward_json_obj_end(j);
}

static void put_gone(struct ward_json *j, const struct ward_retained_gone *g)
{
	ward_json_obj(j);
	put_time(j, "time", g->time);
	put_text(j, "what", g->what);
	put_text(j, "of", g->of);
	put_text(j, "rule", g->rule);
	ward_json_put_u64(j, "n", g->n);
	put_time(j, "from", g->from);
	put_time(j, "to", g->to);
	ward_json_put_u64(j, "row", g->row);
	ward_json_obj_end(j);
}

void ward_retained_write(
	const struct ward_retained *r, ward_ns now, size_t deletions, struct ward_json *j)
{
	ward_json_key(j, "holds");
	ward_json_arr(j);
	for (size_t i = r->n_hold; i-- > 0;)
		put_hold(j, &r->hold[i], now);
	ward_json_arr_end(j);
	ward_json_key(j, "deletions");
	ward_json_arr(j);
	for (uint64_t i = 0; i < r->n && i < WARD_RETAINED_LAST && i < deletions; i++)
		put_gone(j, &r->at[(r->n - 1 - i) % WARD_RETAINED_LAST]);
	ward_json_arr_end(j);
}
