/* From each older form of the database to this one, the copy that is kept of it, and back. */
#include "lab.h"

#include "store/sql.h"
#include "store/upgrade.h"

#include <fcntl.h>
#include <unistd.h>

enum { ROWS = 40, POSITION = 40 };

/* Kinds of rows that a form had. */
static enum ward_row_kind last_kind(size_t form)
{
	static const enum ward_row_kind last[] = {0, WARD_ROW_IMPACT, WARD_ROW_CLIP,
		WARD_ROW_DELIVERY, WARD_ROW_DECISION, WARD_ROW_PERMIT, WARD_ROW_ACCOUNT,
		WARD_ROW_HEAD, WARD_ROW_CENSUS, WARD_ROW_DELETION};

	assert_true(form < WARD_ARRAY_LEN(last));
	return last[form];
}

/* A row of that time, and the checkpoint of a brain. */
static void fill(struct lab *l, size_t form)
{
	static uint8_t memory[9000];
	struct ward_store_checkpoint c = {.seq = 30, .size = sizeof(memory)};

	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	for (uint32_t i = 0; i < ROWS; i++) {
		struct ward_store_row r = lab_row(l, i);

		r.kind = (enum ward_row_kind)(i % last_kind(form) + 1);
		r.id.b[14] = (uint8_t)i;
		assert_int_equal(ward_store_put(l->s, &r), WARD_OK);
	}
	memset(memory, 7, sizeof(memory));
	ward_sha256(ward_slice_of(memory, sizeof(memory)), c.sha256);
	assert_int_equal(ward_store_checkpoint_begin(l->s, &c), WARD_OK);
	assert_int_equal(
		ward_store_checkpoint_put(l->s, ward_slice_of(memory, sizeof(memory))), WARD_OK);
	assert_int_equal(ward_store_commit(l->s, POSITION), WARD_OK);
}

struct answers {
	struct ward_tree_head head;
	struct ward_store_checkpoint checkpoint;
	uint64_t position;
	uint64_t sum; /* over all rows */
	size_t n;
};

static bool add(void *ctx, const struct ward_store_row *r)
{
	struct answers *a = ctx;

	a->n++;
	a->sum = a->sum * 31 + r->row + (uint64_t)r->kind * 7 + r->revision + (uint64_t)r->time;
	for (size_t i = 0; i < sizeof(r->id.b); i++)
		a->sum = a->sum * 31 + r->id.b[i];
	for (size_t i = 0; i < r->json.len; i++)
		a->sum = a->sum * 31 + (uint8_t)r->json.p[i];
	return true;
}

static struct answers ask(struct lab *l)
{
	struct answers a = {.n = 0};

	ward_store_head(l->s, &a.head);
	a.position = ward_store_position(l->s);
	assert_int_equal(ward_store_checkpoint(l->s, &a.checkpoint), WARD_OK);
	assert_int_equal(ward_store_rows(l->s, 0, 1000, add, &a), WARD_OK);
	assert_int_equal(ward_store_incidents(l->s, 0, 1000, add, &a), WARD_OK);
	return a;
}

static void assert_same(const struct answers *a, const struct answers *b)
{
	assert_int_equal(a->head.n, b->head.n);
	assert_true(ward_hash_eq(&a->head.root, &b->head.root));
	assert_int_equal(a->position, b->position);
	assert_int_equal(a->n, b->n);
	assert_true(a->sum == b->sum);
	assert_int_equal(a->checkpoint.seq, b->checkpoint.seq);
	assert_memory_equal(a->checkpoint.sha256, b->checkpoint.sha256, 32);
}

/* A closed database of that form; what it answers. */
static struct answers make(struct lab *l, size_t form)
{
	struct answers a;

	lab_open(l);
	fill(l, form);
	a = ask(l);
	lab_close(l);
	lab_make_older(l, form);
	return a;
}

static size_t list(const struct lab *l, struct ward_store_kept kept[4])
{
	size_t n = 0;

	assert_int_equal(ward_store_kept(l->dir, kept, 4, &n), WARD_OK);
	return n;
}

