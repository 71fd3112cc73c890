#include "craft/tune.h"

#include "event/json.h"

#include <stdlib.h>

enum {
	DISMISSED_MAX = 100000,
	HITS_MAX = 100000,
	OTHERS_MAX = 20000, /* events of the logsource that the rule does not match */
	EVENT_BYTES = 1 << 28,
	ABOVE_MAX = 64,
	VALUES_MAX = 8, /* in a list */
	AFFIX_MIN = 6,  /* bytes of a common beginning or end */
	ITEMS_MAX = 5,
	CANDIDATES_MAX = 512,
};

struct hit {
	struct ward_event e;
	uint64_t tag;
	bool dismissed;
};

enum form { EQUALS, STARTS, ENDS };

/* One `field: values` that all dismissed events meet. */
struct candidate {
	uint32_t field;
	enum form form;
	struct ward_str value[VALUES_MAX];
	size_t n;
	int role, rank; /* which question it answers, and how well; lower is better */
	size_t n_other; /* other hits that meet it */
};

struct ward_craft_tune {
	const struct ward_craft *c;
	size_t rule;
	struct ward_detector *det;
	struct ward_json_reader reader;
	struct ward_arena line, events; /* of one line; copies */
	struct ward_id *id;             /* dismissed, sorted when the first event comes */
	size_t n_id, cap_id;
	bool sorted;
	struct hit *hit;
	size_t n_hit, cap_hit, n_dismissed;
	struct hit *other; /* not matched */
	size_t n_other, cap_other;
	uint32_t looked[64]; /* names of fields that the rule looks at */
	size_t n_looked;
};

const char *ward_craft_verdict_text(enum ward_craft_verdict v)
{
	switch (v) {
	case WARD_CRAFT_PROPOSED:
		return "a filter is proposed";
	case WARD_CRAFT_NO_EVIDENCE:
		return "none of these events was dismissed and is a hit of the rule; give the "
		       "files "
		       "that the detections came from";
	case WARD_CRAFT_ALONE:
		return "these events hold nothing else of the rule's logsource, so nothing shows "
		       "what a filter would leave; give more events";
	case WARD_CRAFT_NOTHING:
		return "the dismissed events have no telling value in common; dismiss fewer at a "
		       "time, of one kind";
	case WARD_CRAFT_EVERYTHING:
		return "whatever the dismissed events have in common, all that the rule finds has "
		       "too: a filter would hide everything; change the rule instead";
	}
	return "";
}

enum ward_err ward_craft_tune_new(
	const struct ward_craft *c, size_t i, struct ward_craft_tune **ret)
{
	struct ward_rule_info r = ward_ruleset_rule(c->rs, i);
	struct ward_craft_tune *t = calloc(1, sizeof(*t));

	if (r.corr || r.filter || r.refused) {
		free(t);
		return WARD_ERR_UNSUPPORTED;
	}
	if (!t)
		return WARD_ERR_NOMEM;
	t->c = c;
	t->rule = i;
	ward_arena_init(&t->line, ward_mem_heap(), 1 << 24);
	ward_arena_init(&t->events, ward_mem_heap(), EVENT_BYTES);
	enum ward_err err = ward_json_reader_init(&t->reader, c->names, ward_mem_heap(), c->lim);

	t->reader.foreign = true;
	if (!err)
		err = ward_detector_new(
			c->rs, c->names, c->model, c->lim, NULL, ward_mem_heap(), &t->det);
	if (err) {
		ward_craft_tune_free(t);
		return err;
	}
	*ret = t;
	return WARD_OK;
}

void ward_craft_tune_free(struct ward_craft_tune *t)
{
	if (!t)
		return;
	ward_detector_free(t->det);
	ward_json_reader_fini(&t->reader);
	ward_arena_fini(&t->line);
	ward_arena_fini(&t->events);
	ward_mem_free(ward_mem_heap(), t->id, t->cap_id * sizeof(*t->id));
	ward_mem_free(ward_mem_heap(), t->hit, t->cap_hit * sizeof(*t->hit));
	ward_mem_free(ward_mem_heap(), t->other, t->cap_other * sizeof(*t->other));
	free(t);
}

