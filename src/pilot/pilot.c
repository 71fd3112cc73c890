/* pilot.yml, and the directory as a whole. */
#include "pilot/pilot.h"

#include "conf/id.h"

enum { NAME_MAX_BYTES = 120, TEXT_MAX_BYTES = 600, ID_MAX = 40, ARENA_BYTES = 256 << 20 };

static const char *const phase_name[WARD_PILOT_PHASES] = {
	"inventory", "shadow", "live", "red-team"};

const char *ward_pilot_phase_name(enum ward_pilot_phase p)
{
	WARD_ASSERT((unsigned)p < WARD_PILOT_PHASES);
	return phase_name[p];
}

void ward_pilot_init(struct ward_pilot *p, const struct ward_mem *mem)
{
	*p = (struct ward_pilot){.worth_micro = 600000,
		.care_micro = 900000,
		.upkeep = 4,
		.usability = 70,
		.complaints = 5};
	ward_arena_init(&p->arena, mem, ARENA_BYTES);
}

void ward_pilot_fini(struct ward_pilot *p)
{
	ward_arena_fini(&p->arena);
}

static bool read_day(
	const struct ward_conf *c, const char *key, struct ward_diag *diag, int64_t *ret)
{
	struct ward_str s = {NULL, 0};

	if (!ward_conf_str(c, key, true, diag, &s))
		return false;
	if (ward_pilot_day(s, ret))
		return true;
	ward_conf_bad(ward_conf_get(c, key), WARD_TEXT("'{name}' is no day"), ward_str_z(key),
		WARD_TEXT("write a day as 2026-09-14"), diag);
	return false;
}

static void read_phases(struct ward_pilot *p, const struct ward_conf *c, struct ward_diag *diag)
{
	static const char *const known[] = {"from", "to", NULL};
	const char *names[WARD_PILOT_PHASES + 1] = {NULL};

	for (unsigned i = 0; i < WARD_PILOT_PHASES; i++) {
		const struct ward_conf *x = ward_conf_get(c, phase_name[i]);

		names[i] = phase_name[i];
		if (!x)
			continue;
		ward_conf_only(x, known, diag);
		if (!read_day(x, "from", diag, &p->phase[i].from) ||
			!read_day(x, "to", diag, &p->phase[i].to))
			continue;
		p->phase[i].known = p->phase[i].to >= p->phase[i].from;
		if (!p->phase[i].known)
			ward_conf_bad(x, WARD_TEXT("the phase '{name}' ends before it begins"),
				ward_str_z(phase_name[i]),
				WARD_TEXT("write `to` at or after `from`"), diag);
	}
	if (c)
		ward_conf_only(c, names, diag);
}

/* An id and a line; false: it was said, or there is no memory (err). */
static enum ward_err read_named(struct ward_pilot *p, const struct ward_conf *c, const char *key,
	struct ward_diag *diag, struct ward_str ret[2])
{
	enum ward_err err = ward_conf_line(c, "id", true, NAME_MAX_BYTES, &p->arena, diag, &ret[0]);

	if (!err)
		err = ward_conf_line(c, key, true, TEXT_MAX_BYTES, &p->arena, diag, &ret[1]);
	if (!err && ret[0].len && !ward_conf_is_id(ret[0], ID_MAX))
		ward_conf_bad(ward_conf_get(c, "id"), WARD_TEXT("'{name}' is no id"), ret[0],
			WARD_TEXT("write lower-case letters, digits and -"), diag);
	return err;
}

static const struct ward_conf *list_of(
	const struct ward_conf *c, const char *key, size_t max, struct ward_diag *diag)
{
	const struct ward_conf *x = ward_conf_get(c, key);

	if (!x || (x->kind == WARD_CONF_SEQ && x->n_child <= max))
		return x;
	ward_conf_bad(x, WARD_TEXT("'{name}' is no list, or too long a one"), ward_str_z(key),
		WARD_TEXT("write `- id: …` for each, at most 32"), diag);
	return NULL;
}

static enum ward_err read_roles(
	struct ward_pilot *p, const struct ward_conf *c, struct ward_diag *diag)
{
	static const char *const known[] = {"id", "name", "most", "hours", NULL};
	const struct ward_conf *list = list_of(c, "roles", WARD_PILOT_ROLES, diag);

	for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next) {
		struct ward_pilot_role *r = &p->role[p->n_role];
		struct ward_str named[2];
		enum ward_err err = read_named(p, x, "name", diag, named);

		if (err)
			return err;
		*r = (struct ward_pilot_role){named[0], named[1], 0, 12};
		ward_conf_only(x, known, diag);
		(void)ward_conf_i64(x, "most", true, diag, 0, 10000, &r->most);
		(void)ward_conf_i64(x, "hours", false, diag, 1, 8760, &r->hours);
		for (size_t i = 0; i < p->n_role; i++)
			if (ward_str_eq(p->role[i].id, r->id))
				ward_conf_bad(x, WARD_TEXT("'{name}' is there twice"), r->id,
					WARD_TEXT("give each an id of its own"), diag);
		p->n_role++;
	}
	return WARD_OK;
}

static enum ward_err read_stop(
	struct ward_pilot *p, const struct ward_conf *c, struct ward_diag *diag)
{
	static const char *const known[] = {"written", "by", "criteria", NULL};
	static const char *const of_one[] = {"id", "text", NULL};

