/* For programs: one object per candidate and line. */
#include "model/inventory/report.h"

static void put_facts(
	const struct ward_inv_report *r, const struct ward_candidate *c, struct ward_json *j)
{
	ward_json_arr(j);
	for (size_t i = 0; i < c->n_fact; i++) {
		const struct ward_fact *f = &c->fact[i];

		ward_json_obj(j);
		ward_json_key(j, "attribute");
		ward_json_z(j, ward_attr_name(f->attr));
		ward_json_key(j, "value");
		ward_json_str(j, f->value);
		ward_json_key(j, "confidence");
		ward_json_u64(j, f->confidence);
		ward_json_key(j, "best");
		ward_json_bool(j, f->best);
		ward_json_key(j, "claims");
		ward_json_arr(j);
		for (size_t k = 0; k < f->n_claim; k++) {
			const struct ward_claim *claim = f->claim[k];
			bool oui = claim->rule == WARD_NONE;

			ward_json_obj(j);
			ward_json_key(j, "rule");
			ward_json_str(
				j, oui ? WARD_STR("ieee-oui") : r->rules->rule[claim->rule].id);
			ward_json_key(j, "confidence");
			ward_json_u64(j, claim->confidence);
			ward_json_key(j, "first");
			ward_json_time(j, claim->first);
			ward_json_key(j, "last");
			ward_json_time(j, claim->last);
			ward_json_key(j, "count");
			ward_json_u64(j, claim->n);
			if (!oui) {
				char id[WARD_ID_TEXT];

				ward_id_text(claim->event, id);
				ward_json_key(j, "event");
				ward_json_z(j, id);
			}
			ward_json_obj_end(j);
		}
		ward_json_arr_end(j);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_addresses(const struct ward_candidate *c, struct ward_json *j)
{
	char text[46];

	ward_json_arr(j);
	for (size_t i = 0; i < c->n_address; i++) {
		const struct ward_inv_address *a = &c->address[i];

		ward_json_obj(j);
		ward_json_key(j, "ip");
		ward_json_str(j, ward_addr_text(&a->ip, text));
		ward_json_key(j, "first");
		ward_json_time(j, a->first);
		ward_json_key(j, "last");
		ward_json_time(j, a->last);
		ward_json_key(j, "proof");
		ward_json_z(j, a->proof & WARD_PROOF_LINK    ? "link"
			       : a->proof & WARD_PROOF_LEASE ? "lease"
							     : "none");
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_uses(const struct ward_candidate *c, struct ward_json *j)
{
	ward_json_arr(j);
	for (size_t i = 0; i < c->n_use; i++) {
		const struct ward_inv_use *u = &c->use[i];

		ward_json_obj(j);
		ward_json_key(j, "as");
		ward_json_z(j, u->server ? "server" : "client");
		ward_json_key(j, "proto");
		ward_json_z(j, u->udp ? "udp" : "tcp");
		if (u->service[0]) {
			ward_json_key(j, "service");
			ward_json_z(j, u->service);
		}
		if (u->server) {
			ward_json_key(j, "port");
			ward_json_u64(j, u->port);
		}
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_places(
	const struct ward_inv_report *r, const struct ward_candidate *c, struct ward_json *j)
{
	struct ward_placement p[WARD_PLACEMENTS];
	size_t n = ward_inv_where(r, c, p);

	ward_json_arr(j);
	for (size_t i = 0; i < n; i++) {
		ward_json_obj(j);
		ward_json_key(j, "room");
		ward_json_str(j, p[i].room);
		ward_json_key(j, "confidence");
		ward_json_u64(j, p[i].confidence);
		ward_json_key(j, "by");
		ward_json_z(j, p[i].kind);
		if (p[i].at.len) {
			ward_json_key(j, "at");
			ward_json_str(j, p[i].at);
		}
		if (p[i].as_of != INT64_MIN) {
			ward_json_key(j, "as_of");
			ward_json_time(j, p[i].as_of);
		}
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_match(
	const struct ward_inv_report *r, const struct ward_candidate *c, struct ward_json *j)
{
	static const struct {
		unsigned bit;
		const char *text;
	} odd[] = {{WARD_INV_CHANGED, "changed"}, {WARD_INV_MOVED, "moved"},
		{WARD_INV_DUPLICATE, "duplicate"}};

	ward_json_key(j, "known");
	ward_json_bool(j, c->status == WARD_INV_KNOWN);
	if (c->node != WARD_NONE) {
		ward_json_key(j, "asset");
		ward_json_str(j, ward_model_node(r->model, c->node)->id);
	}
	ward_json_key(j, "odd");
	ward_json_arr(j);
	for (size_t i = 0; i < WARD_ARRAY_LEN(odd); i++)
		if (c->odd & odd[i].bit)
			ward_json_z(j, odd[i].text);
	ward_json_arr_end(j);
}

static void put_candidate(
	const struct ward_inv_report *r, const struct ward_candidate *c, struct ward_json *j)
{
	char text[46];

	ward_json_obj(j);
	ward_json_key(j, "kind");
	ward_json_z(j, "asset");
	ward_json_key(j, "key");
	ward_json_str(j, ward_inv_key_text(&c->key, text));
	if (c->random_mac) {
		ward_json_key(j, "made_up_mac");
		ward_json_bool(j, true);
	}
	if (c->router) {
		ward_json_key(j, "router");
		ward_json_bool(j, true);
	}
	if (r->model)
		put_match(r, c, j);
	ward_json_key(j, "first");
	ward_json_time(j, c->first);
	ward_json_key(j, "last");
	ward_json_time(j, c->last);
	ward_json_key(j, "events");
	ward_json_u64(j, c->n_event);
	ward_json_key(j, "peers");
	ward_json_u64(j, c->n_peer);
	ward_json_key(j, "addresses");
	put_addresses(c, j);
	ward_json_key(j, "services");
	put_uses(c, j);
	ward_json_key(j, "facts");
	put_facts(r, c, j);
	ward_json_key(j, "places");
	put_places(r, c, j);
	ward_json_obj_end(j);
}

void ward_inv_write_json(const struct ward_inv_report *r, struct ward_wr *w)
{
	for (size_t i = 0; i < r->n; i++) {
		struct ward_json j = ward_json_on(w);

		put_candidate(r, &r->c[i], &j);
		ward_wr_ch(w, '\n');
	}
}
