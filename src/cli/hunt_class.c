#include "cli/hunt_class.h"

/* The term of a class, or of what a class begins with up to a dot: "net." of "net.b*". */
static bool term(struct ward_str begin, uint64_t *ret)
{
	char folded[WARD_TERM_BYTES_MAX];

	if (!begin.len || !ward_term_fold(begin, folded))
		return false;
	*ret = ward_term_hash(WARD_TERM_CLASS, ward_slice_of(folded, begin.len));
	return true;
}

/* "net.login", "net.bacnet.*"; of any other wildcard what stands before it counts. */
static void add(void *ctx, struct ward_str glob)
{
	struct ward_hunt_classes *k = ctx;
	size_t n = 0, dot = 0;

	while (n < glob.len && !strchr("*?\\", glob.p[n])) {
		n++;
		dot = glob.p[n - 1] == '.' ? n - 1 : dot;
	}
	struct ward_str text = ward_str_sub(glob, 0, n);
	bool exact = n == glob.len;
	uint64_t hash = 0;

	for (size_t i = 0; i < k->n; i++)
		if (k->at[i].exact == exact && ward_str_eq(k->at[i].text, text))
			return;
	if (k->n == WARD_HUNT_CLASSES_MAX ||
		!term(exact ? text : ward_str_sub(glob, 0, dot), &hash)) {
		k->all = true;
		return;
	}
	k->at[k->n].text = text;
	k->at[k->n].exact = exact;
	k->at[k->n++].hash = hash;
}

void ward_hunt_classes_of(struct ward_hunt_classes *k, const struct ward_ruleset *rs)
{
	*k = (struct ward_hunt_classes){.n = 0};
	for (size_t i = 0; i < ward_ruleset_counts(rs).n; i++) {
		struct ward_rule_info r = ward_ruleset_rule(rs, i);

		if (!r.refused && !r.filter && !r.corr)
			ward_ruleset_classes(rs, i, add, k);
	}
}

bool ward_hunt_classes_may(const struct ward_hunt_classes *k, const struct ward_index *ix)
{
	for (size_t i = 0; i < k->n && !k->all; i++)
		if (ward_index_may_hold(ix, k->at[i].hash))
			return true;
	return k->all;
}

bool ward_hunt_classes_take(const struct ward_hunt_classes *k, struct ward_str class)
{
	for (size_t i = 0; i < k->n && !k->all; i++) {
		struct ward_str text = k->at[i].text;

		if (k->at[i].exact ? ward_str_ieq(class, text)
				   : ward_str_ieq(ward_str_sub(class, 0, text.len), text))
			return true;
	}
	return k->all;
}
