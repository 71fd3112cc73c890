/* For people: a table, and the reasons for one host. */
#include "model/inventory/report.h"

enum { CELL = 400, GAP = 2, EPHEMERAL = 32768 /* ports that systems choose themselves */ };

enum column { ADDRESS, NAME, WHAT, MAKER, SOFTWARE, SPEAKS, ROOM, SURE, KNOWN, COLUMN_N };

static const struct {
	const char *title;
	size_t least, most; /* characters */
} columns[COLUMN_N] = {
	[ADDRESS] = {"ADDRESS", 7, 39},
	[NAME] = {"NAME", 4, 24},
	[WHAT] = {"WHAT IT IS", 10, 44},
	[MAKER] = {"MAKER, MODEL", 12, 36},
	[SOFTWARE] = {"SOFTWARE", 8, 32},
	[SPEAKS] = {"SPEAKS", 6, 30},
	[ROOM] = {"ROOM", 4, 24},
	[SURE] = {"SURE", 4, 4},
	[KNOWN] = {"DIRECTORY", 9, 9},
};

/* Control characters would move the reader's cursor. */
static void put_plain(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		ward_wr_ch(w, (unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f ? '?' : s.p[i]);
}

static void comma(struct ward_wr *w, struct ward_str s)
{
	if (w->len && s.len)
		ward_wr_z(w, ", ");
	put_plain(w, s);
}

static struct ward_str best(const struct ward_candidate *c, enum ward_attr a)
{
	const struct ward_fact *f = ward_candidate_best(c, a);

	return f ? f->value : (struct ward_str){"", 0};
}

static void put_all(struct ward_wr *w, const struct ward_candidate *c, enum ward_attr a)
{
	for (size_t i = 0; i < c->n_fact; i++)
		if (c->fact[i].attr == a)
			comma(w, c->fact[i].value);
}

static void put_maker(
	struct ward_wr *w, const struct ward_inv_report *r, const struct ward_candidate *c)
{
	struct ward_str vendor = best(c, WARD_ATTR_VENDOR), model = best(c, WARD_ATTR_MODEL);

	if (c->node != WARD_NONE && !vendor.len)
		vendor = ward_model_node(r->model, c->node)->vendor;
	if (c->node != WARD_NONE && !model.len)
		model = ward_model_node(r->model, c->node)->product;
	comma(w, vendor);
	comma(w, model);
	if (c->random_mac && !vendor.len)
		ward_wr_z(w, "(made-up address)");
}

/* Each service once, with a mark when it is given to others; without one the port. */
static void put_speaks(struct ward_wr *w, const struct ward_candidate *c)
{
	for (size_t i = 0; i < c->n_use; i++) {
		const struct ward_inv_use *u = &c->use[i];

		/* Clients come before servers: the last of a service says most. */
		bool more = i + 1 < c->n_use && strcmp(u->service, c->use[i + 1].service) == 0;

		if (u->service[0] ? more : u->port >= EPHEMERAL)
			continue;
		if (w->len)
			ward_wr_ch(w, ' ');
		if (u->service[0])
			ward_wr_z(w, u->service);
		else
			ward_wr_printf(w, "%s/%u", u->udp ? "udp" : "tcp", u->port);
		if (u->server && u->service[0])
			ward_wr_ch(w, '*');
	}
}

static void put_cell(struct ward_wr *w, const struct ward_inv_report *r,
	const struct ward_candidate *c, enum column col)
{
	struct ward_placement place[WARD_PLACEMENTS];
	const struct ward_fact *f;
	char text[46];

	switch (col) {
	case ADDRESS:
		if (c->n_address)
			ward_wr_str(w, ward_addr_text(&c->address[0].ip, text));
		else
			ward_wr_str(w, ward_inv_key_text(&c->key, text));
		if (c->n_address > 1)
			ward_wr_printf(w, " +%zu", c->n_address - 1);
		break;
	case NAME:
		put_plain(w, ward_inv_name(r, c));
		break;
	case WHAT:
		comma(w, ward_inv_what(r, c));
		put_all(w, c, WARD_ATTR_ROLE);
		break;
	case MAKER:
		put_maker(w, r, c);
		break;
	case SOFTWARE:
		put_all(w, c, WARD_ATTR_SOFTWARE);
		comma(w, best(c, WARD_ATTR_FIRMWARE));
		comma(w, best(c, WARD_ATTR_OS));
		break;
	case SPEAKS:
		put_speaks(w, c);
		break;
	case ROOM:
		if (ward_inv_where(r, c, place)) {
			put_plain(w, place[0].room);
			ward_wr_printf(w, " %u%%", place[0].confidence);
		}
		break;
	case SURE:
		f = ward_candidate_best(c, WARD_ATTR_CLASS);
		if (f)
			ward_wr_printf(w, "%u%%", f->confidence);
		break;
	case KNOWN:
	case COLUMN_N:
	default:
		ward_wr_z(w, ward_inv_status_text(c));
	}
}

static size_t characters(struct ward_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

/* s in width characters, cut with an ellipsis, blanks put after unless it is the last. */
static void put_fixed(struct ward_wr *w, struct ward_str s, size_t width, bool last)
{
	size_t n = characters(s), i = 0;

	if (n > width) {
		for (size_t k = 0; i < s.len; i++) {
			k += ((unsigned char)s.p[i] & 0xc0) != 0x80;
			if (k == width)
				break;
		}
		ward_wr_str(w, ward_str_sub(s, 0, i));
		ward_wr_z(w, "…");
		n = width;
	} else {
		ward_wr_str(w, s);
	}
	for (; !last && n < width + GAP; n++)
		ward_wr_ch(w, ' ');
}

static struct ward_str cell(const struct ward_inv_report *r, const struct ward_candidate *c,
	enum column col, char buf[CELL])
{
	struct ward_wr w = ward_wr_fixed(buf, CELL);

	put_cell(&w, r, c, col);
	return ward_wr_text(&w);
}

/* As wide as the widest cell, then the widest columns give until the line fits. */
static void measure(const struct ward_inv_report *r, size_t width[COLUMN_N])
{
	size_t sum = 0;

	for (enum column k = 0; k < COLUMN_N; k++) {
		width[k] = 0;
		for (size_t i = 0; i < r->n; i++) {
			char buf[CELL];
			size_t n = characters(cell(r, &r->c[i], k, buf));

			width[k] = n > width[k] ? n : width[k];
		}
		if (!width[k])
			continue; /* an empty column is left out */
		width[k] = width[k] < columns[k].least ? columns[k].least : width[k];
		width[k] = width[k] > columns[k].most ? columns[k].most : width[k];
		sum += width[k] + GAP;
	}
	while (r->width && sum > r->width + GAP) {
		enum column widest = COLUMN_N;

		for (enum column k = NAME; k < SURE; k++)
			if (width[k] > columns[k].least &&
				(widest == COLUMN_N || width[k] > width[widest]))
				widest = k;
		if (widest == COLUMN_N)
			break;
		width[widest]--;
		sum--;
	}
}

/* One line of the table; cells of columns without width are left out. */
static void put_row(struct ward_wr *w, const struct ward_inv_report *r,
	const struct ward_candidate *c, const size_t width[COLUMN_N])
{
	const char *mark = !c || !r->colour                ? ""
			   : c->odd                        ? "\033[33m"
			   : c->status == WARD_INV_UNKNOWN ? "\033[31m"
							   : "";
	enum column last = KNOWN;

	while (last > ADDRESS && !width[last])
		last--;
	for (enum column k = 0; k <= last; k++) {
		char buf[CELL];

		if (!width[k])
			continue;
		if (k == KNOWN)
			ward_wr_z(w, mark);
		put_fixed(w, c ? cell(r, c, k, buf) : ward_str_z(columns[k].title), width[k],
			k == last);
	}
	ward_wr_z(w, *mark ? "\033[0m\n" : "\n");
}

void ward_inv_write_table(const struct ward_inv_report *r, struct ward_wr *w)
{
	size_t width[COLUMN_N], n_unknown = 0, n_odd = 0;

	measure(r, width);
	if (r->n && r->colour)
		ward_wr_z(w, "\033[1m");
	if (r->n)
		put_row(w, r, NULL, width);
	if (r->n && r->colour)
		ward_wr_z(w, "\033[0m");
	for (size_t i = 0; i < r->n; i++) {
		n_unknown += r->c[i].status == WARD_INV_UNKNOWN;
		n_odd += r->c[i].odd != 0;
		put_row(w, r, &r->c[i], width);
	}
	ward_wr_printf(w, "\n%zu device%s", r->n, r->n == 1 ? "" : "s");
	if (r->model)
		ward_wr_printf(w, ": %zu not in the hospital directory, %zu other than it says",
			n_unknown, n_odd);
	ward_wr_z(w, "   (* gives the service to others)\n");
}

static void put_claim(
	struct ward_wr *w, const struct ward_inv_report *r, const struct ward_claim *c)
{
	const struct ward_inv_rule *rule = c->rule == WARD_NONE ? NULL : &r->rules->rule[c->rule];

	ward_wr_printf(w, "               %3u%%  ", c->confidence);
	if (!rule) {
		ward_wr_z(w, "ieee-oui: the block of its hardware address was given to this "
			     "maker\n");
		return;
	}
	ward_wr_str(w, rule->id);
	ward_wr_z(w, ": ");
	ward_wr_str(w, rule->why);
	ward_wr_printf(w, "\n                     %llu time%s, first ", (unsigned long long)c->n,
		c->n == 1 ? "" : "s");
	ward_time_write(w, c->first);
	ward_wr_z(w, ", event ");
	ward_id_write(w, c->event);
	ward_wr_ch(w, '\n');
}

static void put_address(struct ward_wr *w, const struct ward_candidate *c)
{
	char text[46];

	for (size_t i = 0; i < c->n_address; i++) {
		const struct ward_inv_address *a = &c->address[i];

		ward_wr_z(w, "  address      ");
		ward_wr_str(w, ward_addr_text(&a->ip, text));
		ward_wr_z(w, a->proof & WARD_PROOF_LINK    ? "  (it says so by ARP)  "
			     : a->proof & WARD_PROOF_LEASE ? "  (leased by DHCP)  "
							   : "  ");
		ward_time_write(w, a->first);
		ward_wr_z(w, " to ");
		ward_time_write(w, a->last);
		ward_wr_ch(w, '\n');
	}
}

void ward_inv_write_why(
	const struct ward_inv_report *r, const struct ward_candidate *c, struct ward_wr *w)
{
	struct ward_placement place[WARD_PLACEMENTS];
	size_t n_place = ward_inv_where(r, c, place);
	char text[46];

	ward_wr_str(w, ward_inv_key_text(&c->key, text));
	ward_wr_printf(w, "%s%s  %s", c->random_mac ? "  (made up by the device)" : "",
		c->router ? "  (brings packets of others: a router)" : "", ward_inv_status_text(c));
	if (c->node != WARD_NONE) {
		ward_wr_z(w, ": ");
		ward_wr_str(w, ward_model_node(r->model, c->node)->id);
	}
	ward_wr_ch(w, '\n');
	put_address(w, c);
	ward_wr_printf(w, "  heard        %llu times, %zu peer%s\n", (unsigned long long)c->n_event,
		c->n_peer, c->n_peer == 1 ? "" : "s");
	if (c->n_use) {
		struct ward_wr speaks = ward_wr_grow(ward_mem_heap(), 1 << 16);

		put_speaks(&speaks, c);
		ward_wr_z(w, "  speaks       ");
		ward_wr_str(w, ward_wr_text(&speaks));
		ward_wr_ch(w, '\n');
		ward_wr_fini(&speaks);
	}
	for (size_t i = 0; i < n_place; i++) {
		ward_wr_z(w, "  room         ");
		put_plain(w, place[i].room);
		ward_wr_printf(w, "  %u%%  %s ", place[i].confidence, place[i].kind);
		put_plain(w, place[i].at);
		if (place[i].as_of != INT64_MIN) {
			ward_wr_z(w, ", ");
			ward_time_write(w, place[i].as_of);
		}
		ward_wr_ch(w, '\n');
	}
	for (size_t i = 0; i < c->n_fact; i++) {
		const struct ward_fact *f = &c->fact[i];

		ward_wr_printf(w, "  %-11s  ", ward_attr_name(f->attr));
		put_plain(w, f->value);
		ward_wr_printf(
			w, "  %u%%%s\n", f->confidence, f->best ? "" : "  (others are surer)");
		for (size_t k = 0; k < f->n_claim; k++)
			put_claim(w, r, f->claim[k]);
	}
}
