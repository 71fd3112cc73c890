/* Lists as CSV: what a list is is told by the columns that it has. */
#include "model/inventory/place_priv.h"

#include "conf/conf.h"

enum column { SWITCH, PORT, OUTLET, ROOM, AP, MAC, NAS, TIME, COLUMN_N };

static const char *const column_name[COLUMN_N] = {
	[SWITCH] = "switch",
	[PORT] = "port",
	[OUTLET] = "outlet",
	[ROOM] = "room",
	[AP] = "ap",
	[MAC] = "mac",
	[NAS] = "nas",
	[TIME] = "time",
};

struct reader {
	struct ward_places *p;
	struct ward_diag *d;
	const struct ward_csv *t;
	size_t at[COLUMN_N];
	ward_ns as_of;
};

static void bad(const struct reader *r, const struct ward_csv_row *row, const char *what)
{
	ward_diag_addf(r->d, WARD_DIAG_ERROR, r->t->file, row ? row->line : 1, "%s", what);
}

static struct ward_str cell(const struct reader *r, const struct ward_csv_row *row, enum column c)
{
	return r->at[c] == SIZE_MAX ? (struct ward_str){"", 0} : ward_str_trim(row->cell[r->at[c]]);
}

/* The room as the directory calls it; one that it does not have is a mistake in the list. */
static struct ward_str room_of(struct reader *r, const struct ward_csv_row *row)
{
	struct ward_str id = cell(r, row, ROOM);
	uint32_t node = r->p->model && id.len ? ward_model_find(r->p->model, id) : WARD_NONE;

	if (r->p->model && id.len &&
		(node == WARD_NONE || ward_model_node(r->p->model, node)->kind != WARD_NODE_ROOM)) {
		bad(r, row, WARD_TEXT("no such room in the hospital directory\nuse the id of one"));
		return (struct ward_str){"", 0};
	}
	return ward_arena_str(&r->p->arena, id);
}

/* switch,port,room[,outlet] and ap,room: what is known of a spot, whoever is seen there. */
static enum ward_err read_spot(struct reader *r, const struct ward_csv_row *row)
{
	bool ap = r->at[AP] != SIZE_MAX;
	struct ward_str outlet = ward_arena_str(&r->p->arena, cell(r, row, OUTLET)),
			room = room_of(r, row);
	uint32_t i;
	enum ward_err err =
		ward_places_spot(r->p, cell(r, row, ap ? AP : SWITCH), cell(r, row, PORT), &i);

	if (err || !room.p || !outlet.p)
		return err ? err : WARD_ERR_NOMEM;
	struct ward_spot *s = &r->p->spot[i];
	struct ward_wr w = ward_wr_grow(r->p->mem, 4096);

	s->room = room;
	s->outlet = outlet;
	if (outlet.len) {
		ward_wr_str(&w, ward_intern_at(&r->p->names, i));
		ward_wr_z(&w, ", outlet ");
		ward_wr_str(&w, outlet);
		s->at = ward_arena_str(&r->p->arena, ward_wr_text(&w));
		if (!s->at.p)
			err = WARD_ERR_NOMEM;
	}
	ward_wr_fini(&w);
	return err;
}

/* An access point that no list gives a room stands where the hospital directory says. */
static void room_of_ap(struct ward_places *p, struct ward_str ap, struct ward_spot *s)
{
	uint32_t node = p->model ? ward_model_find(p->model, ap) : WARD_NONE;

	if (node == WARD_NONE && p->model)
		node = ward_model_by_key(p->model, WARD_KEY_HOST, ap);
	uint32_t room =
		node != WARD_NONE ? ward_model_up(p->model, node, WARD_NODE_ROOM) : WARD_NONE;

	if (room != WARD_NONE && !s->room.len)
		s->room = ward_model_node(p->model, room)->id;
}

static enum ward_err read_seen(struct reader *r, const struct ward_csv_row *row)
{
	struct ward_sighting s = {.kind = r->at[AP] != SIZE_MAX    ? WARD_SIGHT_WIFI
					  : r->at[NAS] != SIZE_MAX ? WARD_SIGHT_LOGIN
								   : WARD_SIGHT_SWITCH,
		.time = r->as_of};
	struct ward_str device = cell(r, row,
		s.kind == WARD_SIGHT_WIFI    ? AP
		: s.kind == WARD_SIGHT_LOGIN ? NAS
					     : SWITCH);
	struct ward_str time = cell(r, row, TIME);

	if (!ward_addr_mac(cell(r, row, MAC), s.mac)) {
		bad(r, row, WARD_TEXT("not a hardware address\nwrite aa:bb:cc:dd:ee:ff"));
		return WARD_OK;
	}
	if (time.len && ward_time_parse(time, &s.time) != WARD_OK) {
		bad(r, row, WARD_TEXT("not a time\nwrite 2026-11-23T14:05:00Z"));
		return WARD_OK;
	}
	enum ward_err err = ward_places_spot(r->p, device, cell(r, row, PORT), &s.spot);

	if (err)
		return err;
	if (s.kind == WARD_SIGHT_WIFI)
		room_of_ap(r->p, device, &r->p->spot[s.spot]);
	return ward_places_saw(r->p, &s);
}

static bool has(const struct reader *r, enum column a, enum column b)
{
	return r->at[a] != SIZE_MAX && r->at[b] != SIZE_MAX;
}

enum ward_err ward_places_csv(struct ward_places *p, struct ward_str file, struct ward_slice text,
	ward_ns as_of, struct ward_diag *diag)
{
	struct ward_csv t;
	struct reader r = {.p = p, .d = diag, .t = &t, .as_of = as_of};
	size_t before = diag->n_error;
	struct ward_arena a;

	ward_arena_init(&a, p->mem, 8 * ward_limit(p->lim, WARD_LIMIT_CONF_BYTES));
	enum ward_err err = ward_conf_csv(&a, p->lim, file, text, diag, &t);

	for (enum column c = 0; c < COLUMN_N && !err; c++)
		r.at[c] = ward_csv_column(&t, column_name[c]);
	bool seen = !err &&
		    (has(&r, MAC, AP) ||
			    (has(&r, MAC, PORT) && (has(&r, PORT, SWITCH) || has(&r, PORT, NAS))));
	bool spot = !err && !seen &&
		    (has(&r, AP, ROOM) || (has(&r, SWITCH, PORT) && has(&r, PORT, ROOM)));

	if (!err && !seen && !spot)
		bad(&r, NULL,
			WARD_TEXT("this is no list of places: its columns say nothing\n"
				  "use switch,port,room · ap,room · switch,port,mac · mac,ap · "
				  "mac,nas,port"));
	for (size_t i = 0; i < (seen || spot ? t.n_row : 0) && !err; i++)
		err = seen ? read_seen(&r, &t.row[i]) : read_spot(&r, &t.row[i]);
	ward_arena_fini(&a);
	return err ? err : diag->n_error > before ? WARD_ERR_CONFIG : WARD_OK;
}
