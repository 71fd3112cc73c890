/* What the tests of this room share: a store as a list of rows, an outbox that can be killed at any
 * step, and recipients that write down what they get. Failures end the test. */
#ifndef WARD_TESTS_RESPOND_LAB_H
#define WARD_TESTS_RESPOND_LAB_H

#include "respond/respond.h"
#include "rooms.h"
#include "sharing.h"
#include "story/zone.h"

enum { LAB_ROWS = 32768, LAB_GOT = 256 };
struct lab_row {
	bool delivery;
	struct ward_id id;
	uint32_t revision;
	ward_ns time;
	char *json;
	size_t len;
};

struct lab {
	struct ward_limits lim;
	struct lab_sharing sharing;
	const struct ward_model *model; /* of standards' messages */
	const struct ward_care_entry *entry;
	struct ward_counters counters;
	struct ward_listener listener[WARD_RECIPIENTS_MAX];
	size_t n_listener;
	struct ward_respond_camera camera[2];
	const struct ward_respond_playbook *playbook;
	const struct ward_respond_post *post;
	const struct ward_law *law;
	const struct ward_respond_agreement *agreement;
	size_t n_playbook, n_entry, n_post, n_agreement, n_hold;
	const struct ward_respond_hold *hold;
	bool exercise, look_fails, remembers; /* a new life begins with what the last one saved */
	bool killed_late;                     /* between the sending and the row that says so */
	ward_ns now, told_until;
	struct lab_row row[LAB_ROWS];
	size_t n_row, n_read; /* n_read: the outbox has had */
	struct ward_respond *r;
	struct ward_lang *lang;
	/* each message that came to a recipient, once however often it came */
	struct lab_got {
		size_t listener, times;
		struct ward_id id;
		char *body;
	} got[LAB_GOT];
	size_t n_got;
	struct ward_outcome answer; /* of all recipients … */
	struct ward_outcome bad;    /* … but those of bad_of */
	uint32_t bad_of, off_duty;
	size_t (*bounds)(void *ctx, struct ward_str places, uint32_t ret[WARD_PERSON_PLACES]);
	size_t step, kill_at; /* 0: it is not killed */
};

static inline void lab_life(struct lab *l)
{
	struct ward_respond_opts o = {.mem = ward_mem_heap(),
		.lim = &l->lim,
		.counters = &l->counters,
		.hospital = WARD_STR("turin"),
		.hospital_name = WARD_STR("Santa Giulia"),
		.sharing = &l->sharing.table,
		.model = l->model,
		.exercise = l->exercise,
		.told_until = l->told_until,
		.listener = l->listener,
		.n_listener = l->n_listener,
		.camera = l->camera,
		.n_camera = WARD_ARRAY_LEN(l->camera),
		.playbook = l->playbook,
		.n_playbook = l->n_playbook,
		.post = l->post,
		.n_post = l->n_post,
		.law = l->law,
		.agreement = l->agreement,
		.n_agreement = l->n_agreement,
		.hold = l->hold,
		.n_hold = &l->n_hold,
		.hand_over = 600 * WARD_NS_PER_S,
		.at = lab_at,
		.bounds = l->bounds,
		.ctx = l};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);
	bool load = l->r && l->remembers && ward_respond_save(l->r, &w);
	ward_respond_free(l->r);
	assert_int_equal(ward_respond_new(&o, &l->r), WARD_OK);
	if (load)
		assert_int_equal(ward_respond_load(l->r, ward_wr_slice(&w)), WARD_OK);
	l->n_read = load ? l->n_read : 0;
	ward_respond_entries(l->r, l->entry, l->n_entry);
	ward_wr_fini(&w);
}
static inline struct lab *lab_new(size_t n_listener)
{
	struct lab *l = calloc(1, sizeof(*l));
	assert_non_null(l);
	ward_limits_default(&l->lim);
	ward_counters_init(&l->counters);
	lab_sharing(&l->lim, &l->sharing);
	assert_int_equal(ward_zone_use(WARD_STR("Europe/Rome")), WARD_OK);
	assert_int_equal(ward_time_parse(WARD_STR("2026-03-12T02:40:00Z"), &l->now), WARD_OK);
	l->n_listener = n_listener;
	l->camera[0] = (struct ward_respond_camera){WARD_STR("C-2 b"), WARD_STR("Camera two"),
		WARD_STR("https://vms/?c={camera}&t={time}"), 8 * 3600 * WARD_NS_PER_S};
	l->camera[1] = (struct ward_respond_camera){
		WARD_STR("C-3"), WARD_STR("Camera three"), WARD_STR(""), 0};
	for (size_t k = 0; k < n_listener; k++)
		l->listener[k] =
			(struct ward_listener){.id = k ? WARD_STR("fire-desk") : WARD_STR("soc"),
				.level = 2,
				.kinds = WARD_KINDS,
				.everywhere = true};
	l->answer.what = WARD_SENT_DELIVERED;
	lab_life(l);
	return l;
}
static inline void lab_free(struct lab *l)
{
	ward_respond_free(l->r);
	ward_arena_fini(&l->sharing.texts);
	ward_lang_free(l->lang);
	for (size_t i = 0; i < l->n_row; i++)
		free(l->row[i].json);
	for (size_t i = 0; i < l->n_got; i++)
		free(l->got[i].body);
	free(l);
}
static inline void lab_add(struct lab *l, const struct ward_delivery *d, struct ward_str json)
{
	struct lab_row *row = &l->row[l->n_row];

	for (size_t i = 0; d && i < l->n_row; i++) /* the store knows it already */
		if (l->row[i].delivery && ward_id_eq(l->row[i].id, d->id) &&
			l->row[i].revision == d->revision)
			return;
	assert_true(l->n_row < LAB_ROWS);
	row->json = malloc(json.len + 1);
	assert_non_null(row->json);
	memcpy(row->json, json.p, json.len);
	row->json[json.len] = 0;
	row->len = json.len;
	if (d) {
		row->delivery = true;
		row->id = d->id;
		row->revision = d->revision;
		row->time = d->time;
	}
	l->n_row++;
}
static inline void lab_read(struct lab *l)
{
	for (; l->n_read < l->n_row; l->n_read++) {
		const struct lab_row *row = &l->row[l->n_read];
		const struct ward_delivery d = {
			row->id, row->revision, row->time, {row->json, row->len}, false, false};
		ward_respond_row(l->r, l->n_read + 1);
		if (row->delivery)
			assert_int_equal(ward_respond_delivery(l->r, &d), WARD_OK);
		else if (ward_str_starts(d.json, WARD_STR("{\"kind\":\"head\"")))
			ward_respond_head(l->r, d.json);
		else if (ward_str_starts(d.json, WARD_STR("{\"kind\":\"action\"")))
			assert_int_equal(ward_respond_action(l->r, d.json), WARD_OK);
		else if (ward_str_starts(d.json, WARD_STR("{\"kind\":\"decision\"")))
			assert_int_equal(ward_respond_decision(l->r, d.json), WARD_OK);
		else if (ward_str_starts(d.json, WARD_STR("{\"kind\":\"run\"")))
			assert_int_equal(ward_respond_run(l->r, d.json), WARD_OK);
		else
			assert_int_equal(ward_respond_record(l->r, d.json), WARD_OK);
	}
}

