#include "run/proc/clips.h"

#include "base/diag.h"

#include "conf/conf.h"

#include <stdlib.h>
#include <unistd.h>

enum { PLACES_BYTES = 64 << 20, ROWS_ASKED = 64 };

/* What lies further back, no camera has in memory. */
static const ward_ns too_old = 150 * WARD_NS_PER_S;
/* From the end of its span, for a decoder to give it. */
static const ward_ns patience = 120 * WARD_NS_PER_S;

static int by_id(const void *a, const void *b)
{
	const struct clips_place *x = a, *y = b;

	return ward_str_cmp(x->id, y->id);
}

/* "K name NAME", "K at ID" */
static void read_line(struct clips *c, struct ward_str line, size_t *cap)
{
	struct ward_str rest = line, number = ward_str_cut(&rest, ' ');
	struct ward_str what = ward_str_cut(&rest, ' '), text = ward_arena_str(&c->names, rest);
	uint64_t k;

	if (!ward_str_u64(number, &k) || k >= WARD_CAMERAS_MAX || !rest.len || !text.p)
		ward_process_die(&c->p, "the places of cameras", WARD_ERR_CONFIG);
	if (ward_str_eqz(what, "name")) {
		c->camera[k] = text;
		return;
	}
	if (c->n_place == *cap) {
		*cap = *cap ? *cap * 2 : 1024;
		struct clips_place *more = realloc(c->place, *cap * sizeof(*more));

		if (!more)
			ward_process_die(&c->p, "out of memory", WARD_ERR_NOMEM);
		c->place = more;
	}
	c->place[c->n_place++] = (struct clips_place){text, 1ULL << k};
}

void clips_read_places(struct clips *c)
{
	int fd = ward_process_need_fd(&c->p, "places");
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), PLACES_BYTES);
	uint8_t buf[4096];
	size_t cap = 0;
	ssize_t n;
	off_t at = 0;

	/* by place: another life has read it before */
	while ((n = pread(fd, buf, sizeof(buf), at)) > 0) {
		ward_wr_bytes(&w, buf, (size_t)n);
		at += n;
	}
	if (n < 0 || ward_wr_bad(&w))
		ward_process_die(&c->p, "the places of cameras", WARD_ERR_IO);
	struct ward_str rest = ward_wr_text(&w);

	while (rest.len) {
		struct ward_str line = ward_str_cut(&rest, '\n');

		if (line.len)
			read_line(c, line, &cap);
	}
	ward_wr_fini(&w);
	if (c->n_place)
		qsort(c->place, c->n_place, sizeof(*c->place), by_id);
}

static uint64_t cameras_at(const struct clips *c, struct ward_str id)
{
	size_t lo = 0, hi = c->n_place;
	uint64_t cameras = 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (ward_str_cmp(c->place[mid].id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < c->n_place && ward_str_eq(c->place[lo].id, id); lo++)
		cameras |= c->place[lo].cameras;
	return cameras;
}

/* Until when the incident is covered there; a place of the ring for it, if there was none. */
static ward_ns *covered(struct clips *c, struct ward_id incident, size_t camera)
{
	size_t n = c->n_covered < CLIPS_COVERED ? c->n_covered : CLIPS_COVERED;

	for (size_t i = 0; i < n; i++)
		if (ward_id_eq(c->covered[i].incident, incident) && c->covered[i].camera == camera)
			return &c->covered[i].until;
	n = c->n_covered++ % CLIPS_COVERED;
	c->covered[n].incident = incident;
	c->covered[n].camera = camera;
	c->covered[n].until = INT64_MIN;
	return &c->covered[n].until;
}

static struct ward_id clip_id(struct ward_id incident, struct ward_str camera, ward_ns from)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward clip");
	ward_idgen_id(&g, incident);
	ward_idgen_str(&g, camera);
	ward_idgen_u64(&g, (uint64_t)from);
	return ward_idgen_final(&g);
}

static struct clips_pending *room(struct clips *c)
{
	for (size_t i = 0; i < CLIPS_PENDING; i++)
		if (!c->pending[i].used)
			return &c->pending[i];
	return NULL;
}

