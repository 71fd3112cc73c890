#include "run/proc/desk_people.h"

#include "base/hash.h"
#include "run/desk_client.h"
#include "story/zone.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { NODES_MAX = 1 << 24, NODES_BYTES_MAX = 1 << 30 };

struct desk_people {
	struct {
		bool has_uid;
		uid_t uid;
		struct desk_person who;
	} at[WARD_PEOPLE_MAX];
	size_t n;
	struct ward_intern node, role, source;
	struct ward_law law;
};

/* One that is unknown here gives nothing. */
static uint64_t read_rights(struct ward_str names)
{
	uint64_t all = 0;

	while (names.len) {
		enum ward_right r = ward_right_parse(ward_str_cut(&names, ','));

		all |= r == WARD_RIGHT_N ? 0 : WARD_RIGHT_BIT(r);
	}
	return all;
}

/* NULL: it is nobody. */
static struct desk_person *read_person(struct desk_people *p, struct ward_str rest)
{
	struct ward_str uid = ward_str_cut(&rest, ' ');
	struct desk_person who = {.id = ward_str_cut(&rest, ' ')};
	bool has_uid = !ward_str_eqz(uid, "-");
	uint64_t n = 0;

	who.rights = read_rights(ward_str_cut(&rest, ' '));
	while (rest.len && who.n_role < WARD_PERSON_ROLES)
		who.role[who.n_role++] = ward_str_cut(&rest, ' ');
	if ((has_uid && (!ward_str_u64(uid, &n) || n > UINT32_MAX)) || !who.id.len || !who.n_role ||
		p->n == WARD_PEOPLE_MAX)
		return NULL;
	p->at[p->n].has_uid = has_uid;
	p->at[p->n].uid = (uid_t)n;
	p->at[p->n].who = who;
	return &p->at[p->n++].who;
}

/* Month and day, or days from Easter: as the supervisor read them (law/term.h). */
static void read_holiday(struct ward_law *law, struct ward_str rest)
{
	struct ward_str month = ward_str_cut(&rest, ' ');
	int64_t m, d;

	if (law->n_holiday < WARD_HOLIDAYS && ward_str_i64(month, &m) && ward_str_i64(rest, &d) &&
		m >= 0 && m <= 12 && d >= -366 && d <= 366)
		law->holiday[law->n_holiday++] = (struct ward_holiday){(int)m, (int)d};
}

static struct ward_intern *list_of(struct desk_people *p, struct ward_str what)
{
	return ward_str_eqz(what, "role")     ? &p->role
	       : ward_str_eqz(what, "source") ? &p->source
					      : &p->node;
}

struct desk_people *desk_people_open(struct ward_process *p, int fd)
{
	struct desk_people *all = ward_mem_alloc(ward_mem_heap(), sizeof(*all));
	struct desk_person *last = NULL;
	struct ward_str zone = WARD_STR("UTC");
	struct stat st;
	uint32_t id;

	if (!all || fstat(fd, &st) != 0)
		ward_process_die(p, "people", WARD_ERR_IO);
	size_t len = (size_t)st.st_size;
	void *map = len ? mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;

	if (map == MAP_FAILED)
		ward_process_die(p, "people", WARD_ERR_IO);
	all->n = 0;
	all->law = (struct ward_law){.n_fact = 0};
	ward_intern_init(&all->node, ward_mem_heap(), NODES_MAX, NODES_BYTES_MAX);
	ward_intern_init(&all->role, ward_mem_heap(), NODES_MAX, NODES_BYTES_MAX);
	ward_intern_init(&all->source, ward_mem_heap(), NODES_MAX, NODES_BYTES_MAX);
	for (struct ward_str text = {map, len}; text.len;) {
		struct ward_str line = ward_str_cut(&text, '\n'), what = ward_str_cut(&line, ' ');

		if (ward_str_eqz(what, "person"))
			last = read_person(all, line);
		else if (last && ward_str_eqz(what, "at"))
			last->places = line;
		else if (ward_str_eqz(what, "fact") && all->law.n_fact < WARD_LAW_FACTS)
			all->law.fact[all->law.n_fact++].id = line;
		else if (ward_str_eqz(what, "rule") && all->law.n_rule < WARD_LAW_RULES)
			all->law.rule[all->law.n_rule++].id = line;
		else if (ward_str_eqz(what, "field") && all->law.n_field < WARD_LAW_FIELDS)
			all->law.field[all->law.n_field++].id = line;
		else if (ward_str_eqz(what, "form") && all->law.n_form < WARD_LAW_FORMS)
			all->law.form[all->law.n_form++].id = line;
		else if (ward_str_eqz(what, "holiday"))
			read_holiday(&all->law, line);
		else if (ward_str_eqz(what, "zone"))
			zone = line;
		else if (ward_intern_put(list_of(all, what), line, &id) == WARD_ERR_NOMEM)
			ward_process_die(p, "people", WARD_ERR_NOMEM);
	}
	/* now, for in the cage there are no files; if it can't be, by working days of UTC */
	if (ward_zone_use(zone) != WARD_OK)
		ward_count_name(&p->counters, "desk.no_zone", 1);
	return all; /* what it says is in the mapped file */
}

const struct ward_law *desk_people_law(const struct desk_people *p)
{
	return &p->law;
}

const struct desk_person *desk_people_user(const struct desk_people *p, uid_t uid)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->at[i].has_uid && p->at[i].uid == uid)
			return &p->at[i].who;
	return NULL;
}

const struct desk_person *desk_people_id(const struct desk_people *p, struct ward_str id)
{
	for (size_t i = 0; i < p->n; i++)
		if (ward_str_eq(p->at[i].who.id, id))
			return &p->at[i].who;
	return NULL;
}

bool desk_people_place(const struct desk_people *p, struct ward_str id)
{
	return ward_intern_find(&p->node, id) != WARD_NONE;
}

bool desk_people_source(const struct desk_people *p, struct ward_str id)
{
	return ward_intern_find(&p->source, id) != WARD_NONE;
}

bool desk_people_role(const struct desk_people *p, struct ward_str id)
{
	return ward_intern_find(&p->role, id) != WARD_NONE;
}

bool desk_person_role(const struct desk_person *p, struct ward_str *role, char *why, size_t len)
{
	struct ward_wr w = ward_wr_fixed(why, len - 1);

	if (ward_str_eqz(*role, WARD_DESK_WHOEVER))
		*role = p->role[0];
	for (size_t i = 0; i < p->n_role; i++)
		if (ward_str_eq(p->role[i], *role))
			return true;
	ward_wr_printf(&w, "'%.*s' has not the role '%.*s'; theirs:", WARD_STR_ARG(p->id),
		(int)(role->len < 64 ? role->len : 64), role->p);
	for (size_t i = 0; i < p->n_role && len - w.len > p->role[i].len + 2; i++) {
		ward_wr_ch(&w, ' ');
		ward_wr_str(&w, p->role[i]);
	}
	why[w.len] = 0;
	return false;
}
