#include "lab.h"

#include "event/json.h"
#include "sense/log/log.h"
#include "sense/net/replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static const struct ward_input_driver *const drivers[] = {
	WARD_LOG_DRIVERS, &ward_net_driver_pcap, &ward_net_driver_pcapng, NULL};

static void path_of(char *ret, size_t cap, const char *tail)
{
	const char *root = getenv("WARD_SOURCE_ROOT");

	assert_non_null(root);
	assert_in_range(snprintf(ret, cap, "%s/%s", root, tail), 1, cap - 1);
}

static struct ward_str actor(void *ctx, struct ward_arena *a, uint32_t field, struct ward_str who)
{
	(void)field;
	return ward_pseudonym_token(ctx, a, who);
}

static void load(struct lab *l)
{
	char hospital[512], content[512], rules[512], propagation[512], inventory[512], doors[512];
	const char *paths[] = {rules};
	struct ward_ruleset_args args = {.rules = paths, .n_rules = 1, .content = content};

	path_of(hospital, sizeof(hospital), "pilots/turin");
	path_of(content, sizeof(content), "content");
	path_of(rules, sizeof(rules), "content/rules");
	path_of(propagation, sizeof(propagation), "content/propagation");
	path_of(inventory, sizeof(inventory), "content/inventory");
	path_of(doors, sizeof(doors), "content/doors.yml");
	assert_int_equal(
		ward_model_load(hospital, content, &l->lim, ward_mem_heap(), &l->diag, &l->model),
		WARD_OK);
	assert_int_equal(ward_rules_load(propagation, l->model, &l->lim, ward_mem_heap(), &l->diag,
				 &l->propagation),
		WARD_OK);
	args.threats = ward_model_threats(l->model);
	assert_int_equal(
		ward_ruleset_load(&args, &l->lim, ward_mem_heap(), &l->diag, &l->ruleset), WARD_OK);
	assert_int_equal(ward_inv_rules_load(inventory, ward_model_ontology(l->model), &l->names,
				 &l->lim, &l->diag, &l->inventory),
		WARD_OK);
	assert_int_equal(ward_door_rules_load(doors, ward_model_ontology(l->model), &l->lim,
				 ward_mem_heap(), &l->diag, &l->doors),
		WARD_OK);
	const struct ward_point_in in = {l->model, &l->lim, ward_mem_heap(), &l->diag};

	assert_int_equal(ward_points_load(&in, hospital, content, &l->points), WARD_OK);
	assert_true(ward_points_n(l->points) > 20);
	assert_int_equal(l->diag.n_error, 0);
}

struct lab *lab_new(void)
{
	struct lab *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	ward_limits_default(&l->lim);
	ward_diag_init(&l->diag, ward_mem_heap());
	ward_counters_init(&l->counters);
	ward_arena_init(&l->text, ward_mem_heap(), (size_t)1 << 30);
	ward_arena_init(&l->one, ward_mem_heap(), (size_t)64 << 20);
	assert_int_equal(ward_names_init(&l->names, ward_mem_heap(), &l->lim), WARD_OK);
	load(l);
	ward_pseudonym_init_replay(&l->pseudonym, ward_model_hospital(l->model)->id);
	l->config = (struct ward_brain_config){.lim = &l->lim,
		.model = l->model,
		.ruleset = l->ruleset,
		.propagation = l->propagation,
		.inventory = l->inventory,
		.doors = l->doors,
		.points = l->points,
		.mem = ward_mem_heap(),
		.names = &l->names,
		.counters = &l->counters,
		.actor = actor,
		.actor_ctx = &l->pseudonym,
		.detect = ward_detect_config_default()};
	ward_fuse_options_default(&l->config.fuse);
	return l;
}

void lab_free(struct lab *l)
{
	ward_inv_rules_free(l->inventory);
	ward_door_rules_free(l->doors);
	ward_points_free(l->points);
	ward_ruleset_free(l->ruleset);
	ward_rules_free(l->propagation);
	ward_model_free(l->model);
	ward_names_fini(&l->names);
	ward_arena_fini(&l->one);
	ward_arena_fini(&l->text);
	ward_diag_fini(&l->diag);
	free(l);
}

static struct record encoded(struct lab *l, const struct ward_event *e)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct record r = {.time = e->time, .seen = e->time, .id = e->id};

	ward_event_encode(e, &l->names, &w);
	assert_false(ward_wr_bad(&w));
	r.event = ward_arena_bytes(&l->text, ward_wr_slice(&w));
	assert_non_null(r.event.p);
	ward_wr_fini(&w);
	return r;
}

static void add_file(struct lab *l, const char *path, struct record **r, size_t *n, size_t *cap)
{
	const struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &l->lim,
		.names = &l->names,
		.counters = &l->counters};
	struct ward_input in;
	struct ward_event e;

	assert_int_equal(ward_input_open(&in, path, WARD_INPUT_UNKNOWN, drivers, &opts), WARD_OK);
	while (ward_input_next(&in, &l->one, &e) == WARD_OK) {
		assert_int_equal(
			ward_mem_more(ward_mem_heap(), r, *n, cap, sizeof(**r), 1 << 20), WARD_OK);
		(*r)[(*n)++] = encoded(l, &e);
	}
	ward_input_close(&in);
}