static struct ward_str text_of(struct ward_craft_tune *t, const struct ward_event *e, const char *f)
{
	return ward_event_str(e, ward_name(t->c->names, ward_str_z(f)));
}

/* Is it the rule, or a correlation above it? */
static bool is_above(const struct ward_craft_tune *t, struct ward_str key)
{
	struct ward_rule_info r = ward_ruleset_rule(t->c->rs, t->rule);
	uint32_t at = ward_ruleset_find(t->c->rs, key), leaf[ABOVE_MAX];
	size_t n = 0;

	if (ward_str_eq(key, r.id.len ? r.id : r.name.len ? r.name : r.title))
		return true;
	if (at == WARD_NONE)
		return false;
	ward_craft_leaves(t->c->rs, at, leaf, ABOVE_MAX, &n);
	for (size_t i = 0; i < n; i++)
		if (leaf[i] == t->rule)
			return true;
	return false;
}

static enum ward_err add_id(struct ward_craft_tune *t, struct ward_str s)
{
	struct ward_id id;

	if (!ward_id_parse(s, &id))
		return WARD_ERR_MALFORMED;
	enum ward_err err = ward_mem_more(
		ward_mem_heap(), &t->id, t->n_id, &t->cap_id, sizeof(id), DISMISSED_MAX);

	if (!err)
		t->id[t->n_id++] = id;
	return err;
}

enum ward_err ward_craft_tune_dismissed(
	struct ward_craft_tune *t, struct ward_str line, bool *ret_taken)
{
	struct ward_event e;

	ward_arena_reset(&t->line);
	enum ward_err err = ward_json_read_event(&t->reader, line, &t->line, &e);

	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_ERR_MALFORMED;
	*ret_taken = ward_str_eqz(text_of(t, &e, "kind"), "detection") &&
		     is_above(t, text_of(t, &e, "rule.id"));
	const struct ward_value *v =
		ward_event_get(&e, ward_name(t->c->names, WARD_STR("evidence")));

	for (uint32_t i = 0; *ret_taken && v && v->kind == WARD_VALUE_LIST && i < v->n && !err; i++)
		err = v->item[i].kind == WARD_VALUE_STR ? add_id(t, v->item[i].s)
							: WARD_ERR_MALFORMED;
	return err;
}

static int id_cmp(const void *a, const void *b)
{
	return ward_id_cmp(*(const struct ward_id *)a, *(const struct ward_id *)b);
}

static bool is_dismissed(struct ward_craft_tune *t, struct ward_id id)
{
	if (!t->sorted && t->n_id)
		qsort(t->id, t->n_id, sizeof(*t->id), id_cmp);
	t->sorted = true;
	return t->n_id && bsearch(&id, t->id, t->n_id, sizeof(id), id_cmp);
}

static enum ward_err keep(struct ward_craft_tune *t, struct hit **list, size_t *n, size_t *cap,
	size_t max, const struct hit *h)
{
	enum ward_err err = ward_mem_more(ward_mem_heap(), list, *n, cap, sizeof(*h), max);

	if (err)
		return err;
	(*list)[*n] = *h;
	err = ward_event_copy(&h->e, &t->events, &(*list)[*n].e);
	*n += !err;
	return err;
}

enum ward_err ward_craft_tune_event(
	struct ward_craft_tune *t, const struct ward_event *e, uint64_t tag)
{
	struct hit h = {.e = *e, .tag = tag};
	uint32_t near = 0;
	enum ward_err err = ward_craft_near(t->det, e, t->rule, &near);

