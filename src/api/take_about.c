/* What a row is about, for readers of rows of any kind. */
#include "api/take.h"

enum { HOPS_MAX = 16 };

const char *const api_level_name[WARD_RECORD_LEVELS] = {
	"informational", "low", "medium", "high", "critical"};

void take_count(struct ward_api *a, const char *name)
{
	if (a->o.counters)
		ward_count_name(a->o.counters, name, 1);
}

void take_name(char *to, size_t size, struct ward_str s)
{
	size_t n = s.len < size ? s.len : size - 1;

	memcpy(to, s.p ? s.p : "", n);
	to[n] = 0;
}

void *take_find(const struct ward_tab *t, struct ward_id id)
{
	const void *at = ward_tab_find(t, &id);
	void *p = NULL;

	if (at)
		memcpy(&p, at, sizeof(p));
	return p;
}

enum ward_err take_point(struct ward_tab *t, struct ward_id id, void *p)
{
	void *at;
	enum ward_err err = ward_tab_put(t, &id, &at, NULL);

	if (!err)
		memcpy(at, &p, sizeof(p));
	return err;
}

/* ---- what a change is about, for streams ---- */

void take_tell(
	struct ward_api *a, const struct ward_store_row *row, const struct ward_id *of, size_t n)
{
	struct api_change *c = &a->feed[a->n_feed % WARD_API_FEED];
	struct ward_id *own = ward_mem_alloc(a->o.mem, n * sizeof(*own));

	ward_mem_free(a->o.mem, c->incident, c->n_incident * sizeof(*c->incident));
	*c = (struct api_change){.row = row->row,
		.kind = row->kind,
		.id = row->id,
		.incident = own,
		.n_incident = own ? n : 0};
	if (own)
		memcpy(own, of, n * sizeof(*own));
	a->n_feed++;
}

/* ---- what belongs to incidents ---- */

static void add_incident(struct ward_api *a, struct take_group *g, struct ward_id id)
{
	struct api_incident *in = api_incident(a, id);

	for (size_t hop = 0; in && hop < HOPS_MAX; hop++) {
		size_t i = 0;

		while (i < g->n && !ward_id_eq(g->id[i], in->id))
			i++;
		if (i == API_GROUP)
			g->cut = true;
		else if (i == g->n)
			g->id[g->n++] = in->id;
		in = api_is_zero(in->into) ? NULL : api_incident(a, in->into);
	}
}

void take_about(struct ward_api *a, struct take_group *g, struct ward_str text)
{
	struct api_group of;
	struct ward_id id;
	const void *at;

	if (!ward_id_parse(text, &id))
		return;
	add_incident(a, g, id);
	at = ward_tab_find(&a->about, &id);
	if (!at)
		return;
	memcpy(&of, at, sizeof(of));
	for (size_t i = 0; i < of.n; i++)
		add_incident(a, g, of.id[i]);
}

/* From here on what names this id is of these, too. */
enum ward_err take_lead(struct ward_api *a, struct ward_str text, const struct take_group *g)
{
	struct api_group of;
	struct ward_id id;
	void *at;

	if (!g->n || !ward_id_parse(text, &id) || api_incident(a, id))
		return WARD_OK;
	enum ward_err err = ward_tab_put(&a->about, &id, &at, NULL);

	if (err == WARD_ERR_LIMIT) {
		take_count(a, "api.unlinked");
		return WARD_OK;
	}
	if (err)
		return err;
	memcpy(&of, at, sizeof(of));
	struct ward_id *own = ward_mem_alloc(a->o.mem, g->n * sizeof(*own));

	if (!own)
		return WARD_ERR_NOMEM;
	ward_mem_free(a->o.mem, of.id, of.n * sizeof(*of.id));
	memcpy(own, g->id, g->n * sizeof(*own));
	of = (struct api_group){own, g->n};
	memcpy(at, &of, sizeof(of));
	return WARD_OK;
}