/* One more step is done; true when this is where it is killed. */
static inline bool lab_dies(struct lab *l)
{
	if (++l->step != l->kill_at)
		return false;
	lab_life(l);
	return true;
}
static inline void lab_receive(struct lab *l, size_t k, struct ward_id id, struct ward_str body)
{
	struct lab_got *g = l->got;

	while (g < l->got + l->n_got && !(g->listener == k && ward_id_eq(g->id, id)))
		g++;
	g->times++;
	if (g < l->got + l->n_got) { /* told twice is told the same */
		assert_int_equal(strlen(g->body), body.len);
		assert_memory_equal(g->body, body.p, body.len);
		return;
	}
	assert_true(l->n_got++ < LAB_GOT);
	*g = (struct lab_got){k, 1, id, malloc(body.len + 1)};
	assert_non_null(g->body);
	memcpy(g->body, body.p, body.len);
	g->body[body.len] = 0;
}

/* A turn of the process; false when there was nothing to do. Each act may be its life's last. */
static inline bool lab_turn(struct lab *l)
{
	struct ward_delivery d;
	struct ward_str body;
	struct ward_id id;
	bool did = false;

	lab_read(l);
	ward_respond_duty(l->r, ~l->off_duty);
	if (lab_dies(l))
		return true;
	while (ward_respond_next(l->r, l->now, &d)) {
		did = true;
		if (lab_dies(l)) /* before it was kept */
			return true;
		lab_add(l, &d, d.json);
		if (lab_dies(l)) /* kept, and not read back */
			return true;
		lab_read(l);
	}
	for (size_t k = 0; k < l->n_listener; k++) {
		if (!ward_respond_message(l->r, k, l->now, &id, &body))
			continue;
		did = true;
		if (lab_dies(l))
			return true;
		lab_receive(l, k, id, body);
		if (lab_dies(l)) /* sent, and nobody knows */
			return l->killed_late = true;
		assert_true(ward_respond_said(
			l->r, k, id, l->bad_of >> k & 1 ? &l->bad : &l->answer, l->now, &d));
		if (lab_dies(l)) /* nor now */
			return l->killed_late = true;
		lab_add(l, &d, d.json);
		if (lab_dies(l))
			return true;
		lab_read(l);
	}
	return did;
}
static inline void lab_settle(struct lab *l)
{
	for (size_t i = 0; lab_turn(l); i++)
		assert_true(i < 1000);
}
#endif