	if (err || !near)
		return err;
	if (near != UINT32_MAX)
		return t->n_other == OTHERS_MAX
			       ? WARD_OK
			       : keep(t, &t->other, &t->n_other, &t->cap_other, OTHERS_MAX, &h);
	h.dismissed = is_dismissed(t, e->id);
	t->n_dismissed += h.dismissed;
	return keep(t, &t->hit, &t->n_hit, &t->cap_hit, HITS_MAX, &h);
}

/* The value as text; empty for lists, null and what a person would not name. */
static struct ward_str plain(const struct ward_value *v)
{
	return v && v->kind == WARD_VALUE_STR ? v->s : (struct ward_str){NULL, 0};
}

static bool only(struct ward_str s, const char *set)
{
	for (size_t i = 0; i < s.len; i++)
		if (!s.p[i] || !strchr(set, s.p[i]))
			return false;
	return true;
}

/* A number, a time, an id, a text of several lines: it names one record, not a kind of them. */
static bool is_passing(struct ward_str s)
{
	ward_ns time;

	for (size_t i = 0; i < s.len; i++)
		if ((uint8_t)s.p[i] < ' ' || s.p[i] == 0x7f)
			return true; /* a whole message, in lines */
	return s.len == 0 || s.len > 400 || only(s, "0123456789") ||
	       (ward_str_starts(s, WARD_STR("0x")) &&
		       only(ward_str_sub(s, 2, s.len), "0123456789abcdefABCDEF")) ||
	       (s.len >= 32 && only(s, "0123456789abcdefABCDEF-{}")) ||
	       ward_time_parse(s, &time) == WARD_OK;
}

/* Which question a field answers: who (0), where (1), what (2), none of them (3). The order within
 * a row is how well. Compared without case, by the last part of a dotted name. */
static const char *const roles[3][14] = {
	{"ward.actor", "user", "SubjectUserName", "TargetUserName", "ParentUser", "UserName",
		"userIdentity.arn", "actor", "badge"},
	{"ward.asset", "src_ip", "host", "Computer", "Hostname", "IpAddress", "ward.peer_asset",
		"WorkstationName", "door", "sensor", "camera", "dst_ip", "dicom.calling_aet"},
	{"ParentCommandLine", "CommandLine", "ParentImage", "TargetFilename", "TargetObject",
		"ServiceName", "Image", "uri", "dns.query", "smb.path", "Hashes", "query",
		"http.user_agent"},
};

static void classify(struct candidate *k, struct ward_str name)
{
	k->role = 3;
	k->rank = 0;
	for (int r = 0; r < 3; r++)
		for (size_t i = 0; i < WARD_ARRAY_LEN(roles[r]) && roles[r][i]; i++) {
			struct ward_str want = ward_str_z(roles[r][i]);
			size_t off = name.len >= want.len ? name.len - want.len : 0;

			if (!ward_str_ieq(ward_str_sub(name, off, name.len), want) ||
				(off && name.p[off - 1] != '.'))
				continue;
			k->role = r;
			k->rank = (int)i;
			return;
		}
}

static bool has_value(const struct candidate *k, struct ward_str s)
{
	for (size_t i = 0; i < k->n; i++) {
		struct ward_str want = k->value[i];
		struct ward_str part = k->form == EQUALS   ? s
				       : k->form == STARTS ? ward_str_sub(s, 0, want.len)
				       : s.len < want.len
					       ? s
					       : ward_str_sub(s, s.len - want.len, want.len);

		if (ward_str_ieq(part, want))
			return true;
	}
	return false;
}

static bool meets(const struct candidate *k, const struct ward_event *e)
{
	struct ward_str s = plain(ward_event_get(e, k->field));

	return s.len && has_value(k, s);
}

/* The different values of a field in the dismissed hits: false when one has none, or there are more
 * than a list holds. */
