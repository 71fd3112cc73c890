/* Whatever people decide, and who searches, what is erased and what becomes of an incident, is a
 * leaf of the ledger: each kind of decision there is, one by one, with the args that its kind
 * needs; and a row of each kind that the store has. */
#include "lab.h"

#include "comply/deletion.h"
#include "desk/args.h"
#include "desk/event.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LEAVES = 4096, ARGS = 4096 };

static const char subject[] = "11111111-1111-8111-8111-111111111111";

static struct ward_id nth(uint64_t n)
{
	return ward_event_id(WARD_STR("recorded"), 1, n, 0);
}

/* ---- args: what the table asks of the kind, and nothing more ---- */

static struct ward_str args_of(enum ward_decision_kind k, char text[ARGS])
{
	const struct ward_args_member *m;
	struct ward_wr w = ward_wr_fixed(text, ARGS);
	struct ward_json j = ward_json_on(&w);

	ward_json_obj(&j);
	for (size_t i = 0; (m = ward_args_member(k, i)) != NULL; i++) {
		if (!m->needed && k != WARD_DECISION_REPORT)
			continue;
		ward_json_key(&j, m->key);
		if (m->list)
			ward_json_arr(&j);
		ward_json_z(&j, k == WARD_DECISION_REPORT ? "fire" : subject);
		if (m->list)
			ward_json_arr_end(&j);
	}
	ward_json_obj_end(&j);
	assert_false(ward_wr_bad(&w));
	return ward_wr_text(&w);
}

/* From what a person says to a record of the journal, as `desk` and `config` do it. */
static struct record decided(struct lab *l, enum ward_decision_kind k)
{
	char text[ARGS];
	struct ward_decision d = {.kind = k,
		.id = nth(k),
		.at = (ward_ns)(1773907200 + (int64_t)k) * WARD_NS_PER_S,
		.person = WARD_STR("g-ferrero"),
		.role = WARD_STR("crisis-manager"),
		.subject = ward_str_z(subject),
		.text = WARD_STR("why"),
		.args = args_of(k, text)};
	struct ward_event e;
	const char *why;

	ward_arena_reset(&l->one);
	ward_event_init(&e, &l->one);
	e.source = ward_name(&l->names, WARD_STR("desk"));
	enum ward_err err = ward_args_read(&d, &l->lim, &l->one, &d.args, &why);

	if (err)
		fail_msg("%s: %s", ward_decision_name(k), why);
	assert_int_equal(ward_decision_to_event(&d, WARD_REPORT_FIRE, &l->names, &e), WARD_OK);
	return lab_record(l, &e);
}

static bool is_there(
	const struct rows *r, enum ward_output_kind kind, struct ward_id id, const char *text)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->row[i].kind == kind && ward_id_eq(r->row[i].id, id) &&
			ward_str_find(r->row[i].json, ward_str_z(text)) != SIZE_MAX)
			return true;
	return false;
}

/* ---- the ledger ---- */

struct leaves {
	struct ward_hash is[LEAVES];
	size_t n, n_kind[WARD_ROW_KIND_LAST + 1];
};

static bool on_leaf(void *ctx, const struct ward_store_leaf *l)
{
	struct leaves *all = ctx;
	struct ward_hash want;

	assert_true(all->n < LEAVES);
	assert_int_equal(l->row.row, all->n + 1);
	ward_store_commitment(&l->row, l->salt.p, &want);
	assert_true(ward_hash_eq(&want, &l->commitment));
	ward_ledger_leaf(
		ward_slice_of(l->commitment.b, sizeof(l->commitment.b)), &all->is[all->n++]);
	all->n_kind[l->row.kind]++;
	return true;
}

static enum ward_err leaf_at(void *ctx, uint64_t i, struct ward_hash *ret)
{
	*ret = ((struct leaves *)ctx)->is[i];
	return WARD_OK;
}

/* Each row has a proof that it is in the head. */
static void proven(struct ward_store *s, struct leaves *all)
{
	const struct ward_ledger_source src = {leaf_at, all};
	struct ward_tree_head head;
	struct ward_hash path[WARD_LEDGER_PROOF];
	size_t n;

	ward_store_head(s, &head);
	assert_int_equal(ward_store_leaves(s, 0, SIZE_MAX, on_leaf, all), WARD_OK);
	assert_int_equal(all->n, head.n);
	for (size_t i = 0; i < all->n; i++) {
		assert_int_equal(ward_ledger_inclusion(&src, i, head.n, path, &n), WARD_OK);
		assert_true(
			ward_ledger_verify_inclusion(&all->is[i], i, head.n, path, n, &head.root));
	}
}

/* The rows as the brain's process gives them to the store. */
static void put(struct ward_store *s, const struct rows *r)
{
	static const enum ward_row_kind kind[] = {[WARD_OUTPUT_DETECTION] = WARD_ROW_DETECTION,
		[WARD_OUTPUT_INCIDENT] = WARD_ROW_INCIDENT,
		[WARD_OUTPUT_IMPACT] = WARD_ROW_IMPACT,
		[WARD_OUTPUT_DECISION] = WARD_ROW_DECISION,
		[WARD_OUTPUT_PERMIT] = WARD_ROW_PERMIT,
		[WARD_OUTPUT_ACCOUNT] = WARD_ROW_ACCOUNT,
		[WARD_OUTPUT_CENSUS] = WARD_ROW_CENSUS,
		[WARD_OUTPUT_DELETION] = WARD_ROW_DELETION};

	_Static_assert(WARD_ARRAY_LEN(kind) == WARD_OUTPUT_N, "each kind of output is a row");
	assert_int_equal(ward_store_begin(s), WARD_OK);
	for (size_t i = 0; i < r->n; i++)
		assert_int_equal(
			ward_store_put(s, &(struct ward_store_row){.kind = kind[r->row[i].kind],
						  .id = r->row[i].id,
						  .revision = r->row[i].revision,
						  .time = r->row[i].time,
						  .json = r->row[i].json}),
			WARD_OK);
	assert_int_equal(ward_store_commit(s, 1), WARD_OK);
	assert_int_equal(ward_store_last(s), r->n);
}

