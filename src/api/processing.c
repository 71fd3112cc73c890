/* The hospital's record of processing, for who answers for personal data and for the staff: what of
 * persons is read and computed, why, how long, by which agreement; what does not run and what is
 * missing; what is never done (processing/processing.h). */
#include "api/priv.h"

#include "processing/processing.h"

enum { THINGS = 512, TEXT_BYTES = 4096 };

/* Verdicts as of now; 0 where the hospital's register can't be read. The answer's arena is none, so
 * they are made anew for each. */
static struct ward_proc_verdict *judge(struct api_request *r, size_t *ret_n)
{
	const struct ward_processing *p = r->a->o.cell.processing;
	struct ward_proc_verdict *v = p ? ward_mem_alloc(r->a->o.mem, THINGS * sizeof(*v)) : NULL;
	size_t n = v ? ward_processing_judge(p, r->a->o.model, r->ask->now, v, THINGS) : 0;

	*ret_n = n < THINGS ? n : THINGS;
	return v;
}

static void forget(struct api_request *r, struct ward_proc_verdict *v)
{
	ward_mem_free(r->a->o.mem, v, THINGS * sizeof(*v));
}

typedef void (*say_fn)(
	struct ward_wr *w, struct ward_lang *lang, const struct ward_proc_verdict *v);

static void put_said(
	struct api_request *r, const char *key, say_fn say, const struct ward_proc_verdict *v)
{
	char text[TEXT_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	say(&w, r->lang, v);
	ward_json_put_str(&r->j, key, ward_wr_bad(&w) ? WARD_STR("") : ward_wr_text(&w));
}

static void put_list(struct api_request *r, const char *key, const struct ward_proc_list *l)
{
	ward_json_key(&r->j, key);
	ward_json_arr(&r->j);
	for (size_t i = 0; i < l->n; i++)
		ward_json_str(&r->j, l->at[i]);
	ward_json_arr_end(&r->j);
}

/* By their names; a group that is no role of the hospital's as it was written. */
static void put_roles(struct api_request *r, const struct ward_proc_list *l)
{
	ward_json_key(&r->j, "roles");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < l->n; i++)
		ward_json_str(&r->j, api_role_name(r->a, l->at[i]));
	ward_json_arr_end(&r->j);
}

static void put_thing(struct api_request *r, const struct ward_proc_verdict *v)
{
	static const struct ward_proc_list none = {.n = 0};
	const struct ward_proc_entry *e = v->entry;

	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "id", v->id);
	ward_json_put_str(&r->j, "name", v->source ? v->name : ward_lang_text(r->lang, v->name));
	ward_json_put_str(&r->j, "kind", v->source ? v->source->kind : WARD_STR("analytic"));
	ward_json_put_str(&r->j, "state", ward_str_z(ward_proc_state_name(v->state)));
	put_said(r, "why", ward_processing_say, v);
	put_said(r, "mend", ward_processing_mend, v);
	ward_json_put_str(&r->j, "purpose", ward_proc_purpose(v));
	put_list(r, "basis", ward_proc_basis(v));
	put_list(r, "data", ward_proc_data(v));
	put_list(r, "people", ward_proc_people(v));
	put_list(r, "measures", ward_proc_measures(v));
	put_list(r, "told", e ? &e->recipients : &none);
	put_list(r, "transfers", e ? &e->transfers : &none);
	put_list(r, "processors", e ? &e->processors : &none);
	put_roles(r, e ? &e->roles : &none);
	ward_json_put_str(&r->j, "assessment", e ? e->assessment : WARD_STR(""));
	ward_json_put_str(&r->j, "agreement", v->agreement ? v->agreement->id : WARD_STR(""));
	if (v->kept)
		ward_json_put_u64(&r->j, "kept_s", (uint64_t)(v->kept / WARD_NS_PER_S));
	else
		ward_json_put_null(&r->j, "kept_s");
	ward_json_obj_end(&r->j);
}