/* Each form answers as before, goes on, and has a copy of what it was. */
static void test_from_each(void **state)
{
	struct lab *l = *state;

	l->keeping = true;
	for (size_t k = 1; k < ward_store_form(); k++) {
		struct ward_store_row more = {
			.kind = WARD_ROW_KIND_LAST, .revision = 1, .json = WARD_STR("{}")};
		struct answers before = make(l, k), after;
		struct ward_store_kept kept[4];

		l->n_stage = 0;
		(l->clock.at += 60 * WARD_NS_PER_S);
		lab_open(l);
		after = ask(l);
		assert_same(&before, &after);
		assert_int_equal(l->n_stage, 3);
		assert_int_equal(l->stage[0], WARD_STORE_UPGRADE_BEGINS);
		assert_int_equal(l->stage[1], WARD_STORE_UPGRADE_KEPT);
		assert_int_equal(l->stage[2], WARD_STORE_UPGRADE_DONE);
		assert_int_equal(l->upgrade.from, k);
		assert_int_equal(l->upgrade.to, ward_store_form());
		assert_true(l->upgrade.needs > 0 && l->upgrade.has > l->upgrade.needs);
		/* one is kept: the others were before it */
		assert_int_equal(list(l, kept), 1);
		assert_string_equal(kept[0].name, l->kept);
		assert_int_equal(kept[0].form, k);
		assert_int_equal(ward_store_begin(l->s), WARD_OK);
		assert_int_equal(ward_store_put(l->s, &more), WARD_OK);
		assert_int_equal(ward_store_commit(l->s, 0), WARD_OK);
		assert_int_equal(ward_store_verify(l->s), WARD_OK);
		lab_close(l);
		/* nothing to do any more, nothing is kept again */
		l->n_stage = 0;
		lab_open(l);
		lab_close(l);
		assert_int_equal(l->n_stage, 0);
		assert_int_equal(unlink(l->path), 0);
	}
}

static struct ward_store_options options(struct lab *l)
{
	return (struct ward_store_options){
		.path = l->path, .clock = &l->clock.clock, .mem = ward_mem_heap()};
}

/* Back, and forth again: what was written in between is in the file that was put aside. */
static void test_back(void **state)
{
	struct lab *l = *state;
	const struct ward_store_options o = options(l);
	struct answers before = make(l, 5), after;
	struct ward_store_kept kept[4], aside;
	uint64_t form;

	l->keeping = true;
	lab_open(l);
	lab_fill(l, 100, 110, 50);
	assert_int_equal(ward_store_back(&o, l->kept, &aside), WARD_ERR_AGAIN);
	lab_close(l);
	assert_int_equal(
		ward_store_back(&o, "ward-5-2026-01-01T00:00:00Z.db", &aside), WARD_ERR_NOT_FOUND);
	(l->clock.at += 60 * WARD_NS_PER_S);
	assert_int_equal(ward_store_back(&o, l->kept, &aside), WARD_OK);
	assert_int_equal(ward_store_form_of(l->path, &form), WARD_OK);
	assert_int_equal(form, 5);
	assert_int_equal(list(l, kept), 1);
	assert_int_equal(kept[0].form, ward_store_form());
	assert_string_equal(kept[0].name, aside.name);
	lab_open(l); /* as this version begins, it is upgraded */
	after = ask(l);
	assert_same(&before, &after);
	assert_int_equal(list(l, kept), 1);
	assert_int_equal(kept[0].form, 5);
	lab_close(l);
}

