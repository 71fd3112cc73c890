#include "sense/log/journald.h"

#include "base/rd.h"
#include "sense/log/field.h"
#include "sense/log/syslog_part.h"

enum { NAME_MAX_BYTES = 64 /* systemd.journal-fields(7) */ };

/* A list of bytes as text; false for any other list. */
static enum ward_err bytes_text(struct ward_event *e, struct ward_value *v)
{
	uint8_t *p = ward_arena_alloc(e->arena, v->n);

	if (!p)
		return WARD_ERR_NOMEM;
	for (uint32_t i = 0; i < v->n; i++) {
		if (v->item[i].kind != WARD_VALUE_INT || v->item[i].i < 0 || v->item[i].i > 255)
			return WARD_OK;
		p[i] = (uint8_t)v->item[i].i;
	}
	*v = ward_value_str((struct ward_str){(const char *)p, v->n});
	return WARD_OK;
}

static enum ward_err repair(struct ward_event *e, struct ward_value *v)
{
	if (v->kind != WARD_VALUE_STR || ward_utf8_valid(ward_str_bytes(v->s), NULL))
		return WARD_OK;
	return ward_syslog_repair(v->s, e->arena, &v->s);
}

static enum ward_err repair_list(struct ward_event *e, struct ward_value *v)
{
	struct ward_value *item = ward_arena_array(e->arena, v->n, sizeof(*item));
	enum ward_err err = item ? WARD_OK : WARD_ERR_NOMEM;

	for (uint32_t i = 0; !err && i < v->n; i++) {
		item[i] = v->item[i];
		err = repair(e, &item[i]);
	}
	if (!err)
		v->item = item;
	return err;
}

static enum ward_err clean(struct ward_event *e, struct ward_value *v)
{
	enum ward_err err = WARD_OK;

	if (v->kind == WARD_VALUE_LIST && v->n)
		err = bytes_text(e, v);
	if (!err && v->kind == WARD_VALUE_LIST)
		return repair_list(e, v);
	return err ? err : repair(e, v);
}

/* The first of the names that has a value. */
static struct ward_str first(
	struct ward_names *names, const struct ward_event *e, const char *const *name, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct ward_str s = ward_event_str(e, ward_name(names, ward_str_z(name[i])));

		if (s.len)
			return s;
	}
	return (struct ward_str){"", 0};
}

static struct ward_str number_word(
	struct ward_str s, uint64_t max, int shift, const char *(*word)(int pri))
{
	uint64_t n;

	if (!ward_str_u64(s, &n) || n > max)
		return (struct ward_str){"", 0};
	return ward_str_z(word((int)n << shift));
}

enum ward_err ward_journald_fields(struct ward_names *names, struct ward_event *e)
{
	static const char *const host[] = {"_HOSTNAME"},
				 *const app[] = {"SYSLOG_IDENTIFIER", "_COMM"},
				 *const procid[] = {"SYSLOG_PID", "_PID"},
				 *const priority[] = {"PRIORITY"},
				 *const facility[] = {"SYSLOG_FACILITY"};
	uint32_t message = ward_name(names, WARD_STR("MESSAGE"));
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < e->n_field; i++) {
		err = clean(e, &e->field[i].v);
		if (e->field[i].name == message && !ward_event_get(e, WARD_FIELD_MESSAGE))
			e->field[i].name = WARD_FIELD_MESSAGE;
	}
	const struct {
		enum ward_field_id id;
		struct ward_str s;
	} set[] = {
		{WARD_FIELD_HOST, first(names, e, host, 1)},
		{WARD_FIELD_APP, first(names, e, app, 2)},
		{WARD_FIELD_PROCID, first(names, e, procid, 2)},
		{WARD_FIELD_SEVERITY,
			number_word(first(names, e, priority, 1), 7, 0, ward_syslog_severity)},
		{WARD_FIELD_FACILITY,
			number_word(first(names, e, facility, 1), 23, 3, ward_syslog_facility)},
	};

	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(set); i++)
		if (set[i].s.len && !ward_event_get(e, set[i].id))
			err = ward_event_set(e, set[i].id, ward_value_str(set[i].s));
	return err;
}

/* Upper-case letters, digits and '_', as the journal lets them in; or the entry's own __ names. */
static bool is_name(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!(s.p[i] >= 'A' && s.p[i] <= 'Z') && !(s.p[i] >= '0' && s.p[i] <= '9') &&
			s.p[i] != '_')
			return false;
	return s.len > 0 && s.len <= NAME_MAX_BYTES;
}

/* The bytes to the next LF, which is taken too; false when there is none. */
static bool take_line(struct ward_rd *r, bool end, struct ward_str *ret)
{
	const uint8_t *p = r->p + r->off;
	const uint8_t *lf = ward_rd_left(r) ? memchr(p, '\n', ward_rd_left(r)) : NULL;
	size_t n = lf ? (size_t)(lf - p) : ward_rd_left(r);

	if (!lf && !end)
		return false;
	*ret = ward_slice_text(ward_rd_bytes(r, n));
	if (lf)
		ward_rd_skip(r, 1);
	return true;
}

enum ward_err ward_journald_entry(struct ward_slice bytes, bool end, size_t max,
	struct ward_names *names, struct ward_event *e, size_t *ret_used)
{
	struct ward_rd r = ward_rd_slice(bytes);
	struct ward_str line;
	enum ward_err err = WARD_OK;

	*ret_used = 0;
	while (!err && ward_rd_left(&r)) { /* each turn takes a line */
		*ret_used = r.off;
		if (!take_line(&r, end, &line))
			return r.len > max ? WARD_ERR_LIMIT : WARD_ERR_MORE;
		if (!line.len) { /* also one of several empty lines between entries */
			*ret_used = r.off;
			return WARD_OK;
		}
		struct ward_str value = line, name = ward_str_cut(&value, '=');

		if (!is_name(name))
			return WARD_ERR_MALFORMED;
		if (!value.p) { /* its length in 64 bits, its bytes, LF */
			uint64_t n = ward_rd_le64(&r);

			if (n > max)
				return ward_rd_bad(&r) && !end ? WARD_ERR_MORE : WARD_ERR_LIMIT;
			value = ward_slice_text(ward_rd_bytes(&r, (size_t)n));
			ward_rd_skip(&r, 1);
			if (ward_rd_bad(&r))
				return end ? WARD_ERR_MALFORMED : WARD_ERR_MORE;
		}
		err = ward_log_add(e, ward_name(names, name), ward_value_str(value));
	}
	if (err)
		return err;
	*ret_used = r.off;
	return end ? WARD_OK : r.len > max ? WARD_ERR_LIMIT : WARD_ERR_MORE;
}
