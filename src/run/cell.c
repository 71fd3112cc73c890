#include "run/cell.h"

#include <stdio.h>
#include <unistd.h>

enum { PATH_BYTES = 8192 };

static size_t on_call(void *ctx, struct ward_str role, ward_ns t, struct ward_str *ret, size_t n)
{
	const struct ward_cell *c = ctx;
	bool known;

	return ward_oncall_at(&c->oncall, c->m, role, t, ret, n, &known);
}

static bool copy(struct ward_arena *a, struct ward_str s, struct ward_str *ret)
{
	*ret = ward_arena_str(a, s);
	return ret->p != NULL;
}

static enum ward_err keep_people(
	struct ward_cell *c, const struct ward_people *people, struct ward_arena *a)
{
	struct ward_api_person *to = ward_arena_array(a, people->n, sizeof(*to));

	if (!to)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < people->n; i++) {
		const struct ward_person *p = &people->p[i];

		if (!copy(a, p->id, &to[i].id) || !copy(a, p->name, &to[i].name))
			return WARD_ERR_NOMEM;
		for (size_t k = 0; k < p->n_role; k++)
			to[i].role[to[i].n_role++] = ward_model_node(c->m, p->role[k])->id;
	}
	for (size_t i = 0; i < people->n; i++)
		c->is.n_factor += people->p[i].totp_file.len > 0;
	c->is.person = to;
	c->is.n_person = people->n;
	return WARD_OK;
}

static enum ward_err load_people(struct ward_cell *c, const char *hospital,
	const struct ward_people_in *in, struct ward_arena *a)
{
	struct ward_people people = {.n = 0};
	enum ward_err err = ward_people_load(in, hospital, &people);

	if (err != WARD_ERR_NOMEM)
		err = keep_people(c, &people, a);
	ward_people_free(&people);
	return err;
}

/* The hospital's own, else the content's. */
static enum ward_err load_country(struct ward_cell *c, const char *hospital, const char *content,
	const struct ward_people_in *in, struct ward_arena *a)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof(path), "%.4000s/playbooks/countries.yml", hospital);
	if (access(path, R_OK) != 0)
		(void)snprintf(path, sizeof(path), "%.4000s/playbooks/countries.yml", content);
	enum ward_err err = ward_playbook_country(
		a, in->lim, path, ward_model_hospital(in->m)->country, in->diag, &c->country);

	if (!err)
		c->is.country = &c->country;
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

static enum ward_err load_law(
	struct ward_cell *c, const struct ward_cell_in *in, struct ward_diag *diag)
{
	char dir[PATH_BYTES];

	(void)snprintf(dir, sizeof(dir), "%.4000s/law", in->content);
	enum ward_err err = ward_law_load(dir, in->hospital, ward_model_hospital(in->m)->country,
		in->arena, in->lim, diag, &c->law);

	if (!err)
		c->is.law = &c->law;
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

static enum ward_err load_processing(
	struct ward_cell *c, const struct ward_cell_in *in, struct ward_diag *diag)
{
	const struct ward_processing_in of = {in->content, in->hospital, in->m, in->lim, in->arena,
		diag, ward_clock_now(ward_clock_system())};

	c->processing = ward_arena_alloc(in->arena, sizeof(*c->processing));
	if (!c->processing)
		return WARD_ERR_NOMEM;
	enum ward_err err = ward_processing_load(&of, c->processing);

	if (!err || err == WARD_ERR_CONFIG) /* what is right of it counts */
		c->is.processing = c->processing;
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

static enum ward_err load_notice(
	struct ward_cell *c, const struct ward_cell_in *in, struct ward_diag *diag)
{
	c->notice = ward_arena_alloc(in->arena, sizeof(*c->notice));
	if (!c->notice)
		return WARD_ERR_NOMEM;
	enum ward_err err = ward_notice_load(in->content, in->lim, in->arena, diag, c->notice);

	if (!err)
		c->is.notice = c->notice;
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

static enum ward_err load_norms(
	struct ward_cell *c, const struct ward_cell_in *in, struct ward_diag *diag)
{
	enum ward_err err = ward_norms_load(in->content, in->arena, in->lim, diag, &c->norms);

	if (!err)
		c->is.norms = &c->norms;
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

enum ward_err ward_cell_load(const struct ward_cell_in *in, struct ward_cell *ret)
{
	struct ward_diag diag;

	*ret = (struct ward_cell){.m = in->m, .is = {.on_call = on_call, .ctx = ret}};
	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_people_in people = {in->m, in->lim, ward_mem_heap(), &diag};
	const struct ward_oncall_in calls = {in->m, in->lim, in->arena, &diag};
	enum ward_err err = load_people(ret, in->hospital, &people, in->arena);

	if (!err)
		err = load_country(ret, in->hospital, in->content, &people, in->arena);
	if (!err && ward_oncall_load(&calls, in->hospital, &ret->oncall) == WARD_ERR_NOMEM)
		err = WARD_ERR_NOMEM;
	if (!err)
		err = load_law(ret, in, &diag);
	if (!err)
		err = load_processing(ret, in, &diag);
	if (!err)
		err = load_notice(ret, in, &diag);
	if (!err)
		err = load_norms(ret, in, &diag);
	ward_diag_fini(&diag);
	return err;
}
