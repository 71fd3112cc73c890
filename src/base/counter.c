#include "base/counter.h"

#include <stdlib.h>

void ward_counters_init(struct ward_counters *c)
{
	*c = (struct ward_counters){.n = 0};
}

size_t ward_counter(struct ward_counters *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->name[i] == name || strcmp(c->name[i], name) == 0)
			return i;
	WARD_ASSERT(c->n < WARD_COUNTER_MAX);
	c->name[c->n] = name;
	c->value[c->n] = 0;
	return c->n++;
}

void ward_count_name(struct ward_counters *c, const char *name, uint64_t by)
{
	c->value[ward_counter(c, name)] += by;
}

uint64_t ward_counter_get(const struct ward_counters *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->name[i], name) == 0)
			return c->value[i];
	return 0;
}

struct row {
	const char *name;
	uint64_t value;
};

static int row_cmp(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->name, ((const struct row *)b)->name);
}

void ward_counters_json(const struct ward_counters *c, const char *prefix, struct ward_json *j)
{
	struct row row[WARD_COUNTER_MAX];
	size_t n = 0, skip = strlen(prefix);

	for (size_t i = 0; i < c->n; i++)
		if (c->value[i] && strncmp(c->name[i], prefix, skip) == 0)
			row[n++] = (struct row){c->name[i] + skip, c->value[i]};
	if (n)
		qsort(row, n, sizeof(*row), row_cmp);
	ward_json_obj(j);
	for (size_t i = 0; i < n; i++) {
		ward_json_key(j, row[i].name);
		ward_json_u64(j, row[i].value);
	}
	ward_json_obj_end(j);
}
