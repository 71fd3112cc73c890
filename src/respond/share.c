/* What a recipient may be told: content/sharing.yml, as for what is exported (exchange/share.h). */
#include "respond/message.h"
#include "respond/also.h"

static void give(const struct incident *in, struct ward_exchange_incident *x)
{
	x->id = in->id;
	x->name = (struct ward_headline){
		in->title, in->on, in->effect, in->effect_on, in->effect_more};
	x->state = in->state;
	x->domain = in->kind;
	x->step_role = in->role;
	x->step_reach = in->reach;
	x->step_text = in->step;
	x->sign->title = in->title;
	x->sign->where = in->where;
	for (size_t i = 0; i < in->n_care; i++)
		x->impact[i] = (struct ward_exchange_impact){.asset = in->care[i].asset,
			.name = in->care[i].name,
			.threat_name = in->care[i].threat_name};
}

static void take(const struct ward_exchange_incident *x, struct incident *in)
{
	in->title = x->name.what;
	in->on = x->name.on;
	in->effect = x->name.effect;
	in->effect_on = x->name.effect_on;
	in->state = x->state;
	in->kind = x->domain;
	in->role = x->step_role;
	in->reach = x->step_reach;
	in->step = x->step_text;
	in->where = x->sign->where;
	for (size_t i = 0; i < x->n_impact; i++) {
		in->care[i].asset = x->impact[i].asset;
		in->care[i].name = x->impact[i].name;
		in->care[i].threat_name = x->impact[i].threat_name;
	}
}

/* A copy of the incident, and the same as exchange knows it. */
static bool copy(struct ward_arena *a, const struct incident *in, struct incident *to,
	struct ward_exchange_incident *x)
{
	struct care *care = ward_arena_array(a, in->n_care + 1, sizeof(*care));

	*x = (struct ward_exchange_incident){.n_sign = 1, .n_impact = in->n_care};
	x->sign = ward_arena_array(a, 1, sizeof(*x->sign));
	x->impact = ward_arena_array(a, in->n_care + 1, sizeof(*x->impact));
	if (!care || !x->sign || !x->impact)
		return false;
	*to = *in;
	if (in->n_care)
		memcpy(care, in->care, in->n_care * sizeof(*care));
	to->care = care;
	give(in, x);
	return true;
}

/* What is new of an item, as an incident of its own: it has a name, a place and a step as one. */
static bool copy_also(struct ward_arena *a, const struct also *also, struct also **to,
	struct ward_exchange_incident *x)
{
	*x = (struct ward_exchange_incident){.name = {.what = also->title, .on = also->on},
		.step_role = also->role,
		.step_reach = also->reach,
		.step_text = also->step,
		.n_sign = 1};
	x->sign = ward_arena_array(a, 1, sizeof(*x->sign));
	*to = ward_arena_array(a, 1, sizeof(**to));
	if (!x->sign || !*to)
		return false;
	**to = *also;
	x->sign->title = also->title;
	x->sign->where = also->where;
	return true;
}

static void take_also(const struct ward_exchange_incident *x, struct also *also)
{
	also->title = x->name.what;
	also->on = x->name.on;
	also->where = x->sign->where;
	also->role = x->step_role;
	also->reach = x->step_reach;
	also->step = x->step_text;
}

bool respond_share(struct ward_respond *r, size_t listener, size_t n, struct shown *ret)
{
	struct ward_arena *a = &r->scratch;
	struct ward_exchange x = {.arena = a, .n_incident = n};
	struct also *also;
	struct ward_shared did;
	struct ward_diag diag;
	struct incident *copies;

	ward_arena_reset(a);
	copies = ward_arena_array(a, n, sizeof(*copies));
	ret->item = ward_arena_array(a, n, sizeof(*ret->item));
	x.incident = ward_arena_array(a, 2 * n, sizeof(*x.incident));
	if (!copies || !ret->item || !x.incident)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!copy(a, r->item[i].in, &copies[i], &x.incident[i]))
			return false;
		ret->item[i] = r->item[i];
		ret->item[i].in = &copies[i];
		if (!ret->item[i].also)
			continue;
		if (!copy_also(a, ret->item[i].also, &also, &x.incident[x.n_incident]))
			return false;
		ret->item[i].also = also;
		x.n_incident++;
	}
	ward_diag_init(&diag, r->o.mem);
	enum ward_err err =
		ward_share(r->o.sharing, &r->o.listener[listener].share, &x, r->o.mem, &diag, &did);

	ward_diag_fini(&diag);
	if (err)
		return false;
	for (size_t i = 0; i < n; i++)
		take(&x.incident[i], &copies[i]);
	for (size_t i = 0, at = n; i < n; i++)
		if (ret->item[i].also) /* the copy of above */
			take_also(&x.incident[at++], (struct also *)(uintptr_t)ret->item[i].also);
	ret->care = did.why[WARD_SHARE_IMPACT] == WARD_SHARE_LEAVES;
	ret->cameras = did.why[WARD_SHARE_PLACE] == WARD_SHARE_LEAVES &&
		       did.why[WARD_SHARE_ASSET] == WARD_SHARE_LEAVES;
	ret->roles = did.why[WARD_SHARE_STEP] == WARD_SHARE_LEAVES;
	ret->tlp = x.tlp;
	ward_shared_fini(&did);
	return true;
}
