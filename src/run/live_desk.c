/* The desk: who may decide, of this machine's users, and the socket at which they do. */
#include "run/live_people.h"

#include "desk/profiles.h"
#include "law/law.h"
#include "run/desk_client.h"
#include "run/local.h"

#include <stdio.h>
#include <unistd.h>

enum { TEXT_BYTES = 1 << 30 };

enum ward_err live_find_people(struct live *l)
{
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_people_in in = {l->m, l->o->lim, ward_mem_heap(), &diag};
	enum ward_err err = ward_people_load(&in, l->o->dir, &l->people);

	ward_diag_sort(&diag);
	if (err == WARD_ERR_CONFIG && diag.n)
		(void)snprintf(l->why, WARD_LIVE_WHY, "%.*s:%u: %.*s; %.*s",
			WARD_STR_ARG(diag.item[0].file), diag.item[0].line,
			WARD_STR_ARG(diag.item[0].what), WARD_STR_ARG(diag.item[0].mend));
	else if (err)
		err = live_because(l, err, WARD_PEOPLE_FILE);
	for (size_t i = 0; !err && i < diag.n; i++)
		WARD_LOG(l->o->log, WARN, "supervisor.people", WARD_KV_U("line", diag.item[i].line),
			WARD_KV_S("what", diag.item[i].what), WARD_KV_S("mend", diag.item[i].mend));
	ward_diag_fini(&diag);
	/* before a namespace of its own: there the names of users are others' */
	for (size_t i = 0; !err && i < l->people.n; i++)
		if (!ward_person_uid(&l->people.p[i], &l->person_uid[i]))
			l->person_uid[i] = (uid_t)-1;
	l->own_uid = geteuid();
	return err;
}

/* The number by which the processes see that user: where one user was mapped into a namespace, it
 * is root there, and others are nobody. */
static uid_t seen_as(const struct live *l, uid_t uid)
{
	if (!l->o->scenario || l->n_uid > 1)
		return uid;
	return uid == l->own_uid ? 0 : (uid_t)-1;
}

/* What can be said for the law; nothing where its rules can't be read, which `ward check` tells. */
static void put_law(struct live *l, struct ward_wr *w)
{
	char dir[4096];
	struct ward_law *law = ward_mem_alloc(ward_mem_heap(), sizeof(*law));
	struct ward_arena a;
	struct ward_diag diag;

	ward_arena_init(&a, ward_mem_heap(), TEXT_BYTES);
	ward_diag_init(&diag, ward_mem_heap());
	(void)snprintf(dir, sizeof(dir), "%.4000s/law", l->o->content);
	enum ward_err err = law ? ward_law_load(dir, l->o->dir, ward_model_hospital(l->m)->country,
					  &a, l->o->lim, &diag, law)
				: WARD_ERR_NOMEM;

	for (size_t i = 0; !err && i < law->n_fact; i++)
		ward_wr_printf(w, "fact %.*s\n", WARD_STR_ARG(law->fact[i].id));
	for (size_t i = 0; !err && i < law->n_rule; i++)
		ward_wr_printf(w, "rule %.*s\n", WARD_STR_ARG(law->rule[i].id));
	for (size_t i = 0; !err && i < law->n_field; i++)
		ward_wr_printf(w, "field %.*s\n", WARD_STR_ARG(law->field[i].id));
	for (size_t i = 0; !err && i < law->n_form; i++)
		ward_wr_printf(w, "form %.*s\n", WARD_STR_ARG(law->form[i].id));
	for (size_t i = 0; !err && i < law->n_holiday; i++)
		ward_wr_printf(w, "holiday %d %d\n", law->holiday[i].month, law->holiday[i].day);
	ward_wr_printf(w, "zone %.*s\n", WARD_STR_ARG(ward_model_hospital(l->m)->timezone));
	if (err)
		WARD_LOG(l->o->log, WARN, "supervisor.law", WARD_KV_E(err),
			WARD_KV_S("what", diag.n ? diag.item[0].what : WARD_STR("")));
	ward_diag_fini(&diag);
	ward_arena_fini(&a);
	ward_mem_free(ward_mem_heap(), law, sizeof(*law));
}

