#include "comply/deletion.h"

enum field { WHAT, OF, RULE, N, BYTES, FROM, TO, FIRST, LAST, REMEMBERED, FIELDS };
static const char *const field[FIELDS] = {"erased.what", "erased.of", "erased.rule", "erased.n",
	"erased.bytes", "erased.from", "erased.to", "erased.first", "erased.last",
	"erased.remembered"};

void ward_deletion_count(struct ward_deletion_tally *t, uint64_t number, ward_ns time, size_t bytes)
{
	if (!t->n) {
		*t = (struct ward_deletion_tally){.first = number, .from = time, .to = time};
		ward_idgen_init(&t->hash, "ward deletion");
	}
	t->n++;
	t->bytes += bytes;
	t->last = number;
	t->from = time < t->from ? time : t->from;
	t->to = time > t->to ? time : t->to;
	ward_idgen_u64(&t->hash, number);
	ward_idgen_u64(&t->hash, (uint64_t)time);
}

void ward_deletion_of_tally(struct ward_deletion_tally *t, struct ward_deletion *d)
{
	d->n = t->n;
	d->bytes = t->bytes;
	d->from = t->from;
	d->to = t->to;
	d->first = t->first;
	d->last = t->last;
	ward_idgen_str(&t->hash, d->what);
	ward_idgen_str(&t->hash, d->of);
	d->id = ward_idgen_final(&t->hash);
}

void ward_deletion_write(struct ward_wr *w, const struct ward_deletion *d)
{
	struct ward_json j = ward_json_on(w);
	char id[WARD_ID_TEXT];

	ward_id_text(d->id, id);
	ward_json_obj(&j);
	ward_json_put_str(&j, "kind", WARD_STR("deletion"));
	ward_json_put_str(&j, "id", ward_str_z(id));
	ward_json_put_u64(&j, "revision", 1);
	ward_json_put_time(&j, "time", d->time);
	ward_json_put_str(&j, "what", d->what);
	ward_json_put_str(&j, "of", d->of);
	ward_json_put_str(&j, "rule", d->rule);
	ward_json_put_u64(&j, "n", d->n);
	if (d->bytes)
		ward_json_put_u64(&j, "bytes", d->bytes);
	ward_json_put_time(&j, "from", d->from);
	ward_json_put_time(&j, "to", d->to);
	ward_json_put_u64(&j, "first", d->first);
	ward_json_put_u64(&j, "last", d->last);
	if (d->remembered)
		ward_json_put_u64(&j, "remembered", d->remembered);
	ward_json_obj_end(&j);
}

enum ward_err ward_deletion_to_event(
	const struct ward_deletion *d, struct ward_names *names, struct ward_event *e)
{
	const struct ward_value v[FIELDS] = {[WHAT] = ward_value_str(d->what),
		[OF] = ward_value_str(d->of),
		[RULE] = ward_value_str(d->rule),
		[N] = ward_value_int((int64_t)d->n),
		[BYTES] = ward_value_int((int64_t)d->bytes),
		[FROM] = ward_value_int(d->from),
		[TO] = ward_value_int(d->to),
		[FIRST] = ward_value_int((int64_t)d->first),
		[LAST] = ward_value_int((int64_t)d->last),
		[REMEMBERED] = ward_value_int((int64_t)d->remembered)};
	enum ward_err err = WARD_OK;

	e->class = ward_name(names, WARD_STR("ward.erased"));
	e->id = d->id;
	e->time = e->seen = d->time;
	for (unsigned i = 0; !err && i < FIELDS; i++)
		err = ward_event_set(e, ward_name(names, ward_str_z(field[i])), v[i]);
	return err;
}

static bool get_int(
	const struct ward_event *e, struct ward_names *names, enum field f, int64_t *ret)
{
	const struct ward_value *v = ward_event_get(e, ward_name(names, ward_str_z(field[f])));

	if (!v || v->kind != WARD_VALUE_INT)
		return false;
	*ret = v->i;
	return true;
}

static struct ward_str get_str(const struct ward_event *e, struct ward_names *names, enum field f)
{
	return ward_event_str(e, ward_name(names, ward_str_z(field[f])));
}

enum ward_err ward_deletion_of_event(
	const struct ward_event *e, struct ward_names *names, struct ward_deletion *ret)
{
	struct ward_deletion d = {.id = e->id, .time = e->time};
	int64_t v[FIELDS] = {0};

	if (!ward_deletion_is_class(ward_name_text(names, e->class)))
		return WARD_ERR_FOREIGN;
	d.what = get_str(e, names, WHAT);
	d.of = get_str(e, names, OF);
	d.rule = get_str(e, names, RULE);
	for (unsigned f = N; f < FIELDS; f++) {
		bool is = get_int(e, names, (enum field)f, &v[f]);

		/* a journal of before does not say the last one */
		if (!is && (f != REMEMBERED ||
				   ward_event_get(e, ward_name(names, ward_str_z(field[f])))))
			return WARD_ERR_MALFORMED;
		if (f != FROM && f != TO && v[f] < 0)
			return WARD_ERR_MALFORMED;
	}
	if (!d.what.len || !d.of.len || !d.rule.len || v[N] == 0 || v[FROM] > v[TO])
		return WARD_ERR_MALFORMED;
	d.n = (uint64_t)v[N];
	d.bytes = (uint64_t)v[BYTES];
	d.from = v[FROM];
	d.to = v[TO];
	d.first = (uint64_t)v[FIRST];
	d.last = (uint64_t)v[LAST];
	d.remembered = (uint64_t)v[REMEMBERED];
	*ret = d;
	return WARD_OK;
}
