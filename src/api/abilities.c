/* What this hospital's other systems can be asked to do about an incident: of all abilities those
 * whose thing has a sign of it, or hangs together with one that has. What it would cost care, `act`
 * shows when it is proposed. */
#include "api/priv.h"

#include "recover/care.h"
#include "story/address.h"

enum { OFFERS_MAX = 64, HOSTS_MAX = 8 };

/* What is offered, and whom it may cost care. */
struct offers {
	struct api_request *r;
	const struct api_incident *in;
	struct ward_care care;
	size_t n;
};

/* Hosts that the hospital does not know, of the signs: the first ones. */
struct hosts {
	struct ward_str at[HOSTS_MAX];
	size_t n;
};

static bool has_sign(const struct api_incident *in, uint32_t node)
{
	for (size_t i = 0; i < in->n_node; i++)
		if (in->node[i] == node)
			return true;
	return false;
}

static bool any_has_sign(const struct api_incident *in, const struct ward_rel *rel, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (has_sign(in, rel[i].node))
			return true;
	return false;
}

/* One relation away from a sign: on its network, in its room, what it supplies or is supplied by.
 */
static bool is_near(const struct api_request *r, const struct api_incident *in, uint32_t thing)
{
	size_t n_out, n_in;
	const struct ward_rel *out = ward_model_out(r->a->o.model, thing, &n_out),
			      *back = ward_model_in(r->a->o.model, thing, &n_in);

	return any_has_sign(in, out, n_out) || any_has_sign(in, back, n_in);
}

/* By their MAC addresses, by which a switch knows them. */
static void hosts_of(struct api_request *r, const struct api_incident *in, struct hosts *ret)
{
	struct ward_record of;

	ret->n = 0;
	if (ward_record_read(r->a->reader, in->last->json, &r->a->scratch, &of) != WARD_OK)
		return;
	for (size_t i = 0; i < of.n_member && ret->n < HOSTS_MAX; i++) {
		struct ward_str s = of.member[i].subject;
		size_t k = 0;

		while (k < ret->n && !ward_str_eq(ret->at[k], s))
			k++;
		if (k == ret->n && ward_address_kind(s) == WARD_ADDRESS_MAC &&
			ward_model_by_key(r->a->o.model, WARD_KEY_MAC, s) == WARD_NONE)
			ret->at[ret->n++] = s;
	}
}

/* As `act` judges when it is proposed: a host that nobody knows may be a device of care; what is
 * taken off its networks may turn out to carry care by what the forecast of its loss says, which is
 * not computed for an offer. */
static const char *clinical(const struct offers *o, const struct ward_api_ability *y,
	uint32_t thing, struct ward_str host)
{
	bool isolates = ward_str_eqz(y->does, "isolate");

	if (host.len)
		return "yes";
	if (ward_str_eqz(y->does, "tell"))
		return "no";
	return ward_care_asks(&o->care, thing, isolates) ? "yes" : isolates ? "may" : "no";
}

static void put_offer(struct offers *o, const struct ward_api_ability *y, uint32_t thing,
	struct ward_str host, bool signs)
{
	struct api_request *r = o->r;
	const char *care = clinical(o, y, thing, host);

	if (!api_scope_may(&r->scope, thing))
		return; /* `act` refuses it */
	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "ability", y->id);
	ward_json_put_str(&r->j, "does", y->does);
	ward_json_put_str(&r->j, "system", y->system);
	ward_json_key(&r->j, "on");
	api_node(&r->j, r->a->o.model, thing);
	ward_json_put_str(&r->j, "host", host);
	ward_json_put_bool(&r->j, "has_signs", signs);
	ward_json_put_u64(
		&r->j, "persons", strcmp(care, "yes") == 0 && y->persons < 2 ? 2 : y->persons);
	ward_json_put_str(&r->j, "clinical", ward_str_z(care));
	ward_json_key(&r->j, "roles");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < y->n_role; i++)
		api_node(&r->j, r->a->o.model, y->role[i]);
	ward_json_arr_end(&r->j);
	ward_json_put_u64(&r->j, "lasts_seconds", y->lasts_seconds);
	ward_json_obj_end(&r->j);
	o->n++;
}

/* What nobody knows, and has come to be on a network that has signs. */
static void put_hosts(struct offers *o)
{
	const struct ward_api_opts *of = &o->r->a->o;
	struct hosts hosts;

	hosts_of(o->r, o->in, &hosts);
	for (size_t i = 0; i < of->n_ability; i++) {
		const struct ward_api_ability *y = &of->ability[i];

		for (size_t k = 0; y->hosts && k < y->n_on; k++)
			for (size_t h = 0;
				has_sign(o->in, y->on[k]) && h < hosts.n && o->n < OFFERS_MAX; h++)
				put_offer(o, y, y->on[k], hosts.at[h], true);
	}
}

/* First those whose thing has signs. */
static void put_round(struct offers *o, bool signs)
{
	const struct ward_api_opts *of = &o->r->a->o;

	for (size_t i = 0; i < of->n_ability; i++) {
		const struct ward_api_ability *y = &of->ability[i];

		for (size_t k = 0; k < y->n_on && o->n < OFFERS_MAX; k++) {
			if (y->hosts || has_sign(o->in, y->on[k]) != signs ||
				(!signs && !is_near(o->r, o->in, y->on[k])))
				continue;
			put_offer(o, y, y->on[k], WARD_STR(""), signs);
		}
	}
}

void api_abilities(struct api_request *r)
{
	struct offers o = {.r = r, .in = api_asked(r)};

	if (!o.in)
		return;
	if (ward_care_find(r->a->o.model, &r->a->scratch, &o.care) != WARD_OK) {
		api_refuse(r, 503, WARD_TEXT("there is not enough memory: try again"));
		return;
	}
	ward_json_obj(&r->j);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	put_hosts(&o);
	put_round(&o, true);
	put_round(&o, false);
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}