static void put_agreements(struct api_request *r, const struct ward_processing *p)
{
	ward_json_key(&r->j, "agreements");
	ward_json_arr(&r->j);
	for (size_t i = 0; p && i < p->n_agreement; i++) {
		const struct ward_proc_agreement *g = &p->agreement[i];

		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "id", g->id);
		ward_json_put_str(&r->j, "with", g->with);
		ward_json_put_str(&r->j, "ref", ward_proc_ref(g));
		ward_json_put_time_or_null(&r->j, "from", g->from);
		ward_json_put_time_or_null(
			&r->j, "until", g->until == WARD_NS_NEVER ? WARD_NS_NEVER : g->until - 1);
		ward_json_put_bool(&r->j, "contract", ward_proc_is_contract(p, g));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

/* Who processes on the hospital's behalf (GDPR 28). */
static void put_processors(struct api_request *r, const struct ward_processing *p)
{
	ward_json_key(&r->j, "processors");
	ward_json_arr(&r->j);
	for (size_t i = 0; p && i < p->n_processor; i++) {
		const struct ward_proc_processor *o = &p->processor[i];
		const struct ward_proc_agreement *g = ward_proc_contract(p, o);

		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "id", o->id);
		ward_json_put_str(&r->j, "name", o->name);
		ward_json_put_str(&r->j, "does", o->does);
		ward_json_put_str(&r->j, "contract", g ? g->id : WARD_STR(""));
		ward_json_put_bool(
			&r->j, "in_force", g && g->from <= r->ask->now && r->ask->now < g->until);
		ward_json_put_str(&r->j, "place", o->place);
		ward_json_put_str(&r->j, "country", o->country);
		ward_json_put_str(&r->j, "instructions", o->instructions);
		put_list(r, "others", &o->others);
		if (o->tells)
			ward_json_put_u64(&r->j, "tells_s", (uint64_t)(o->tells / WARD_NS_PER_S));
		else
			ward_json_put_null(&r->j, "tells_s");
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

void api_processing(struct api_request *r)
{
	const struct ward_processing *p = r->a->o.cell.processing;
	const char *never;
	size_t n = 0;
	struct ward_proc_verdict *v = judge(r, &n);

	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "controller", p ? p->controller : WARD_STR(""));
	ward_json_put_str(&r->j, "contact", p ? p->contact : WARD_STR(""));
	ward_json_put_str(&r->j, "officer", p ? p->officer : WARD_STR(""));
	ward_json_key(&r->j, "things");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n && r->scope.everywhere; i++)
		put_thing(r, &v[i]);
	ward_json_arr_end(&r->j);
	put_agreements(r, p);
	put_processors(r, p);
	ward_json_key(&r->j, "never");
	ward_json_arr(&r->j);
	for (size_t i = 0; (never = ward_processing_never(i)) != NULL; i++)
		ward_json_str(&r->j, ward_lang_text(r->lang, ward_str_z(never)));
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
	forget(r, v);
}

enum ward_err ward_api_processing_check(
	struct ward_api *a, const struct ward_decision *d, struct ward_wr *ret_why)
{
	struct ward_proc_said s = {
		.at = d->at, .until = WARD_NS_NEVER, .of = d->subject, .why = d->text};
	const struct ward_conf *c;
	struct ward_diag diag;
	const char *why;

	if (!a->o.cell.processing) {
		ward_wr_z(ret_why,
			WARD_TEXT(
				"the record of processing can't be read: `ward check` says more"));
		return WARD_ERR_STATE;
	}
	ward_arena_reset(&a->scratch);
	ward_diag_init(&diag, a->o.mem);
	enum ward_err err = ward_conf_json(
		&a->scratch, a->o.lim, WARD_STR("args"), 1, ward_str_bytes(d->args), &diag, &c);

	ward_diag_fini(&diag);
	if (err == WARD_ERR_NOMEM)
		return err;
	why = err ? ward_processing_say_what() : ward_processing_args(c, &s);
	if (!why)
		why = ward_processing_wrong(a->o.cell.processing, a->o.model, &s);
	if (!why)
		return WARD_OK;
	ward_wr_z(ret_why, why);
	return WARD_ERR_CONFIG;
}

/* For the state of sources: what is not as it should be, in words. What was stopped when Ward began
 * is, also where the register says otherwise by now. */
void api_put_register(struct api_request *r)
{
	size_t n = 0;
	struct ward_proc_verdict *v = judge(r, &n);

	ward_json_key(&r->j, "register");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++) {
		if (v[i].state == WARD_PROC_RUNS ||
			!(v[i].source ? api_sees_source(r, v[i].source) : r->scope.everywhere))
			continue;
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "id", v[i].id);
		ward_json_put_str(&r->j, "name",
			v[i].source ? v[i].name : ward_lang_text(r->lang, v[i].name));
		ward_json_put_str(&r->j, "state", ward_str_z(ward_proc_state_name(v[i].state)));
		put_said(r, "why", ward_processing_say, &v[i]);
		put_said(r, "mend", ward_processing_mend, &v[i]);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
	forget(r, v);
}
