/* Incidents that runs are begun for: the last text of each, read when it is asked for. */
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

void drive_forget_incidents(struct ward_drive *d)
{
	for (size_t i = 0; i < d->n_incident; i++)
		drop_text(d, &d->incident[i]);
	ward_mem_free(d->o.mem, d->incident, d->cap_incident * sizeof(*d->incident));
	ward_tab_fini(&d->incident_by_id);
}
