/* Incidents that runs are begun for: the last text of each, read when it is asked for. */
#include "desk/bound.h"
#include "model/within.h"
#include "respond/playbook/drive_priv.h"

enum { INCIDENTS_MAX = 1 << 20 };

static struct drive_incident *find(const struct ward_drive *d, struct ward_id id)
{
	const uint32_t *i = ward_tab_find(&d->incident_by_id, &id);

	return i ? &d->incident[*i] : NULL;
}

static void drop_text(struct ward_drive *d, struct drive_incident *in)
{
	ward_mem_free(d->o.mem, in->text, in->len);
	in->text = NULL;
	in->len = 0;
}

static enum ward_err add(struct ward_drive *d, struct ward_id id, struct drive_incident **ret)
{
	uint32_t at = (uint32_t)d->n_incident;
	void *val;
	enum ward_err err = ward_mem_more(d->o.mem, &d->incident, d->n_incident, &d->cap_incident,
		sizeof(*d->incident), INCIDENTS_MAX);

	if (!err)
		err = ward_tab_put(&d->incident_by_id, &id, &val, NULL);
	if (err)
		return err;
	memcpy(val, &at, sizeof(at));
	d->incident[d->n_incident++] = (struct drive_incident){.id = id};
	*ret = &d->incident[at];
	return WARD_OK;
}

/* Its text is one of the last; the oldest of them goes. */
static void make_recent(struct ward_drive *d, uint32_t at)
{
	uint32_t *slot = &d->recent[d->n_recent % WARD_DRIVE_INCIDENTS];

	if (d->n_recent >= WARD_DRIVE_INCIDENTS)
		drop_text(d, &d->incident[*slot]);
	*slot = at;
	d->n_recent++;
}

enum ward_err ward_drive_incident(struct ward_drive *d, const struct ward_drive_row *row)
{
	struct drive_incident *in = find(d, row->id);
	enum ward_err err = in ? WARD_OK : add(d, row->id, &in);

	if (err == WARD_ERR_LIMIT) { /* it is there, and nothing is known of it */
		if (d->o.counters)
			ward_count_name(d->o.counters, "playbook.incident_limit", 1);
		return WARD_OK;
	}
	if (err || row->revision < in->revision || !row->json.len)
		return err;
	bool is_recent = in->text != NULL;
	char *text = ward_mem_alloc(d->o.mem, row->json.len);

	if (!text)
		return WARD_ERR_NOMEM;
	drop_text(d, in);
	memcpy(text, row->json.p, row->json.len);
	in->text = text;
	in->len = row->json.len;
	in->revision = row->revision;
	if (!is_recent)
		make_recent(d, (uint32_t)(in - d->incident));
	return WARD_OK;
}

static bool is_given(const struct drive_step *s, struct ward_str name)
{
	for (size_t i = 0; i < s->n_value; i++)
		if (ward_str_eq(s->value[i].name, name))
			return true;
	return false;
}

enum ward_err drive_about(struct ward_drive *d, const struct ward_playbook *p, struct drive_step *s)
{
	struct ward_run_value value[WARD_ABOUT_VALUES];
	const struct drive_incident *in;
	struct ward_about about;
	struct ward_id id;

	if (!s->incident.len)
		return WARD_OK;
	in = ward_id_parse(s->incident, &id) ? find(d, id) : NULL;
	if (!in)
		return WARD_ERR_NOT_FOUND;
	if (!d->o.m || !in->text)
		return WARD_OK;
	ward_arena_reset(&d->about);
	enum ward_err err = ward_about_read(
		&d->about, d->o.lim, d->o.mem, (struct ward_str){in->text, in->len}, &about);

	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_OK; /* people give it */
	size_t n = ward_about_values(&about, p, d->o.m, value);

	for (size_t i = 0; i < n && s->n_value < DRIVE_VALUES_MAX; i++)
		if (!is_given(s, value[i].name))
			s->value[s->n_value++] = value[i];
	return WARD_OK;
}

/* A sign's subject is an id of the hospital's, or the address of a thing of it. */
static uint32_t node_of(const struct ward_model *m, struct ward_str subject)
{
	uint32_t node = ward_model_find(m, subject);

	if (node == WARD_NONE)
		node = ward_model_by_key(m, WARD_KEY_IP, subject);
	return node == WARD_NONE ? ward_model_by_key(m, WARD_KEY_MAC, subject) : node;
}

static const struct ward_conf *parse(struct ward_drive *d, const struct drive_incident *in)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	ward_arena_reset(&d->about);
	ward_diag_init(&diag, d->o.mem);
	enum ward_err err = ward_conf_json(&d->about, d->o.lim, WARD_STR("row"), 1,
		ward_slice_of(in->text, in->len), &diag, &c);

	ward_diag_fini(&diag);
	return err ? NULL : c;
}

bool drive_is_at(struct ward_drive *d, struct ward_str incident, struct ward_str places)
{
	static const struct {
		const char *list, *key;
	} of[] = {{"members", "subject"}, {"threats", "asset"}};
	const struct drive_incident *in;
	struct ward_bound at;
	struct ward_id id;
	bool placed = false;

	if (!places.len || !incident.len)
		return true;
	in = ward_id_parse(incident, &id) ? find(d, id) : NULL;
	const struct ward_conf *c = in && in->text ? parse(d, in) : NULL;

	if (!c || !d->o.m)
		return false;
	ward_bound_of(d->o.m, places, &at);
	for (size_t k = 0; k < WARD_ARRAY_LEN(of); k++) {
		const struct ward_conf *list = ward_conf_get(c, of[k].list);

		for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next) {
			uint32_t node = node_of(d->o.m, ward_conf_word(x, of[k].key));

			if (node != WARD_NONE && ward_bound_has(&at, node))
				return true;
			placed = placed || (node != WARD_NONE && ward_model_placed(d->o.m, node));
		}
	}
	return !placed;
}

void drive_forget_incidents(struct ward_drive *d)
{
	for (size_t i = 0; i < d->n_incident; i++)
		drop_text(d, &d->incident[i]);
	ward_mem_free(d->o.mem, d->incident, d->cap_incident * sizeof(*d->incident));
	ward_tab_fini(&d->incident_by_id);
}
