/* Templates of all exporters, each with its age: over UDP they are sent again and again, and one
 * that is not sent any more must not be used (RFC 7011 8.4, RFC 3954 9). */
#include "sense/flow/priv.h"

static struct ward_template_key key_of(const struct ward_export *x, uint16_t id)
{
	return (struct ward_template_key){.domain = x->key, .id = id};
}

struct ward_template *ward_template_find(struct ward_export *x, uint16_t id)
{
	struct ward_template_key key = key_of(x, id);
	struct ward_template *t = ward_tab_find(&x->templates, &key);
	ward_ns max = (ward_ns)ward_limit(x->lim, WARD_LIMIT_FLOW_TEMPLATE_AGE) * WARD_NS_PER_S;

	if (!t)
		return NULL;
	/* as unsigned numbers: times come from a capture and may be anything */
	if ((int64_t)((uint64_t)x->d->seen - (uint64_t)t->defined) > max) {
		x->count[WARD_EXPORT_TEMPLATE_EXPIRED]++;
		(void)ward_tab_del(&x->templates, &key);
		return NULL;
	}
	t->used = x->d->seen;
	return t;
}

/* The least recently used one leaves. O(templates), so once per datagram: one may hold thousands of
 * templates. */
static void evict(struct ward_export *x)
{
	struct ward_template_key key = {0};
	const struct ward_template *oldest = NULL;
	const void *k;
	void *v;

	for (size_t at = 0; ward_tab_next(&x->templates, &at, &k, &v);) {
		const struct ward_template *t = v;

		if (oldest && t->used > oldest->used)
			continue;
		oldest = t;
		memcpy(&key, k, sizeof(key));
	}
	if (ward_tab_del(&x->templates, &key))
		x->count[WARD_EXPORT_TEMPLATE_EVICTED]++;
}

void ward_template_define(struct ward_export *x, uint16_t id)
{
	struct ward_template_key key = key_of(x, id);
	void *v = ward_tab_find(&x->templates, &key);

	if (!v && x->templates.n == x->templates.max) {
		if (x->made_room) {
			x->count[WARD_EXPORT_TEMPLATE_REFUSED]++;
			return;
		}
		evict(x);
		x->made_room = true;
	}
	if (!v && ward_tab_put(&x->templates, &key, &v, NULL) != WARD_OK) {
		x->count[WARD_EXPORT_NOMEM]++;
		return;
	}
	x->scratch.defined = x->scratch.used = x->d->seen;
	memcpy(v, &x->scratch, sizeof(x->scratch));
	x->count[WARD_EXPORT_TEMPLATES]++;
}
