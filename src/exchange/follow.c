#include "exchange/follow.h"

#include <stdlib.h>

enum { ARENA_BYTES = 64 << 20 };

/* The revision, as in exports, until a forecast is revised: then both, so that no export of a later
 * revision has the same id. `changed` is a second past `sent` for each (exchange.h). */
static uint32_t number_of(const struct ward_exchange_incident *i)
{
	ward_ns further = (i->changed - i->sent) / WARD_NS_PER_S;

	further = further < UINT16_MAX ? further : UINT16_MAX;
	return further ? (i->revision << 16 | (uint32_t)further) : i->revision;
}

/* Behind what the recipient has in any case, also when records between were forgotten. */
static enum ward_err take_number(const struct ward_follow *f, struct ward_exchange *x)
{
	struct ward_exchange_incident *i = &x->incident[0];
	const struct ward_edition *told = &f->told;
	ward_ns next;

	i->revision = number_of(i);
	i->sent = i->changed;
	i->n_before = 0;
	i->told = WARD_NS_NEVER;
	i->told_revision = told->number;
	if (!told->number)
		return WARD_OK;
	i->revision = i->revision > told->number ? i->revision : told->number + 1;
	if (ward_add(told->sent, WARD_NS_PER_S, &next))
		i->sent = i->sent > next ? i->sent : next;
	i->changed = i->sent;
	struct ward_exchange_before *b = ward_arena_array(x->arena, 1, sizeof(*b));

	if (!b)
		return WARD_ERR_NOMEM;
	*b = (struct ward_exchange_before){told->number, told->sent};
	i->told = told->sent;
	i->before = b;
	i->n_before = 1;
	return WARD_OK;
}

static int by_weight(const void *a, const void *b)
{
	const struct ward_exchange_sign *l = a, *r = b;

	if (l->level != r->level)
		return l->level > r->level ? -1 : 1;
	if (l->last != r->last)
		return l->last > r->last ? -1 : 1;
	return ward_id_cmp(l->id, r->id);
}

static void bound_signs(const struct ward_follow *f, struct ward_exchange_incident *i)
{
	if (i->n_sign <= f->signs)
		return;
	qsort(i->sign, i->n_sign, sizeof(*i->sign), by_weight);
	i->n_sign = f->signs;
	i->only_some = true;
}

/* Services, soonest first: those beyond are counted. */
static void bound_impacts(const struct ward_follow *f, struct ward_exchange_incident *i)
{
	if (i->n_impact <= f->signs)
		return;
	i->n_further += i->n_impact - f->signs;
	i->n_impact = f->signs;
}

/* A line for each sign and one for the incident; of these the last, since a request of the IDMEFv2
 * transport (draft-lehmann-idmefv2-https-transport-05) has one message. */
static enum ward_err idmef(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w)
{
	struct ward_wr all = ward_wr_grow(ward_mem_heap(), 1 << 24);
	enum ward_err err = ward_exchange_idmef(x, how, &all);
	struct ward_str text = ward_wr_text(&all);
	size_t from = text.len ? text.len - 1 : 0;

	while (from && text.p[from - 1] != '\n')
		from--;
	if (!err)
		ward_wr_str(w, ward_str_sub(text, from, SIZE_MAX));
	ward_wr_fini(&all);
	return err;
}

static enum ward_err write(
	const struct ward_follow *f, const struct ward_exchange *x, struct ward_wr *w)
{
	static enum ward_err (*const writer[])(const struct ward_exchange *x,
		const struct ward_exchange_how *how, struct ward_wr *w) = {
		[WARD_STANDARD_IDMEF] = idmef,
		[WARD_STANDARD_CAP] = ward_exchange_cap,
		[WARD_STANDARD_DE] = ward_exchange_de,
		[WARD_STANDARD_STIX] = ward_exchange_stix,
		[WARD_STANDARD_MISP] = ward_exchange_misp,
		[WARD_STANDARD_OCSF] = ward_exchange_ocsf,
	};

	WARD_ASSERT(f->standard > WARD_STANDARD_NONE &&
		    f->standard < (enum ward_standard)WARD_ARRAY_LEN(writer));
	enum ward_err err = writer[f->standard](x, &f->how, w);

	return ward_wr_bad(w) ? WARD_ERR_LIMIT : err;
}

enum ward_err ward_follow_write(const struct ward_follow *f, struct ward_offer_past *past,
	struct ward_wr *w, struct ward_edition *ret)
{
	struct ward_exchange_ask ask = {.model = f->model, .at = f->now, .exercise = f->exercise};
	struct ward_shared did = {.mem = f->mem};
	struct ward_exchange x;
	struct ward_arena arena;
	struct ward_diag diag;

	ward_arena_init(&arena, f->mem, ARENA_BYTES);
	ward_diag_init(&diag, f->mem);
	enum ward_err err = ward_offer_past_gather_one(past, &f->of, &ask, &arena, &x);

	if (!err)
		err = take_number(f, &x);
	if (!err)
		bound_signs(f, &x.incident[0]);
	if (!err)
		bound_impacts(f, &x.incident[0]);
	if (!err)
		err = ward_share(f->sharing, f->share, &x, f->mem, &diag, &did);
	if (!err)
		err = write(f, &x, w);
	if (!err)
		*ret = (struct ward_edition){x.incident[0].revision, x.incident[0].sent};
	ward_shared_fini(&did);
	ward_diag_fini(&diag);
	ward_arena_fini(&arena);
	return err;
}