static bool values(const struct ward_craft_tune *t, struct candidate *k)
{
	k->n = 0;
	for (size_t i = 0; i < t->n_hit; i++) {
		struct ward_str s = plain(ward_event_get(&t->hit[i].e, k->field));

		if (!t->hit[i].dismissed)
			continue;
		if (is_passing(s))
			return false;
		if (has_value(k, s))
			continue;
		if (k->n == VALUES_MAX)
			return false;
		k->value[k->n++] = s;
	}
	/* A list of whatever came says nothing where there is no other hit to tell it from. */
	return k->n == 1 || (k->n * 2 <= t->n_dismissed && t->n_hit > t->n_dismissed);
}

static size_t common(struct ward_str a, struct ward_str b, bool end)
{
	size_t n = 0;

	while (n < a.len && n < b.len) {
		char x = end ? a.p[a.len - 1 - n] : a.p[n], y = end ? b.p[b.len - 1 - n] : b.p[n];

		if (x != y)
			break;
		n++;
	}
	return n;
}

/* What all begin or end with; not of addresses, whose digits mean nothing cut so. */
static bool affix(const struct ward_craft_tune *t, struct candidate *k)
{
	struct ward_str first = {NULL, 0};

	for (size_t i = 0; i < t->n_hit; i++) {
		struct ward_str s = plain(ward_event_get(&t->hit[i].e, k->field));

		if (!t->hit[i].dismissed)
			continue;
		if (is_passing(s) || only(s, "0123456789abcdefABCDEF.:"))
			return false;
		if (!first.p)
			first = s;
		size_t n = common(first, s, k->form == ENDS);

		first = k->form == ENDS ? ward_str_sub(first, first.len - n, n)
					: ward_str_sub(first, 0, n);
	}
	k->n = 1;
	k->value[0] = first;
	return first.len >= AFFIX_MIN && ward_utf8_valid(ward_str_bytes(first), NULL);
}

static bool looked_at(const struct ward_craft_tune *t, uint32_t field)
{
	for (size_t i = 0; i < t->n_looked; i++)
		if (t->looked[i] == field)
			return true;
	return false;
}

static void note_field(void *ctx, const struct ward_trace_item *i)
{
	struct ward_craft_tune *t = ctx;

	if (i->field.len && t->n_looked < WARD_ARRAY_LEN(t->looked))
		t->looked[t->n_looked++] = ward_name(t->c->names, i->field);
}

/* Does the candidate tell the dismissed from others? By a field that the rule itself looks at only
 * when other hits have another value there: else it may be what makes the rule match. */
static bool tells(const struct ward_craft_tune *t, struct candidate *k)
{
	size_t n_other = t->n_hit - t->n_dismissed, n_rest = 0;

	k->n_other = 0;
	for (size_t i = 0; i < t->n_hit; i++)
		k->n_other += !t->hit[i].dismissed && meets(k, &t->hit[i].e);
	if (k->n_other < n_other)
		return true;
	if (looked_at(t, k->field))
		return false;
	for (size_t i = 0; i < t->n_other; i++)
		n_rest += meets(k, &t->other[i].e);
	/* Without another hit only who, where or what tells, and not what most have. */
	return n_other ? n_rest < t->n_other : k->role < 3 && n_rest * 2 < t->n_other;
}

static void add_candidate(
	const struct ward_craft_tune *t, struct candidate *k, struct candidate *list, size_t *n)
{
	classify(k, ward_name_text(t->c->names, k->field));
	if (*n < CANDIDATES_MAX && tells(t, k))
		list[(*n)++] = *k;
}

static size_t candidates(const struct ward_craft_tune *t, struct candidate *list)
{
	const struct ward_event *e = NULL;
	size_t n = 0;

	for (size_t i = 0; i < t->n_hit && !e; i++)
		e = t->hit[i].dismissed ? &t->hit[i].e : NULL;
	for (size_t f = 0; e && f < e->n_field; f++) {
		struct candidate k = {.field = e->field[f].name, .form = EQUALS};
		struct candidate from = {.field = k.field, .form = STARTS};
		struct candidate to = {.field = k.field, .form = ENDS};

		if (values(t, &k)) {
			add_candidate(t, &k, list, &n);
			continue;
		}
		if (affix(t, &from))
			add_candidate(t, &from, list, &n);
		else if (affix(t, &to))
			add_candidate(t, &to, list, &n);
	}
	return n;
}

