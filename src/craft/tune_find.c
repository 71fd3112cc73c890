/* What dismissed hits have in common, and others have not. */
#include "craft/tune_priv.h"

#include <stdlib.h>

enum { AFFIX_MIN = 6 /* bytes of a common beginning or end */, CANDIDATES_MAX = 512 };

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

static void classify(struct ward_tune_item *k, struct ward_str name)
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

static bool has_value(const struct ward_tune_item *k, struct ward_str s)
{
	for (size_t i = 0; i < k->n; i++) {
		struct ward_str want = k->value[i];
		struct ward_str part = k->form == WARD_TUNE_EQUALS   ? s
				       : k->form == WARD_TUNE_STARTS ? ward_str_sub(s, 0, want.len)
				       : s.len < want.len
					       ? s
					       : ward_str_sub(s, s.len - want.len, want.len);

		if (ward_str_ieq(part, want))
			return true;
	}
	return false;
}

static bool meets(const struct ward_tune_item *k, const struct ward_event *e)
{
	struct ward_str s = plain(ward_event_get(e, k->field));

	return s.len && has_value(k, s);
}

/* The different values of a field in the dismissed hits: false when one has none, or there are more
 * than a list holds. */
static bool values(const struct ward_craft_tune *t, struct ward_tune_item *k)
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
		if (k->n == WARD_TUNE_VALUES)
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
static bool affix(const struct ward_craft_tune *t, struct ward_tune_item *k)
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
		size_t n = common(first, s, k->form == WARD_TUNE_ENDS);

		first = k->form == WARD_TUNE_ENDS ? ward_str_sub(first, first.len - n, n)
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

/* Does the candidate tell the dismissed from others? By a field that the rule itself looks at only
 * when other hits have another value there: else it may be what makes the rule match. */
static bool tells(const struct ward_craft_tune *t, struct ward_tune_item *k)
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

static void add_candidate(const struct ward_craft_tune *t, struct ward_tune_item *k,
	struct ward_tune_item *list, size_t *n)
{
	classify(k, ward_name_text(t->c->names, k->field));
	if (*n < CANDIDATES_MAX && tells(t, k))
		list[(*n)++] = *k;
}

static size_t candidates(const struct ward_craft_tune *t, struct ward_tune_item *list)
{
	const struct ward_event *e = NULL;
	size_t n = 0;

	for (size_t i = 0; i < t->n_hit && !e; i++)
		e = t->hit[i].dismissed ? &t->hit[i].e : NULL;
	for (size_t f = 0; e && f < e->n_field; f++) {
		struct ward_tune_item k = {.field = e->field[f].name, .form = WARD_TUNE_EQUALS};
		struct ward_tune_item from = {.field = k.field, .form = WARD_TUNE_STARTS};
		struct ward_tune_item to = {.field = k.field, .form = WARD_TUNE_ENDS};

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
static size_t hidden(const struct ward_craft_tune *t, const struct ward_tune_item *const *chosen,
	size_t n, const struct ward_tune_item *k)
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
static size_t choose(const struct ward_craft_tune *t, const struct ward_tune_item *list, size_t n,
	const struct ward_tune_item **ret)
{
	size_t k = 0;

	for (int role = 0; role < 3; role++) {
		const struct ward_tune_item *best = NULL;

		for (size_t i = 0; i < n; i++)
			if (list[i].role == role && (!best || list[i].rank < best->rank))
				best = &list[i];
		if (best)
			ret[k++] = best;
	}
	while (k < WARD_TUNE_ITEMS) {
		size_t now = k ? hidden(t, ret, k, NULL) : SIZE_MAX, least = now;
		const struct ward_tune_item *best = NULL;

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

enum ward_err ward_tune_find(const struct ward_craft_tune *t, struct ward_tune_item *ret,
	size_t *ret_n, size_t *ret_hidden)
{
	const struct ward_tune_item *chosen[WARD_TUNE_ITEMS];
	struct ward_tune_item *list = calloc(CANDIDATES_MAX, sizeof(*list));

	if (!list)
		return WARD_ERR_NOMEM;
	size_t n = choose(t, list, candidates(t, list), chosen);

	*ret_hidden = n ? hidden(t, chosen, n, NULL) : 0;
	for (size_t i = 0; i < n; i++)
		ret[i] = *chosen[i];
	*ret_n = n;
	free(list);
	return WARD_OK;
}