/* A newer database is no hindrance to going back; a damaged one neither; a damaged copy is. */
static void test_back_from_any(void **state)
{
	struct lab *l = *state;
	const struct ward_store_options o = options(l);
	struct answers before = make(l, 5), after;
	struct ward_store_kept aside;
	char path[160];
	FILE *f;

	l->keeping = true;
	lab_open(l);
	lab_close(l);
	lab_sql(l, "PRAGMA user_version = 1000; CREATE TABLE newer (x)");
	assert_int_equal(lab_try_open(l, ward_mem_heap()), WARD_ERR_VERSION);
	assert_int_equal(ward_store_back(&o, l->kept, &aside), WARD_OK);
	assert_int_equal(aside.form, 1000);
	lab_open(l);
	after = ask(l);
	assert_same(&before, &after);
	lab_close(l);
	f = fopen(l->path, "r+b");
	assert_non_null(f);
	for (size_t i = 0; i < 1000; i++)
		(void)fputs("no database", f);
	(void)fclose(f);
	assert_int_equal(ward_store_back(&o, l->kept, &aside), WARD_OK);
	assert_int_equal(aside.form, 0);
	lab_open(l);
	after = ask(l);
	assert_same(&before, &after);
	lab_close(l);
	(void)snprintf(path, sizeof(path), "%s/%s", l->dir, l->kept);
	f = fopen(path, "r+b");
	assert_non_null(f);
	(void)fseek(f, 8192, SEEK_SET);
	for (size_t i = 0; i < 100; i++)
		(void)fputs("no database", f);
	(void)fclose(f);
	assert_int_equal(ward_store_back(&o, l->kept, &aside), WARD_ERR_CORRUPT);
	lab_open(l);
	assert_int_equal(ward_store_verify(l->s), WARD_OK);
	lab_close(l);
}

/* A trial says what would be, and leaves all as it is. */
static void test_trial(void **state)
{
	struct lab *l = *state;
	const struct ward_store_options o = options(l);
	struct answers before = make(l, 3);
	struct ward_store_trial t = {.n_fault = 0};
	struct ward_store_kept kept[4];
	uint64_t form;

	assert_int_equal(ward_store_try(&o, &t), WARD_OK);
	assert_int_equal(t.from, 3);
	assert_int_equal(t.to, ward_store_form());
	assert_int_equal(t.head.n, ROWS);
	assert_true(ward_hash_eq(&t.head.root, &before.head.root));
	assert_int_equal(t.n_fault, 0);
	assert_int_equal(ward_store_form_of(l->path, &form), WARD_OK);
	assert_int_equal(form, 3);
	assert_int_equal(list(l, kept), 0);
}

/* What one row lacked before, it lacks after: told, and no hindrance. */
static void test_damaged_row(void **state)
{
	struct lab *l = *state;
	const struct ward_store_options o = options(l);
	struct ward_store_trial t = {.n_fault = 0};

	(void)make(l, 5);
	lab_sql(l, "UPDATE record SET json = '{}' WHERE number = 7");
	assert_int_equal(ward_store_try(&o, &t), WARD_OK);
	assert_int_equal(t.n_fault, 1);
	l->keeping = true;
	lab_open(l);
	assert_int_equal(ward_store_verify(l->s), WARD_ERR_CORRUPT);
	assert_int_equal(l->n_fault, 1);
	lab_close(l);
}

/* Names that are none of ours, and what is no database. */
static void test_names(void **state)
{
	static const char *const name[] = {"ward-5.db", "ward-x-2026-11-28T10:00:00Z.db",
		"ward-5-2026-11-28.db.part", "ward-5-yesterday.db", "ward.db", "memory",
		"ward-99999-2026-11-28T10:00:00Z.db"};
	struct lab *l = *state;
	struct ward_store_kept kept[4];
	char path[160];
	uint64_t form;

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", l->dir, name[i]);
		int fd = open(path, O_CREAT | O_WRONLY, 0600);

		assert_true(fd >= 0);
		(void)close(fd);
	}
	assert_int_equal(list(l, kept), 0);
	assert_int_equal(ward_store_form_of(l->path, &form), WARD_ERR_FOREIGN);
	for (unsigned day = 10; day < 16; day++) {
		(void)snprintf(path, sizeof(path), "%s/ward-3-2026-11-%uT10:00:00Z.db", l->dir,
			day * 7 % 6 + 10);
		int fd = open(path, O_CREAT | O_WRONLY, 0600);

		assert_true(fd >= 0);
		(void)close(fd);
	}
	assert_int_equal(list(l, kept), 4);
	assert_string_equal(kept[0].name, "ward-3-2026-11-15T10:00:00Z.db");
	assert_string_equal(kept[3].name, "ward-3-2026-11-12T10:00:00Z.db");
	assert_int_equal(kept[0].form, 0); /* it is empty */
	assert_int_equal(ward_store_form_of("/dev/null", &form), WARD_ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_from_each, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_back, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_back_from_any, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_trial, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_damaged_row, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_names, lab_setup, lab_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