/* Other hits that meet all of those chosen, and this one if given. */
static size_t hidden(const struct ward_craft_tune *t, const struct candidate *const *chosen,
	size_t n, const struct candidate *k)
{
	size_t ret = 0;

	for (size_t i = 0; i < t->n_hit; i++) {
		size_t m = 0;

		if (t->hit[i].dismissed || (k && !meets(k, &t->hit[i].e)))
			continue;
		while (m < n && meets(chosen[m], &t->hit[i].e))
			m++;
		ret += m == n;
	}
	return ret;
}

/* The best of each question, then what hides less of the rest. */
static size_t choose(const struct ward_craft_tune *t, const struct candidate *list, size_t n,
	const struct candidate **ret)
{
	size_t k = 0;

	for (int role = 0; role < 3; role++) {
		const struct candidate *best = NULL;

		for (size_t i = 0; i < n; i++)
			if (list[i].role == role && (!best || list[i].rank < best->rank))
				best = &list[i];
		if (best)
			ret[k++] = best;
	}
	while (k < ITEMS_MAX) {
		size_t now = k ? hidden(t, ret, k, NULL) : SIZE_MAX, least = now;
		const struct candidate *best = NULL;

		for (size_t i = 0; i < n && now; i++) {
			size_t h = hidden(t, ret, k, &list[i]);

			if (h >= least)
				continue;
			least = h;
			best = &list[i];
		}
		if (!best)
			break;
		ret[k++] = best;
	}
	return k;
}

/* Single-quoted YAML of a Sigma value: wildcards, and backslashes before what they would escape,
 * are escaped. */
static void put_value(struct ward_wr *w, struct ward_str s)
{
	ward_wr_ch(w, '\'');
	for (size_t i = 0; i < s.len; i++) {
		char next = i + 1 < s.len ? s.p[i + 1] : 0;

		if (s.p[i] == '*' || s.p[i] == '?' ||
			(s.p[i] == '\\' && (next == '*' || next == '?' || next == '\\')))
			ward_wr_ch(w, '\\');
		if (s.p[i] == '\'')
			ward_wr_ch(w, '\'');
		ward_wr_ch(w, s.p[i]);
	}
	ward_wr_ch(w, '\'');
}

static void put_item(const struct ward_craft_tune *t, struct ward_wr *w, const struct candidate *k)
{
	static const char *const mod[] = {"", "|startswith", "|endswith"};

	ward_wr_z(w, "    '");
	ward_wr_str(w, ward_name_text(t->c->names, k->field));
	ward_wr_printf(w, "%s': ", mod[k->form]);
	if (k->n > 1)
		ward_wr_ch(w, '[');
	for (size_t i = 0; i < k->n; i++) {
		ward_wr_z(w, i ? ", " : "");
		put_value(w, k->value[i]);
	}
	ward_wr_z(w, k->n > 1 ? "]\n" : "\n");
}