static void ask(struct clips *c, const struct clips_pending *like)
{
	struct clips_pending *p = room(c);
	uint8_t body[64];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct clips_told t = {.act = "none",
		.row = clips_row_id(like->ask.id, "none"),
		.clip = like->ask.id,
		.incident = like->incident,
		.camera = c->camera[like->camera],
		.time = like->ask.to,
		.from = like->ask.from,
		.to = like->ask.to};
	enum ward_err err = WARD_ERR_FULL;

	ward_clip_ask_put(&w, &like->ask);
	if (p)
		err = ward_msg_send(c->video[like->camera], WARD_MSG_CLIP, 0, ward_wr_slice(&w));
	if (err) {
		t.why = ward_str_z(WARD_TEXT("too many clips are wanted at once"));
		ward_count_name(&c->p.counters, "clips.none", 1);
		(void)clips_tell(c, &t);
		return;
	}
	*p = *like;
	p->clip = ward_wr_grow(ward_mem_heap(), (size_t)ward_limit(&c->lim, WARD_LIMIT_VIDEO_CLIP));
	ward_count_name(&c->p.counters, "clips.asked", 1);
}

/* Something of the incident happened there. */
static void happened(
	struct clips *c, struct ward_id incident, uint64_t row, struct ward_str where, ward_ns time)
{
	uint64_t cameras = cameras_at(c, where);
	ward_ns now = ward_clock_now(c->p.clock);

	if (!cameras || time < now - too_old || time > now + c->before)
		return;
	for (size_t k = 0; k < WARD_CAMERAS_MAX; k++) {
		ward_ns *until, from = time - c->before, to = time + c->after;

		if (!(cameras >> k & 1) || c->video[k] < 0)
			continue;
		until = covered(c, incident, k);
		if (time <= *until)
			continue;
		from = from > *until ? from : *until;
		*until = to;
		struct clips_pending p = {.used = true,
			.camera = k,
			.incident = incident,
			.row = row,
			.ask = {clip_id(incident, c->camera[k], from), from, to},
			.give_up =
				ward_clock_mono(c->p.clock) + (to > now ? to - now : 0) + patience};

		if (!clips_has(c, p.ask.id))
			ask(c, &p);
	}
}

/* Each of a list of an incident's: where, and when last. */
static void each(struct clips *c, const struct ward_conf *list, const char *where_key,
	const char *time_key, struct ward_id incident, uint64_t row)
{
	if (!list || list->kind != WARD_CONF_SEQ)
		return;
	for (const struct ward_conf *m = list->child; m; m = m->next) {
		const struct ward_conf *where = ward_conf_get(m, where_key),
				       *when = ward_conf_get(m, time_key);
		ward_ns time;

		if (where && when && where->kind == WARD_CONF_SCALAR &&
			when->kind == WARD_CONF_SCALAR &&
			ward_time_parse(when->text, &time) == WARD_OK)
			happened(c, incident, row, where->text, time);
	}
}

static void on_incident(void *ctx, const struct ward_store_row *r)
{
	struct clips *c = ctx;
	const struct ward_conf *in;
	struct ward_diag diag;
	enum ward_err err;

	ward_arena_reset(&c->scratch);
	ward_diag_init(&diag, ward_mem_heap());
	err = ward_conf_json(
		&c->scratch, &c->lim, WARD_STR("incident"), 1, ward_str_bytes(r->json), &diag, &in);
	ward_diag_fini(&diag);
	if (err == WARD_ERR_NOMEM)
		ward_process_die(&c->p, "out of memory", err);
	if (err) {
		ward_count_name(&c->p.counters, "clips.unreadable", 1);
		return;
	}
	each(c, ward_conf_get(in, "members"), "subject", "last", r->id, r->row);
	each(c, ward_conf_get(in, "threats"), "asset", "since", r->id, r->row);
}

void clips_look(struct clips *c)
{
	struct ward_rows_query q = {c->after_row, ROWS_ASKED};
	uint8_t body[16];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_msg m;
	uint64_t last;
	size_t n;
	enum ward_err err;

	ward_rows_query_put(&w, &q);
	err = ward_ask(&c->store, WARD_MSG_INCIDENTS, ward_wr_slice(&w), WARD_MSG_ROW_LIST, &m);
	if (err == WARD_ERR_AGAIN) /* a store that is just being restarted */
		return;
	if (!err)
		err = ward_row_list_get(&m.body, &q, &last, &n);
	if (err)
		ward_process_die(&c->p, "no answer from store", err);
	/* copied: what is asked while they are looked at has the same buffer */
	static uint8_t rows[WARD_MSG_MAX];
	struct ward_slice rest = ward_rd_rest(&m.body);

	memcpy(rows, rest.p, rest.len);
	struct ward_rd r = ward_rd_from(rows, rest.len);

	for (size_t i = 0; i < n; i++) {
		struct ward_store_row row;

		if (ward_row_list_next(&r, &row) != WARD_OK)
			ward_process_die(&c->p, "a list of the store", WARD_ERR_MALFORMED);
		on_incident(c, &row);
		c->after_row = row.row;
	}
	if (!n && last > c->after_row)
		c->after_row = last; /* what lies between are other rows */
}