static void put_rights(struct ward_wr *w, uint64_t rights)
{
	const char *between = " ";

	for (unsigned r = 0; r < WARD_RIGHT_N; r++)
		if (rights & WARD_RIGHT_BIT(r)) {
			ward_wr_printf(w, "%s%s", between, ward_right_name((enum ward_right)r));
			between = ",";
		}
	ward_wr_z(w, rights ? "" : " -");
}

static void put_sources(const struct live *l, struct ward_wr *w)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(l->m, &n);

	for (size_t i = 0; i < n; i++)
		ward_wr_printf(w, "source %.*s\n", WARD_STR_ARG(s[i].id));
}

static enum ward_err put_people(struct live *l, size_t number)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT_BYTES);
	struct ward_profiles rights;
	enum ward_err err = live_load_rights(l, &rights);

	for (size_t i = 0; !err && i < l->people.n; i++) {
		const struct ward_person *p = &l->people.p[i];
		uid_t uid = seen_as(l, l->person_uid[i]);

		if (uid == (uid_t)-1)
			ward_wr_printf(&w, "person - %.*s", WARD_STR_ARG(p->id));
		else
			ward_wr_printf(&w, "person %u %.*s", (unsigned)uid, WARD_STR_ARG(p->id));
		put_rights(&w, ward_profiles_rights(&rights, l->m, p));
		for (size_t k = 0; k < p->n_role; k++)
			ward_wr_printf(
				&w, " %.*s", WARD_STR_ARG(ward_model_node(l->m, p->role[k])->id));
		ward_wr_z(&w, p->n_place ? "\nat" : "");
		for (size_t k = 0; k < p->n_place; k++)
			ward_wr_printf(
				&w, " %.*s", WARD_STR_ARG(ward_model_node(l->m, p->place[k])->id));
		ward_wr_ch(&w, '\n');
	}
	ward_profiles_free(&rights);
	put_law(l, &w);
	for (uint32_t i = 0; i < ward_model_n(l->m); i++) {
		const struct ward_node *n = ward_model_node(l->m, i);

		if (n->kind == WARD_NODE_ROLE)
			ward_wr_printf(&w, "role %.*s\n", WARD_STR_ARG(n->id));
		else if (n->kind != WARD_NODE_SERVICE)
			ward_wr_printf(&w, "node %.*s\n", WARD_STR_ARG(n->id));
	}
	put_sources(l, &w);
	if (!err)
		err = ward_wr_bad(&w) ? WARD_ERR_NOMEM : live_hand_text(l, number, "people", &w);

	ward_wr_fini(&w);
	return err;
}

/* Whom to ask for a still of a camera: lines "K ID", and a link with each. */
static enum ward_err put_cameras(struct live *l, size_t number)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT_BYTES);
	enum ward_err err = WARD_OK;

	for (size_t k = 0; !err && k < l->n_camera; k++) {
		const struct ward_source *s = l->camera[k].source;

		for (size_t i = 0; i < s->n_watches; i++)
			ward_wr_printf(&w, "%zu %.*s\n", k,
				WARD_STR_ARG(ward_model_node(l->m, s->watches[i])->id));
		err = ward_supervisor_link(l->s, number, l->camera[k].video);
	}
	if (!err)
		err = ward_wr_bad(&w) ? WARD_ERR_NOMEM : live_hand_text(l, number, "cameras", &w);
	ward_wr_fini(&w);
	return err;
}

enum ward_err live_set_desk(struct live *l)
{
	size_t number = l->number[P_DESK];
	int fd;
	enum ward_err err = ward_local_listen(l->o->state, WARD_DESK_SOCKET, WARD_LOCAL_GROUP, &fd);

	if (err)
		return live_because(l, err, "the desk's socket in the state folder");
	err = ward_supervisor_hand(l->s, number, "listener", fd);
	if (err) {
		(void)close(fd);
		return err;
	}
	err = put_people(l, number);
	if (!err)
		err = put_cameras(l, number);
	if (!err)
		err = live_set_pseudonym(l);
	if (!err)
		err = ward_supervisor_link(l->s, number, l->number[P_STORE]);
	return err ? err : ward_supervisor_link(l->s, number, l->number[P_JOURNAL]);
}
