#include "craft/craft.h"

#include <stdio.h>

enum { PATH_BYTES = 4096 };

enum ward_err ward_craft_document(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str file, uint32_t line, struct ward_diag *d, const struct ward_conf **ret)
{
	char path[PATH_BYTES];
	struct ward_rule_text text = {.file = path};
	int n = snprintf(path, sizeof(path), "%.*s", WARD_STR_ARG(file));

	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_LIMIT;
	enum ward_err err = ward_conf_read(a, lim, path, d, &text.bytes);

	return err ? err : ward_craft_document_of(a, lim, &text, line, d, ret);
}

enum ward_err ward_craft_document_of(struct ward_arena *a, const struct ward_limits *lim,
	const struct ward_rule_text *text, uint32_t line, struct ward_diag *d,
	const struct ward_conf **ret)
{
	const struct ward_conf *docs = NULL;
	enum ward_err err = ward_conf_yaml(a, lim, ward_str_z(text->file), text->bytes, d, &docs);

	for (const struct ward_conf *c = err ? NULL : docs->child; c; c = c->next) {
		if (c->line != line)
			continue;
		*ret = c;
		return WARD_OK;
	}
	return err ? err : WARD_ERR_NOT_FOUND;
}

struct ward_str ward_craft_key(const struct ward_ruleset *rs, size_t i)
{
	struct ward_rule_info r = ward_ruleset_rule(rs, i);

	return r.id.len ? r.id : r.name.len ? r.name : r.title;
}

void ward_craft_below(const struct ward_ruleset *rs, size_t i, bool *in)
{
	size_t n_rule = ward_ruleset_counts(rs).n;
	bool more = true;

	in[i] = true;
	/* Chains are at most eight deep: as many rounds. */
	for (unsigned round = 0; round < 16 && more; round++) {
		more = false;
		for (size_t k = 0; k < n_rule; k++) {
			const uint32_t *member = NULL;
			size_t n = in[k] ? ward_ruleset_members(rs, k, &member) : 0;

			for (size_t m = 0; m < n; m++) {
				more |= !in[member[m]];
				in[member[m]] = true;
			}
		}
	}
}

void ward_craft_leaves(
	const struct ward_ruleset *rs, size_t i, uint32_t *ret, size_t max, size_t *ret_n)
{
	const uint32_t *member = NULL;
	size_t n = ward_ruleset_members(rs, i, &member), at = 0;

	*ret_n = 0;
	if (max)
		ret[(*ret_n)++] = (uint32_t)i;
	/* Each correlation in the list gives way to its members; chains have no circles. */
	while (at < *ret_n) {
		n = ward_ruleset_members(rs, ret[at], &member);
		if (!n) {
			at++;
			continue;
		}
		ret[at] = ret[--*ret_n];
		for (size_t k = 0; k < n && *ret_n < max; k++) {
			size_t seen = 0;

			while (seen < *ret_n && ret[seen] != member[k])
				seen++;
			if (seen == *ret_n)
				ret[(*ret_n)++] = member[k];
		}
	}
}