	ward_conf_only(c, known, diag);
	(void)read_day(c, "written", diag, &p->stop_written);
	enum ward_err err =
		ward_conf_line(c, "by", true, NAME_MAX_BYTES, &p->arena, diag, &p->stop_by);
	const struct ward_conf *list = list_of(c, "criteria", WARD_PILOT_CRITERIA, diag);

	for (const struct ward_conf *x = list ? list->child : NULL; x && !err; x = x->next) {
		struct ward_str named[2] = {{NULL, 0}, {NULL, 0}};

		err = read_named(p, x, "text", diag, named);
		if (err)
			break;
		ward_conf_only(x, of_one, diag);
		for (size_t i = 0; i < p->n_criterion; i++)
			if (ward_str_eq(p->criterion[i].id, named[0]))
				ward_conf_bad(x, WARD_TEXT("'{name}' is there twice"), named[0],
					WARD_TEXT("give each an id of its own"), diag);
		p->criterion[p->n_criterion++] = (struct ward_pilot_criterion){named[0], named[1]};
	}
	return err;
}

static void read_aims(struct ward_pilot *p, const struct ward_conf *c, struct ward_diag *diag)
{
	static const char *const known[] = {
		"worth", "care", "upkeep", "usability", "complaints", NULL};

	if (!c)
		return;
	ward_conf_only(c, known, diag);
	(void)ward_conf_degree(c, "worth", false, diag, &p->worth_micro);
	(void)ward_conf_degree(c, "care", false, diag, &p->care_micro);
	(void)ward_conf_i64(c, "upkeep", false, diag, 0, 1000, &p->upkeep);
	(void)ward_conf_i64(c, "usability", false, diag, 0, 100, &p->usability);
	(void)ward_conf_i64(c, "complaints", false, diag, 0, 365, &p->complaints);
}

enum ward_err ward_pilot_read(struct ward_pilot *p, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag)
{
	static const char *const known[] = {
		"pilot", "hospital", "synthetic", "phases", "roles", "aims", "stop", NULL};
	const struct ward_conf *docs = NULL;
	enum ward_err err = ward_conf_yaml(&p->arena, lim, file, text, diag, &docs);

	if (err)
		return err == WARD_ERR_CONFIG ? WARD_OK : err;
	const struct ward_conf *c = docs->child;

	if (!c || c->next || c->kind != WARD_CONF_MAP) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, file, 1,
			WARD_TEXT("a pilot is one map\nbegin as `ward pilot new` does"));
		return WARD_OK;
	}
	ward_conf_only(c, known, diag);
	err = ward_conf_line(c, "pilot", true, NAME_MAX_BYTES, &p->arena, diag, &p->name);
	if (!err)
		err = ward_conf_line(
			c, "hospital", true, NAME_MAX_BYTES, &p->arena, diag, &p->hospital);
	(void)ward_conf_bool(c, "synthetic", false, diag, &p->synthetic);
	read_phases(p, ward_conf_get(c, "phases"), diag);
	read_aims(p, ward_conf_get(c, "aims"), diag);
	if (!err)
		err = read_roles(p, c, diag);
	if (!err && ward_conf_get(c, "stop"))
		err = read_stop(p, ward_conf_get(c, "stop"), diag);
	return err;
}

static enum ward_err load_tables(struct ward_pilot *p, const char *dir,
	const struct ward_limits *lim, struct ward_diag *diag, unsigned first)
{
	struct ward_conf_beside in;
	enum ward_err err = WARD_OK;

	for (unsigned i = first; i < WARD_PILOT_TABLES && !err; i++) {
		enum ward_pilot_table_id id = (enum ward_pilot_table_id)i;

		err = ward_conf_beside(&p->arena, lim, dir, ward_pilot_schema(id)->file, diag, &in);
		if (!err)
			err = ward_pilot_table_read(&p->arena, lim, id, in, diag, &p->table[i]);
	}
	if (!err && !diag->n_error)
		ward_pilot_check(p, diag);
	return err ? err : diag->n_error ? WARD_ERR_CONFIG : WARD_OK;
}

enum ward_err ward_pilot_load_forms(struct ward_pilot *p, const char *dir,
	const struct ward_limits *lim, struct ward_diag *diag)
{
	_Static_assert(
		WARD_PILOT_SUS + 1 == WARD_PILOT_TLX && WARD_PILOT_TLX + 1 == WARD_PILOT_TABLES,
		"the forms are the last tables");
	enum ward_err err = load_tables(p, dir, lim, diag, WARD_PILOT_SUS);

	if (err || p->table[WARD_PILOT_SUS].there || p->table[WARD_PILOT_TLX].there)
		return err;
	ward_diag_addf(diag, WARD_DIAG_ERROR, ward_str_z(dir), 0,
		WARD_TEXT("there is no sus.csv and no tlx.csv\n`ward pilot form sus --format csv` "
			  "begins one"));
	return WARD_ERR_CONFIG;
}

enum ward_err ward_pilot_load(struct ward_pilot *p, const char *dir, const struct ward_limits *lim,
	struct ward_diag *diag)
{
	struct ward_conf_beside in;
	enum ward_err err = ward_conf_beside(&p->arena, lim, dir, "pilot.yml", diag, &in);

	if (!err && !in.path.len) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, ward_str_z(dir), 0,
			WARD_TEXT("there is no pilot.yml\n`ward pilot new` begins one"));
		return WARD_ERR_CONFIG;
	}
	if (!err)
		err = ward_pilot_read(p, lim, in.path, in.bytes, diag);
	return err ? err : load_tables(p, dir, lim, diag, 0);
}