static void put_filter(const struct ward_craft_tune *t, struct ward_wr *w,
	const struct candidate *const *chosen, size_t n)
{
	struct ward_rule_info r = ward_ruleset_rule(t->c->rs, t->rule);
	const struct ward_str source[] = {r.product, r.category, r.service};
	static const char *const key[] = {"product", "category", "service"};
	struct ward_wr body = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_idgen gen;
	char id[WARD_ID_TEXT];

	for (size_t i = 0; i < n; i++)
		put_item(t, &body, chosen[i]);
	ward_idgen_init(&gen, "craft.tune");
	ward_idgen_str(&gen, r.id.len ? r.id : r.name);
	ward_idgen_str(&gen, ward_wr_text(&body));
	ward_id_text(ward_idgen_final(&gen), id);
	ward_wr_z(w, "title: ");
	ward_wr_ch(w, '\'');
	for (size_t i = 0; i < r.title.len; i++)
		ward_wr_printf(w, r.title.p[i] == '\'' ? "''" : "%c", r.title.p[i]);
	ward_wr_printf(w, ", as it is known here'\nid: %s\nstatus: experimental\n", id);
	ward_wr_printf(
		w, "description: Proposed from %zu dismissed hits.\nlogsource:\n", t->n_dismissed);
	for (size_t i = 0; i < WARD_ARRAY_LEN(key); i++)
		if (source[i].len)
			ward_wr_printf(w, "  %s: %.*s\n", key[i], WARD_STR_ARG(source[i]));
	ward_wr_z(w, "filter:\n  rules: ['");
	ward_wr_str(w, r.id.len ? r.id : r.name);
	ward_wr_z(w, "']\n  selection:\n");
	ward_wr_str(w, ward_wr_text(&body));
	ward_wr_z(w, "  condition: not selection\n");
	ward_wr_fini(&body);
}

enum ward_err ward_craft_tune_propose(
	struct ward_craft_tune *t, struct ward_wr *w, enum ward_craft_verdict *ret)
{
	size_t n_other = t->n_hit - t->n_dismissed, n = 0, k = 0;
	const struct candidate *chosen[ITEMS_MAX];
	struct ward_trace r;
	enum ward_err err = WARD_OK;

	*ret = WARD_CRAFT_NO_EVIDENCE;
	if (!t->n_dismissed)
		return WARD_OK;
	*ret = WARD_CRAFT_ALONE;
	if (!n_other && !t->n_other)
		return WARD_OK;
	struct candidate *list = calloc(CANDIDATES_MAX, sizeof(*list));

	if (!list)
		return WARD_ERR_NOMEM;
	t->n_looked = 0;
	for (size_t i = 0; i < t->n_hit && !t->n_looked && !err; i++)
		if (t->hit[i].dismissed)
			err = ward_detector_trace(t->det, &t->hit[i].e, t->rule, note_field, t, &r);
	if (!err) {
		n = candidates(t, list);
		k = choose(t, list, n, chosen);
	}
	*ret = WARD_CRAFT_NOTHING;
	if (k && n_other && hidden(t, chosen, k, NULL) == n_other)
		*ret = WARD_CRAFT_EVERYTHING;
	else if (k)
		*ret = WARD_CRAFT_PROPOSED;
	if (*ret == WARD_CRAFT_PROPOSED)
		put_filter(t, w, chosen, k);
	free(list);
	return err ? err : ward_wr_bad(w) ? WARD_ERR_LIMIT : WARD_OK;
}

enum ward_err ward_craft_tune_verify(struct ward_craft_tune *t, const struct ward_ruleset *rs,
	ward_craft_hidden_fn fn, void *ctx, struct ward_craft_hits *ret)
{
	struct ward_rule_info r = ward_ruleset_rule(t->c->rs, t->rule);
	uint32_t at = ward_ruleset_find(rs, r.id.len ? r.id : r.name);
	struct ward_craft_hits h = {
		.n_dismissed = t->n_dismissed, .n_other = t->n_hit - t->n_dismissed};
	struct ward_detector *det = NULL;

	if (at == WARD_NONE)
		return WARD_ERR_NOT_FOUND;
	enum ward_err err = ward_detector_new(
		rs, t->c->names, t->c->model, t->c->lim, NULL, ward_mem_heap(), &det);

	for (size_t i = 0; i < t->n_hit && !err; i++) {
		uint32_t near = 0;

		err = ward_craft_near(det, &t->hit[i].e, at, &near);
		if (t->hit[i].dismissed) {
			h.n_dismissed_left += near == UINT32_MAX;
		} else if (near != UINT32_MAX) {
			h.n_other_hidden++;
			fn(ctx, t->hit[i].tag, &t->hit[i].e);
		}
	}
	ward_detector_free(det);
	if (!err)
		*ret = h;
	return err;
}