static int record_cmp(const void *va, const void *vb)
{
	const struct record *a = va, *b = vb;

	if (a->seen != b->seen)
		return a->seen < b->seen ? -1 : 1;
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return ward_id_cmp(a->id, b->id);
}

void lab_sort(struct record *r, size_t n)
{
	qsort(r, n, sizeof(*r), record_cmp);
}

struct record *lab_records(struct lab *l, const char *scenario, size_t *ret_n)
{
	static const char *const file[] = {"bms.pcap", "doors.syslog", "sensors.jsonl"};
	struct record *r = NULL;
	size_t cap = 0;
	char tail[256], path[512];

	*ret_n = 0;
	for (size_t i = 0; i < WARD_ARRAY_LEN(file); i++) {
		(void)snprintf(tail, sizeof(tail), "pilots/turin/scenarios/%s/recording/%s",
			scenario, file[i]);
		path_of(path, sizeof(path), tail);
		add_file(l, path, &r, ret_n, &cap);
	}
	assert_true(*ret_n > 0);
	lab_sort(r, *ret_n);
	return r;
}

struct record *lab_file(struct lab *l, const char *file, size_t *ret_n)
{
	struct record *r = NULL;
	size_t cap = 0;
	char path[512];

	*ret_n = 0;
	path_of(path, sizeof(path), file);
	add_file(l, path, &r, ret_n, &cap);
	assert_true(*ret_n > 0);
	lab_sort(r, *ret_n);
	return r;
}

struct record lab_event(
	struct lab *l, const char *class, const char *sensor, const char *state, uint64_t n)
{
	struct ward_event e;

	ward_arena_reset(&l->one);
	ward_event_init(&e, &l->one);
	e.id = ward_event_id(WARD_STR("test"), 1, n, 0);
	e.source = ward_name(&l->names, WARD_STR("mqtt"));
	e.class = ward_name(&l->names, ward_str_z(class));
	assert_int_equal(ward_event_set(&e, ward_name(&l->names, WARD_STR("sensor")),
				 ward_value_str(ward_str_z(sensor))),
		WARD_OK);
	assert_int_equal(ward_event_set(&e, ward_name(&l->names, WARD_STR("state")),
				 ward_value_str(ward_str_z(state))),
		WARD_OK);
	return encoded(l, &e);
}

struct record lab_record(struct lab *l, const struct ward_event *e)
{
	return encoded(l, e);
}

struct record lab_line(struct lab *l, const char *json)
{
	struct ward_json_reader reader;
	struct ward_event e;

	ward_arena_reset(&l->one);
	assert_int_equal(
		ward_json_reader_init(&reader, &l->names, ward_mem_heap(), &l->lim), WARD_OK);
	assert_int_equal(ward_json_read_event(&reader, ward_str_z(json), &l->one, &e), WARD_OK);
	struct record r = encoded(l, &e);

	ward_json_reader_fini(&reader);
	return r;
}

static void on_output(void *ctx, const struct ward_output *o)
{
	struct rows *s = ctx;
	struct {
		uint32_t kind, revision;
		struct ward_id id;
	} key;
	uint32_t index;
	bool is_new;
	void *val;

	if (!s)
		return;
	memset(&key, 0, sizeof(key));
	key.kind = o->kind;
	key.revision = o->revision;
	key.id = o->id;
	s->n_put++;
	s->bytes += o->json.len;
	s->longest = o->json.len > s->longest ? o->json.len : s->longest;
	assert_int_equal(ward_tab_put(&s->at, &key, &val, &is_new), WARD_OK);
	if (!is_new) {
		memcpy(&index, val, sizeof(index));
		assert_true(ward_str_eq(s->row[index].json, o->json));
		assert_true(s->row[index].time == o->time);
		return;
	}
	index = (uint32_t)s->n;
	memcpy(val, &index, sizeof(index));
	assert_int_equal(
		ward_mem_more(ward_mem_heap(), &s->row, s->n, &s->cap, sizeof(*s->row), 1 << 24),
		WARD_OK);
	s->row[s->n++] = (struct row){
		o->kind, o->id, o->revision, o->time, ward_arena_str(&s->text, o->json)};
	assert_non_null(s->row[index].json.p);
}

void rows_init(struct rows *s)
{
	*s = (struct rows){.n = 0};
	ward_tab_init(&s->at, ward_mem_heap(), 2 * sizeof(uint32_t) + sizeof(struct ward_id),
		sizeof(uint32_t), 1 << 24);
	ward_arena_init(&s->text, ward_mem_heap(), (size_t)2 << 30);
}

void rows_fini(struct rows *s)
{
	ward_mem_free(ward_mem_heap(), s->row, s->cap * sizeof(*s->row));
	ward_tab_fini(&s->at);
	ward_arena_fini(&s->text);
}

