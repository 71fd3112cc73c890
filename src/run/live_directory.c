/* The hospital's own directory of people: its process, what `login` is told of it, and the roster
 * by which people go on while it is out of reach. */
#include "run/live_people.h"

#include "desk/profiles.h"
#include "run/signers.h"
#include "run/signing_direct.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { AT_ONCE = WARD_ONCALL_AT_ONCE };

/* Whoever begins within the hour signs in before, and hands over after. */
static const ward_ns about = 3600 * WARD_NS_PER_S;

enum ward_err live_find_directory(struct live *l)
{
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_directory_in in = {l->m, &l->people, l->o->lim, ward_mem_heap(), &diag};
	enum ward_err err = ward_directory_load(&in, l->o->dir, &l->directory);

	ward_diag_sort(&diag);
	if (err == WARD_ERR_CONFIG && diag.n)
		(void)snprintf(l->why, WARD_LIVE_WHY, "%.*s:%u: %.*s; %.*s",
			WARD_STR_ARG(diag.item[0].file), diag.item[0].line,
			WARD_STR_ARG(diag.item[0].what), WARD_STR_ARG(diag.item[0].mend));
	else if (err)
		err = live_because(l, err, WARD_DIRECTORY_FILE);
	ward_diag_fini(&diag);
	if (!err && l->directory.kind && l->o->scenario)
		WARD_LOG(l->o->log, WARN, "supervisor.directory",
			WARD_KV_Z("why", "a played hospital is in a network of its own, where "
					 "the directory can't be reached: accounts are those of "
					 "Ward"));
	return err;
}

bool live_has_directory(const struct live *l)
{
	return l->directory.kind != WARD_DIRECTORY_NONE && !l->o->scenario;
}

/* ---- what login is told ---- */

static struct ward_str id_of(const struct live *l, uint32_t node)
{
	return ward_model_node(l->m, node)->id;
}

static void put_group(struct ward_wr *w, const struct live *l, const struct ward_profiles *rights,
	const struct ward_directory_group *g)
{
	struct ward_session s = {.person = g->name,
		.n_role = g->gives.n_role,
		.n_place = g->gives.n_place,
		.rights = ward_profiles_rights(rights, l->m, &g->gives)};

	for (size_t i = 0; i < g->gives.n_role; i++)
		s.role[i] = id_of(l, g->gives.role[i]);
	for (size_t i = 0; i < g->gives.n_place; i++)
		s.place[i] = id_of(l, g->gives.place[i]);
	ward_signers_put_group(w, &s);
}

void live_put_directory(struct ward_wr *w, const struct live *l, const struct ward_profiles *rights)
{
	if (!live_has_directory(l))
		return;
	ward_signers_put_directory(w, &l->directory);
	for (size_t i = 0; i < l->directory.n_group; i++)
		put_group(w, l, rights, &l->directory.group[i]);
	for (size_t i = 0; i < l->people.n; i++)
		if (l->people.p[i].way[WARD_PERSON_MAIL].len)
			ward_signers_put_name(
				w, l->people.p[i].way[WARD_PERSON_MAIL], l->people.p[i].id);
}

/* ---- the roster ---- */

static bool is_on_call(const struct live *l, const struct ward_oncall *o, struct ward_str role,
	ward_ns t, const struct ward_person *p)
{
	struct ward_str who[AT_ONCE];
	bool known;
	size_t n = ward_oncall_at(o, l->m, role, t, who, AT_ONCE, &known);

	for (size_t i = 0; i < n && i < AT_ONCE; i++)
		if (ward_str_eq(who[i], p->id) || ward_str_eq(who[i], p->name))
			return true;
	return false;
}

static bool is_on_duty(
	const struct live *l, const struct ward_oncall *o, const struct ward_person *p, ward_ns now)
{
	for (size_t i = 0; i < o->n; i++)
		for (int k = -1; k <= 1; k++)
			if (is_on_call(l, o, o->line[i].role, now + k * about, p))
				return true;
	return false;
}

/* An empty first line says that there is a roster. Written over in place: who reads it in the midst
 * of that has it right half a minute later. */
static void put_roster(void *ctx, const struct ward_oncall *o)
{
	struct live *l = ctx;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_ROSTER_BYTES);
	ward_ns now = ward_clock_now(l->o->clock);

	if (o->n)
		ward_wr_ch(&w, '\n');
	for (size_t i = 0; o->n && i < l->people.n; i++)
		if (is_on_duty(l, o, &l->people.p[i], now)) {
			ward_wr_str(&w, l->people.p[i].id);
			ward_wr_ch(&w, '\n');
		}
	bool ok = !ward_wr_bad(&w) && pwrite(l->roster, w.p, w.len, 0) == (ssize_t)w.len &&
		  ftruncate(l->roster, (off_t)w.len) == 0;

	if (!ok)
		WARD_LOG(l->o->log, ERROR, "directory.roster", WARD_KV_E(WARD_ERR_IO));
	ward_wr_fini(&w);
}

static enum ward_err hand_roster(struct live *l)
{
	int fd;

	l->roster = memfd_create("roster", MFD_CLOEXEC);
	fd = l->roster < 0 ? -1 : fcntl(l->roster, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return live_because(l, WARD_ERR_IO, "a file in memory");
	enum ward_err err = ward_supervisor_hand(l->s, l->number[P_LOGIN], "roster", fd);

	if (err)
		(void)close(fd);
	l->oncall.read = 0; /* at once, not in a minute */
	l->oncall.on_roster = put_roster;
	l->oncall.of_roster = l;
	return err;
}

/* ---- its process ---- */

enum ward_err live_set_directory(struct live *l)
{
	const struct ward_directory *d = &l->directory;
	size_t number = l->number[P_DIRECTORY];
	enum ward_err err;

	if (!l->used[P_DIRECTORY])
		return WARD_OK;
	err = live_tell(l, number, "hospital", ward_str_z(l->o->dir));
	if (!err)
		err = live_tell(l, number, "content", ward_str_z(l->o->content));
	if (!err)
		err = live_tell(l, number, "lang", ward_lang_code(l->o->lang));
	if (!err && d->certificate.len)
		err = live_tell_file(l, number, "certificate", d->certificate);
	if (!err && d->secret_file.len)
		err = live_tell_file(l, number, "secret_file", d->secret_file);
	if (!err)
		err = hand_roster(l);
	return err ? err : ward_supervisor_link(l->s, number, l->number[P_LOGIN]);
}
