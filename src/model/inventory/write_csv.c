/* For the hospital directory: what it does not have yet, as rows of `assets`. */
#include "model/inventory/report.h"

enum { SURE_OF_CLASS = 50, SURE_OF_ROOM = 50, KEYS_MAX = 1 << 20, KEYS_BYTES = 64 << 20 };

static bool begins_formula(char c)
{
	return c == '=' || c == '+' || c == '-' || c == '@';
}

/* RFC 4180: quoted, with quotes doubled. A device chooses its name: one that a spreadsheet would
 * take for a formula loses its first characters. */
static void put_cell(struct ward_wr *w, struct ward_str s)
{
	bool plain = true;

	while (s.len && begins_formula(s.p[0]))
		s = ward_str_sub(s, 1, s.len);
	for (size_t i = 0; i < s.len; i++)
		plain &= s.p[i] != ',' && s.p[i] != '"' && (unsigned char)s.p[i] >= 0x20;
	if (!plain)
		ward_wr_ch(w, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			ward_wr_ch(w, '"');
		ward_wr_ch(w, (unsigned char)s.p[i] < 0x20 ? ' ' : s.p[i]);
	}
	if (!plain)
		ward_wr_ch(w, '"');
}

static void put_best(struct ward_wr *w, const struct ward_candidate *c, enum ward_attr a)
{
	const struct ward_fact *f = ward_candidate_best(c, a);

	ward_wr_ch(w, ',');
	if (f)
		put_cell(w, f->value);
}

/* "seen-001122334455", "seen-10.0.0.7": of the letters that an id may have, and nobody's yet. */
static void put_id(struct ward_wr *w, const struct ward_candidate *c)
{
	char text[46];
	struct ward_str s = ward_inv_key_text(&c->key, text);

	ward_wr_z(w, "seen-");
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] != ':')
			ward_wr_ch(w, s.p[i]);
		else if (!(c->key.has & 1))
			ward_wr_ch(w, '-');
	}
}

static void put_class(struct ward_wr *w, const struct ward_candidate *c)
{
	const struct ward_fact *f = ward_candidate_best(c, WARD_ATTR_CLASS);

	ward_wr_ch(w, ',');
	if (f && f->confidence >= SURE_OF_CLASS && ward_str_starts(f->value, WARD_STR("device")))
		ward_wr_str(w, f->value);
	else
		ward_wr_z(w, "device");
}

static uint32_t network_of(const struct ward_inv_report *r, const struct ward_inv_address *a)
{
	char text[46];

	return r->model ? ward_model_network_of(r->model, ward_addr_text(&a->ip, text)) : WARD_NONE;
}

/* The network of its latest address, and its addresses there: an asset is on one network. */
static void put_network(
	struct ward_wr *w, const struct ward_inv_report *r, const struct ward_candidate *c)
{
	uint32_t network = WARD_NONE;
	const char *before = "";
	char text[46];

	for (size_t i = 0; i < c->n_address && network == WARD_NONE; i++)
		network = network_of(r, &c->address[i]);
	ward_wr_ch(w, ',');
	if (network != WARD_NONE)
		ward_wr_str(w, ward_model_node(r->model, network)->id);
	ward_wr_ch(w, ',');
	for (size_t i = 0; i < c->n_address; i++) {
		if (r->model && network_of(r, &c->address[i]) != network)
			continue;
		if (r->model && network == WARD_NONE)
			continue;
		ward_wr_z(w, before);
		ward_wr_str(w, ward_addr_text(&c->address[i].ip, text));
		before = " ";
	}
	ward_wr_ch(w, ',');
	if (c->key.has & 1)
		ward_wr_str(w, ward_inv_key_text(&c->key, text));
}

static bool is_host_name(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char ch = s.p[i];

		if (!(ch >= 'a' && ch <= 'z') && !(ch >= '0' && ch <= '9') && ch != '-' &&
			ch != '.' && ch != '_')
			return false;
	}
	return s.len > 0;
}

/* Names that are nobody's yet, neither in the directory nor in the rows before. */
static void put_keys(struct ward_wr *w, const struct ward_inv_report *r,
	const struct ward_candidate *c, struct ward_intern *taken)
{
	struct ward_str bacnet = WARD_STR("bacnet:");
	const char *before = "";

	ward_wr_ch(w, ',');
	for (size_t i = 0; i < c->n_fact; i++) {
		const struct ward_fact *f = &c->fact[i];
		bool is_bacnet = ward_str_starts(f->value, bacnet);
		struct ward_str key =
			is_bacnet ? ward_str_sub(f->value, bacnet.len, f->value.len) : f->value;
		size_t n = taken->n;
		uint32_t id;

		if (f->attr != WARD_ATTR_NAME || f->confidence < WARD_INV_SURE ||
			!is_host_name(key))
			continue;
		if (r->model &&
			ward_model_by_key(r->model, is_bacnet ? WARD_KEY_BACNET : WARD_KEY_HOST,
				key) != WARD_NONE)
			continue;
		if (ward_intern_put(taken, f->value, &id) != WARD_OK || taken->n == n)
			continue;
		ward_wr_z(w, before);
		ward_wr_z(w, is_bacnet ? "bacnet:" : "host:");
		ward_wr_str(w, key);
		before = " ";
	}
}

void ward_inv_write_csv(const struct ward_inv_report *r, struct ward_wr *w)
{
	struct ward_placement place[WARD_PLACEMENTS];
	struct ward_intern taken;

	ward_intern_init(&taken, ward_mem_heap(), KEYS_MAX, KEYS_BYTES);
	ward_wr_z(w, "id,name,class,room,network,ip,mac,keys,vendor,model\n");
	for (size_t i = 0; i < r->n; i++) {
		const struct ward_candidate *c = &r->c[i];
		struct ward_str name = ward_inv_name(r, c), what = ward_inv_what(r, c);
		char text[46];

		if (c->status == WARD_INV_KNOWN)
			continue;
		put_id(w, c);
		ward_wr_ch(w, ',');
		put_cell(w, name.len ? name : what.len ? what : ward_inv_key_text(&c->key, text));
		put_class(w, c);
		ward_wr_ch(w, ',');
		if (ward_inv_where(r, c, place) && place[0].confidence >= SURE_OF_ROOM)
			put_cell(w, place[0].room);
		put_network(w, r, c);
		put_keys(w, r, c, &taken);
		put_best(w, c, WARD_ATTR_VENDOR);
		put_best(w, c, WARD_ATTR_MODEL);
		ward_wr_ch(w, '\n');
	}
	ward_intern_fini(&taken);
}