static int row_cmp(const void *va, const void *vb)
{
	const struct row *a = va, *b = vb;
	int c = a->kind != b->kind ? (a->kind < b->kind ? -1 : 1) : ward_id_cmp(a->id, b->id);

	return c ? c : (a->revision > b->revision) - (a->revision < b->revision);
}

/* What a has and b has not, at most `most`. */
static void print_more(const struct rows *a, const struct rows *b, size_t most)
{
	for (size_t i = 0; i < a->n && most; i++) {
		size_t k = 0;

		while (k < b->n && row_cmp(&a->row[i], &b->row[k]) != 0)
			k++;
		if (k < b->n)
			continue;
		print_error("only one has: %.*s\n", (int)a->row[i].json.len, a->row[i].json.p);
		most--;
	}
}

void rows_same(const struct rows *a, const struct rows *b)
{
	struct row *x = calloc(a->n + 1, sizeof(*x)), *y = calloc(b->n + 1, sizeof(*y));

	if (a->n != b->n) {
		print_more(a, b, 3);
		print_more(b, a, 3);
		fail_msg("%zu rows, and %zu", a->n, b->n);
	}
	memcpy(x, a->row, a->n * sizeof(*x));
	memcpy(y, b->row, b->n * sizeof(*y));
	qsort(x, a->n, sizeof(*x), row_cmp);
	qsort(y, b->n, sizeof(*y), row_cmp);
	for (size_t i = 0; i < a->n; i++) {
		if (row_cmp(&x[i], &y[i]) == 0 && ward_str_eq(x[i].json, y[i].json))
			continue;
		print_error("%.*s\n%.*s\n", (int)x[i].json.len, x[i].json.p, (int)y[i].json.len,
			y[i].json.p);
		fail_msg("row %zu differs", i);
	}
	free(x);
	free(y);
}

/* Takes `"key":…` out, up to the first of `end` after it and with it. */
static void cut(struct ward_wr *w, const char *key, const char *end)
{
	struct ward_str all = ward_wr_text(w);
	size_t at = ward_str_find(all, ward_str_z(key)), len;

	if (at == SIZE_MAX)
		return;
	len = ward_str_find(ward_str_sub(all, at, all.len), ward_str_z(end));
	assert_true(len != SIZE_MAX);
	len += strlen(end);
	memmove(w->p + at, w->p + at + len, w->len - at - len);
	w->len -= len;
}

static bool is_former(const struct rows *s, struct ward_id id)
{
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	for (size_t i = 0; i < s->n; i++) {
		struct ward_str json = s->row[i].json;
		size_t at;

		if (s->row[i].kind != WARD_OUTPUT_INCIDENT)
			continue;
		at = ward_str_find(json, WARD_STR("\"supersedes\":["));
		if (at != SIZE_MAX && ward_str_find(ward_str_sub(json, at, json.len),
					      ward_str_z(text)) != SIZE_MAX)
			return true;
	}
	return false;
}

void rows_final(const struct rows *s, struct rows *ret)
{
	struct row *x = calloc(s->n + 1, sizeof(*x));

	rows_init(ret);
	memcpy(x, s->row, s->n * sizeof(*x));
	qsort(x, s->n, sizeof(*x), row_cmp);
	for (size_t i = 0; i < s->n; i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
		struct ward_output o = {x[i].kind, x[i].id, 1, 0, {"", 0}, NULL, NULL};
		bool last = i + 1 == s->n || x[i].kind != x[i + 1].kind ||
			    !ward_id_eq(x[i].id, x[i + 1].id);

		ward_wr_str(&w, x[i].json);
		cut(&w, "\"revision\":", ",");
		cut(&w, ",\"supersedes\":", "]");
		cut(&w, ",\"supersedes_total\":", "}");
		o.json = ward_wr_text(&w);
		if (last && ward_str_find(x[i].json, WARD_STR("\"withdrawn\":true")) == SIZE_MAX &&
			!(o.kind == WARD_OUTPUT_INCIDENT && is_former(s, o.id)))
			on_output(ret, &o);
		ward_wr_fini(&w);
	}
	free(x);
}

struct ward_brain *lab_brain(struct lab *l, struct rows *out)
{
	struct ward_brain_config c = l->config;
	struct ward_brain *b = NULL;

	c.out = on_output;
	c.out_ctx = out;
	assert_int_equal(ward_brain_new(&c, &b), WARD_OK);
	return b;
}

void lab_feed(struct lab *l, struct ward_brain *b, const struct record *r)
{
	struct ward_event e;

	if (!r->event.p) {
		assert_int_equal(ward_brain_tick(b, r->time), WARD_OK);
		return;
	}
	ward_arena_reset(&l->one);
	assert_int_equal(ward_event_decode(r->event, &l->names, &l->one, &l->lim, &e), WARD_OK);
	e.time = r->time;
	e.seen = r->seen;
	assert_int_equal(ward_brain_event(b, &e), WARD_OK);
}

uint32_t dice_below(struct dice *d, uint32_t n)
{
	/* xorshift64* (Vigna 2014) */
	d->s ^= d->s >> 12;
	d->s ^= d->s << 25;
	d->s ^= d->s >> 27;
	return (uint32_t)((d->s * 2685821657736338717u) >> 33) % n;
}