static void in_a_store(const struct rows *r, struct leaves *all)
{
	char dir[] = "/tmp/ward-recorded-XXXXXX", path[64];
	struct ward_store *s;

	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/ward.db", dir);
	assert_int_equal(ward_store_open(&(struct ward_store_options){.path = path,
						 .clock = ward_clock_system(),
						 .mem = ward_mem_heap()},
				 &s),
		WARD_OK);
	put(s, r);
	proven(s, all);
	/* and those that other processes make: each kind that there is */
	assert_int_equal(ward_store_begin(s), WARD_OK);
	for (unsigned k = WARD_ROW_DETECTION; k <= WARD_ROW_KIND_LAST; k++)
		assert_int_equal(ward_store_put(s, &(struct ward_store_row){.kind = k,
							   .id = nth(10000 + k),
							   .revision = 1,
							   .time = 1,
							   .json = WARD_STR("{}")}),
			WARD_OK);
	assert_int_equal(ward_store_commit(s, 2), WARD_OK);
	memset(all, 0, sizeof(*all));
	proven(s, all);
	for (unsigned k = WARD_ROW_DETECTION; k <= WARD_ROW_KIND_LAST; k++)
		assert_true(all->n_kind[k]);
	ward_store_close(s);
	static const char *const end[] = {"", "-wal", "-shm"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(end); i++) {
		(void)snprintf(path, sizeof(path), "%s/ward.db%s", dir, end[i]);
		(void)unlink(path);
	}
	assert_int_equal(rmdir(dir), 0);
}

/* ---- all of it ---- */

static struct ward_id erase(struct lab *l, struct ward_brain *b)
{
	struct ward_deletion_tally t = {.n = 0};
	struct ward_deletion d = {.time = 1773920000 * WARD_NS_PER_S,
		.what = WARD_STR("records"),
		.of = WARD_STR("doors"),
		.rule = WARD_STR("retention 72 h")};
	struct ward_event e;

	ward_deletion_count(&t, 7, d.time, 100);
	ward_deletion_of_tally(&t, &d);
	ward_arena_reset(&l->one);
	ward_event_init(&e, &l->one);
	assert_int_equal(ward_deletion_to_event(&d, &l->names, &e), WARD_OK);
	struct record r = lab_record(l, &e);

	lab_feed(l, b, &r);
	return e.id;
}

static void feed(struct lab *l, struct ward_brain *b, const char *json)
{
	struct record r = lab_line(l, json);

	lab_feed(l, b, &r);
}

static void everything(void **state)
{
	static struct leaves all;
	struct lab *l = lab_new();
	struct rows r;
	size_t n_decided = 0;
	char name[64];

	(void)state;
	rows_init(&r);
	struct ward_brain *b = lab_brain(l, &r);

	for (unsigned i = 0; i < WARD_DECISION_N; i++) {
		enum ward_decision_kind k = (enum ward_decision_kind)i;

		if (ward_decision_to(k) != WARD_DECISION_BRAIN &&
			ward_decision_to(k) != WARD_DECISION_CONFIG)
			continue; /* rows of who acts: deliveries, runs, actions, clips */
		struct record rec = decided(l, k);

		lab_feed(l, b, &rec);
		(void)snprintf(name, sizeof(name), "\"what\":\"%s\"", ward_decision_name(k));
		if (!is_there(&r, WARD_OUTPUT_DECISION, nth(k), name))
			fail_msg("%s is not on the ledger", ward_decision_name(k));
		n_decided++;
	}
	assert_true(n_decided > 40);
	/* who searched for a person, what was erased, what becomes of an incident */
	feed(l, b,
		"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-000000000003\",\"time\":"
		"\"2026-"
		"03-19T08:10:00Z\",\"source\":\"login\",\"class\":\"ward.account\",\"fields\":{"
		"\"account.what\":\"searched\",\"account.from\":\"private\",\"account.person\":"
		"\"anna\",\"account.on\":\"a person\"}}");
	feed(l, b,
		"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-000000000004\",\"time\":"
		"\"2026-"
		"03-19T08:11:00Z\",\"source\":\"s\",\"class\":\"door.forced\",\"fields\":{\"door\":"
		"\"A2-D23\"}}");
	struct ward_id gone = erase(l, b);

	assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
	assert_true(is_there(&r, WARD_OUTPUT_DELETION, gone, "retention 72 h"));
	in_a_store(&r, &all);
	assert_true(all.n_kind[WARD_ROW_DECISION] > n_decided);
	assert_true(all.n_kind[WARD_ROW_ACCOUNT] > 1 && all.n_kind[WARD_ROW_DELETION] > 1);
	assert_true(all.n_kind[WARD_ROW_INCIDENT] > 1 && all.n_kind[WARD_ROW_IMPACT] > 1);
	ward_brain_free(b);
	rows_fini(&r);
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(everything)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
