/* Rows that a notary signs, as the store has them and as a bundle: whole, and changed in every way
 * that there is. */
#include "../store/lab.h"

#include "audit/belongs.h"
#include "audit/bundle.h"
#include "audit/found.h"
#include "comply/notary.h"

#include <sodium.h>

struct room {
	struct lab lab;
	struct ward_notary notary;
	struct ward_head head[8];
	size_t n_head, n_fault;
	const char *what; /* the first fault */
	struct ward_wr w;
};

static void on_fault(void *ctx, const char *what, uint64_t row)
{
	struct room *r = ctx;

	(void)row;
	if (!r->n_fault++)
		r->what = what;
}

static bool tell(void *ctx, const struct ward_store_leaf *l)
{
	struct room *r = ctx;

	ward_notary_tell(&r->notary, WARD_NOTARY_ANY, &l->commitment);
	return true;
}

/* What the notary says last becomes a row. */
static void put_said(struct room *r)
{
	char json[WARD_HEAD_JSON_MAX];
	struct ward_wr w = ward_wr_fixed(json, sizeof(json));

	ward_head_write(&w, &r->notary.last);
	r->head[r->n_head++] = r->notary.last;
	assert_int_equal(ward_store_begin(r->lab.s), WARD_OK);
	assert_int_equal(ward_store_put(r->lab.s, &(struct ward_store_row){.kind = WARD_ROW_HEAD,
							  .id = ward_head_id(&r->notary.last),
							  .time = r->notary.last.tree.time,
							  .json = ward_wr_text(&w)}),
		WARD_OK);
	assert_int_equal(ward_store_commit(r->lab.s, 0), WARD_OK);
}

static void take_in(struct room *r)
{
	assert_int_equal(
		ward_store_leaves(r->lab.s, r->notary.ledger.n, SIZE_MAX, tell, r), WARD_OK);
}

static void sign(struct room *r)
{
	take_in(r);
	ward_notary_sign(&r->notary, (ward_ns)(1000 + r->n_head) * WARD_NS_PER_S);
	put_said(r);
}

/* 4 rows, a head, 3 rows, a new key, a head; then one that is not signed. */
static int setup(void **state)
{
	const uint8_t seed[WARD_NOTARY_SEED] = {1}, next[WARD_NOTARY_SEED] = {2};
	struct room *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	lab_init(&r->lab);
	lab_open(&r->lab);
	ward_notary_new(seed, &r->notary);
	lab_fill(&r->lab, 0, 4, 4);
	sign(r);
	lab_fill(&r->lab, 4, 7, 7);
	take_in(r);
	ward_notary_rotate(&r->notary, next, 1001 * WARD_NS_PER_S);
	put_said(r);
	sign(r);
	lab_fill(&r->lab, 7, 8, 8);
	r->w = ward_wr_grow(ward_mem_heap(), WARD_BUNDLE_BYTES);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	struct room *r = *state;

	ward_wr_fini(&r->w);
	lab_fini(&r->lab);
	free(r);
	return 0;
}

/* ---- codes ---- */

static void test_codes(void **state)
{
	struct ward_tree_head h = {.n = 123456789, .root = {{1, 2, 3, 250, 251, 252}}};
	char text[WARD_CODE_TEXT], slip[WARD_CODE_TEXT];
	struct ward_code c, back;

	(void)state;
	assert_int_equal(ward_code_of(&h, &c), WARD_OK);
	ward_code_text(&c, text);
	assert_int_equal(strlen(text), 39);
	assert_int_equal(ward_code_read(ward_str_z(text), &back), WARD_OK);
	assert_int_equal(back.n, h.n);
	assert_true(ward_code_fits(&back, h.n, &h.root));
	assert_false(ward_code_fits(&back, h.n + 1, &h.root));
	h.root.b[12] ^= 0x10; /* the last bit that it has */
	assert_false(ward_code_fits(&back, h.n, &h.root));
	/* as people type it */
	for (size_t i = 0; text[i]; i++) {
		char t = text[i];

		slip[i] = (char)(t == '-'   ? ' '
				 : t == '0' ? 'o'
				 : t == '1' ? 'l'
				 : t >= 'A' ? t + 'a' - 'A'
					    : t);
	}
	assert_int_equal(ward_code_read((struct ward_str){slip, 39}, &back), WARD_OK);
	assert_memory_equal(back.b, c.b, sizeof(c.b));
	/* every slip of one character, and of two that are exchanged */
	for (size_t i = 0; i < 39; i++)
		for (const char *to = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; *to; to++) {
			memcpy(slip, text, sizeof(slip));
			if (text[i] == '-' || text[i] == *to)
				continue;
			slip[i] = *to;
			assert_int_equal(ward_code_read(ward_str_z(slip), &back), WARD_ERR_CORRUPT);
		}
	for (size_t i = 0; i + 1 < 39; i++) {
		memcpy(slip, text, sizeof(slip));
		slip[i] = text[i + 1];
		slip[i + 1] = text[i];
		if (slip[i] == slip[i + 1] || slip[i] == '-' || slip[i + 1] == '-')
			continue;
		assert_int_equal(ward_code_read(ward_str_z(slip), &back), WARD_ERR_CORRUPT);
	}
	assert_int_equal(ward_code_read((struct ward_str){text, 38}, &back), WARD_ERR_MALFORMED);
	text[3] = 'U';
	assert_int_equal(ward_code_read(ward_str_z(text), &back), WARD_ERR_MALFORMED);
	h.n = 1ULL << 40;
	assert_int_equal(ward_code_of(&h, &c), WARD_ERR_LIMIT);
}

/* ---- the trail of heads ---- */

static bool take_head(void *ctx, const struct ward_store_leaf *l)
{
	if (l->row.kind == WARD_ROW_HEAD)
		assert_int_equal(ward_trail_head(ctx, l->row.json, l->row.row), WARD_OK);
	return true;
}

static bool take_leaf(void *ctx, const struct ward_store_leaf *l)
{
	ward_trail_leaf(ctx, &l->commitment);
	return true;
}

/* Of the first n leaves; how many faults. */
static size_t walk(struct room *r, size_t n, const struct ward_code *code)
{
	struct ward_trail t;

	r->n_fault = 0;
	r->what = NULL;
	ward_trail_init(&t, ward_mem_heap(), on_fault, r);
	assert_int_equal(ward_store_leaves(r->lab.s, 0, n, take_head, &t), WARD_OK);
	if (code)
		assert_int_equal(ward_trail_code(&t, code), WARD_OK);
	assert_int_equal(ward_store_bare_leaves(r->lab.s, 0, n, take_leaf, &t), WARD_OK);
	ward_trail_end(&t);
	assert_int_equal(t.n_fault, r->n_fault);
	ward_trail_fini(&t);
	return r->n_fault;
}

static void test_trail(void **state)
{
	struct room *r = *state;
	struct ward_code code;

	assert_int_equal(walk(r, SIZE_MAX, NULL), 0);
	for (size_t i = 0; i < r->n_head; i++) {
		assert_int_equal(ward_code_of(&r->head[i].tree, &code), WARD_OK);
		assert_int_equal(walk(r, SIZE_MAX, &code), 0);
	}
	/* an older copy is whole in itself: only who has the last head sees it */
	assert_int_equal(walk(r, 6, NULL), 0);
	assert_int_equal(walk(r, 6, &code), 1);
	assert_non_null(strstr(r->what, "ends before what the witness has"));
	struct ward_tree_head other = r->head[0].tree;

	other.root.b[0] ^= 1;
	assert_int_equal(ward_code_of(&other, &code), WARD_OK);
	assert_int_equal(walk(r, SIZE_MAX, &code), 1);
	assert_non_null(strstr(r->what, "not the one that the witness has"));
}

static void test_trail_finds(void **state)
{
	static const struct {
		const char *sql, *what;
	} t[] = {
		{"UPDATE leaf SET commitment = (SELECT commitment FROM leaf WHERE number = 3) "
		 "WHERE number = 2",
			"the rows before are not those that this head signs"},
		{"UPDATE record SET json = replace(json, '\"tree_size\":4', '\"tree_size\":3') "
		 "WHERE kind = 11 AND number = 5",
			"a head whose signature is not its key's"},
		{"UPDATE record SET json = replace(json, '\"kind\"', '\"kine\"') WHERE number = 5",
			"a row of the notary that it does not write"},
		{"UPDATE record SET json = (SELECT json FROM record WHERE number = 5) WHERE number "
		 "= "
		 "9",
			"another key signs here"},
		{"UPDATE record SET json = (SELECT json FROM record WHERE number = 10) WHERE "
		 "number = "
		 "5",
			"the first head is not of the log"},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(t); i++) {
		struct room *r;

		assert_int_equal(setup(state), 0);
		r = *state;
		lab_close(&r->lab);
		lab_sql(&r->lab, t[i].sql);
		lab_open(&r->lab);
		if (walk(r, SIZE_MAX, NULL) == 0 || !strstr(r->what, t[i].what)) {
			if (!(i == 3))
				fail_msg("%s: %s", t[i].sql, r->what ? r->what : "-");
			assert_true(r->n_fault > 0);
		}
		assert_int_equal(teardown(state), 0);
	}
	assert_int_equal(setup(state), 0); /* for the teardown */
}

static void test_a_break_is_said(void **state)
{
	struct room *r = *state;
	struct ward_hash root = {{3}};

	ward_notary_break(&r->notary, 4, &root, 2000 * WARD_NS_PER_S);
	put_said(r);
	sign(r);
	assert_true(walk(r, SIZE_MAX, NULL) >= 1);
	assert_non_null(strstr(r->what, "did not go on here"));
}

/* ---- bundles ---- */

static enum ward_err check(
	struct room *r, const struct ward_code *code, struct ward_bundle_seen *ret)
{
	r->n_fault = 0;
	r->what = NULL;
	return ward_bundle_check(ward_wr_slice(&r->w), code, ward_mem_heap(), on_fault, r, ret);
}

static void write(struct room *r, const struct ward_id *incident, struct ward_bundle_made *made)
{
	ward_wr_reset(&r->w);
	assert_int_equal(
		ward_bundle_write(r->lab.s, incident, ward_mem_heap(), &r->w, made), WARD_OK);
}

static size_t end_of(const struct room *r)
{
	size_t at = ward_str_find(ward_wr_text(&r->w), WARD_STR("{\"what\":\"end\""));

	assert_true(at < r->w.len);
	return at;
}

/* The end fits again: whoever changes a bundle makes it so. */
static void mend_end(struct room *r, size_t end)
{
	enum { SUM_BEHIND = 64 + 3 };
	char *hex = (char *)r->w.p + r->w.len - SUM_BEHIND;
	uint8_t sum[32];

	ward_sha256((struct ward_slice){r->w.p, end}, sum);
	for (size_t i = 0; i < sizeof(sum); i++) {
		static const char digit[] = "0123456789abcdef";

		hex[2 * i] = digit[sum[i] >> 4];
		hex[2 * i + 1] = digit[sum[i] & 15];
	}
}

static void each_byte_of_bundle_counts(struct room *r, const struct ward_code *code)
{
	struct ward_bundle_seen seen;
	uint8_t *copy = malloc(r->w.len);
	size_t end = end_of(r);

	assert_non_null(copy);
	memcpy(copy, r->w.p, r->w.len);
	for (size_t i = 0; i < r->w.len; i += 5) {
		r->w.p[i] ^= 1;
		if (i < end)
			mend_end(r, end);
		enum ward_err err = check(r, code, &seen);

		/* "leaves" says how many rows the ledger had then, for people: it proves nothing */
		if (err == WARD_OK && !memchr(copy, '\n', i))
			err = WARD_ERR_CORRUPT;
		if (err != WARD_ERR_CORRUPT && err != WARD_ERR_MALFORMED)
			fail_msg("byte %zu: %s", i, ward_err_name(err));
		memcpy(r->w.p, copy, r->w.len);
	}
	for (size_t len = 0, all = r->w.len; len < all; len += 13) {
		r->w.len = len;
		assert_int_not_equal(check(r, code, &seen), WARD_OK);
		r->w.len = all;
	}
	free(copy);
}

static void test_whole_bundle(void **state)
{
	struct room *r = *state;
	struct ward_bundle_made made;
	struct ward_bundle_seen seen;
	struct ward_code code;

	write(r, NULL, &made);
	assert_int_equal(made.n_row, 9);
	assert_int_equal(made.n_late, 1); /* the head behind them is not counted */
	assert_int_equal(check(r, NULL, &seen), WARD_OK);
	assert_true(seen.whole);
	assert_int_equal(seen.n_row, 9);
	for (size_t i = 0; i < r->n_head; i++) {
		assert_int_equal(ward_code_of(&r->head[i].tree, &code), WARD_OK);
		assert_int_equal(check(r, &code, &seen), WARD_OK);
	}
	each_byte_of_bundle_counts(r, &code);
}

static void test_incident_bundle(void **state)
{
	struct room *r = *state;
	struct ward_store_row of = lab_row(&r->lab, 1); /* an incident */
	const struct ward_id none = {{77}};
	struct ward_bundle_made made;
	struct ward_bundle_seen seen;
	struct ward_code code;

	assert_int_equal(of.kind, WARD_ROW_INCIDENT);
	write(r, &of.id, &made);
	assert_true(made.n_row >= 1 && made.n_row < 9);
	assert_int_equal(check(r, NULL, &seen), WARD_OK);
	assert_false(seen.whole);
	assert_int_equal(ward_code_of(&made.top.tree, &code), WARD_OK);
	assert_int_equal(check(r, &code, &seen), WARD_OK);
	each_byte_of_bundle_counts(r, &code);
	code.b[5] ^= 1;
	assert_int_equal(check(r, &code, &seen), WARD_ERR_CORRUPT);
	ward_wr_reset(&r->w);
	assert_int_equal(ward_bundle_write(r->lab.s, &none, ward_mem_heap(), &r->w, &made),
		WARD_ERR_NOT_FOUND);
}

static bool all(void *ctx, const struct ward_store_row *row)
{
	(void)ctx;
	(void)row;
	return true;
}

/* What was erased is a leaf that says nothing more; all else is proven as before. */
static void put_one(struct room *r, enum ward_row_kind kind, const char *id, const char *json)
{
	struct ward_store_row row = {
		.kind = kind, .revision = 1, .time = 1, .json = ward_str_z(json)};

	assert_true(ward_id_parse(ward_str_z(id), &row.id));
	assert_int_equal(ward_store_begin(r->lab.s), WARD_OK);
	assert_int_equal(ward_store_put(r->lab.s, &row), WARD_OK);
	assert_int_equal(ward_store_commit(r->lab.s, 0), WARD_OK);
}

#define N1(n) n n n n n n n n
#define N2(n) N1(n) "-" n n n n "-8" n n n "-8" n n n "-" N1(n) n n n n

/* A photo names no incident: it is of a report, which a detection of the incident has. */
static void test_photos(void **state)
{
	struct room *r = *state;
	struct ward_bundle_made made;
	struct ward_id incident;

	put_one(r, WARD_ROW_DECISION, N2("a"), "{\"what\":\"report\"}");
	put_one(r, WARD_ROW_CLIP, N2("b"), "{\"act\":\"written\",\"report\":\"" N2("a") "\"}");
	put_one(r, WARD_ROW_CLIP, N2("c"), "{\"act\":\"written\",\"report\":\"" N2("d") "\"}");
	put_one(r, WARD_ROW_CLIP, N2("e"), "{\"act\":\"written\",\"report\":\"aaaa\"}");
	put_one(r, WARD_ROW_DETECTION, N2("1"), "{\"evidence\":[\"" N2("a") "\"]}");
	put_one(r, WARD_ROW_DETECTION, N2("2"), "{\"evidence\":[\"" N2("d") "\"]}");
	put_one(r, WARD_ROW_INCIDENT, N2("f"), "{\"members\":[{\"detection\":\"" N2("1") "\"}]}");
	sign(r);
	assert_true(ward_id_parse(WARD_STR(N2("f")), &incident));
	write(r, &incident, &made);
	assert_int_equal(made.n_row, 4); /* it, its detection, the report, the photo */
	assert_true(ward_str_find(ward_wr_text(&r->w), WARD_STR("\"id\":\"" N2("b"))) < r->w.len);
	assert_true(ward_str_find(ward_wr_text(&r->w), WARD_STR("\"id\":\"" N2("a"))) < r->w.len);
}

static struct ward_id id_of(const char *text)
{
	struct ward_id id;

	assert_true(ward_id_parse(ward_str_z(text), &id));
	return id;
}

/* Whoever writes another incident's clip, report or detection into a reason hands none of it out;
 * a former incident's are of the one that it became. */
static void test_whose_clips(void **state)
{
	struct room *r = *state;
	struct ward_belongs b;
	struct ward_store_row row = {.kind = WARD_ROW_CLIP};

	put_one(r, WARD_ROW_DETECTION, N2("1"),
		"{\"because\":\"" N2("5") "\",\"evidence\":[\"" N2("a") "\",\"" N2(
			"b") "\"],\"rules\":[{\"id\":\"" N2("5") "\",\"events\":[\"" N2("c") "\"]}]"
											     "}");
	put_one(r, WARD_ROW_DETECTION, N2("2"), "{\"evidence\":[\"" N2("d") "\"]}");
	put_one(r, WARD_ROW_INCIDENT, N2("f"),
		"{\"decided\":[{\"text\":\"" N2("2") " \\\"detection\\\":\\\"" N2("2") "\\\" " N2(
			"d") "\"}],\"members\":[{\"detection\":\"" N2("1") "\"}],\"supersedes\":["
									   "\"" N2("9") "\",\"" N2(
										   "8") "\"]}");
	put_one(r, WARD_ROW_INCIDENT, N2("7"), "{\"members\":[{\"detection\":\"" N2("2") "\"}]}");
	ward_belongs_init(&b, ward_mem_heap(), id_of(N2("f")));
	assert_int_equal(ward_belongs_find(&b, r->lab.s), WARD_OK);
	assert_true(ward_belongs_clip(&b, false, id_of(N2("f"))));
	assert_true(ward_belongs_clip(&b, false, id_of(N2("9"))));
	assert_true(ward_belongs_clip(&b, false, id_of(N2("8"))));
	assert_false(ward_belongs_clip(&b, false, id_of(N2("7"))));
	assert_true(ward_belongs_clip(&b, true, id_of(N2("a"))));
	assert_true(ward_belongs_clip(&b, true, id_of(N2("b"))));
	assert_true(ward_belongs_clip(&b, true, id_of(N2("c"))));
	assert_false(ward_belongs_clip(&b, true, id_of(N2("d"))));
	assert_false(ward_belongs_clip(&b, true, id_of(N2("5"))));
	row.json = WARD_STR(
		"{\"act\":\"read\",\"incident\":\"" N2("7") "\",\"why\":\"as " N2("f") "\"}");
	assert_false(ward_belongs_row(&b, &row));
	row.json = WARD_STR("{\"act\":\"read\",\"incident\":\"" N2("9") "\",\"why\":\"x\"}");
	assert_true(ward_belongs_row(&b, &row));
	row.json = WARD_STR("{\"act\":\"read\",\"report\":\"" N2("c") "\"}");
	assert_true(ward_belongs_row(&b, &row));
	row.json = WARD_STR("{\"kind\":\"file\",\"act\":\"written\",\"event\":\"" N2("a") "\"}");
	assert_true(ward_belongs_row(&b, &row));
	row.json = WARD_STR("{\"kind\":\"file\",\"act\":\"written\",\"event\":\"" N2("d") "\"}");
	assert_false(ward_belongs_row(&b, &row));
	row.kind = WARD_ROW_DECISION;
	assert_false(ward_belongs_row(&b, &row));
	ward_belongs_fini(&b);
}

/* A list of a row is cut, so what became one is read in its own rows, whatever became it before;
 * and what no row lists is counted. */
static void test_cut_lists(void **state)
{
	struct room *r = *state;
	struct ward_bundle_made made;
	struct ward_id incident = id_of(N2("f"));
	struct ward_belongs b;

	put_one(r, WARD_ROW_DETECTION, N2("6"), "{\"evidence\":[\"" N2("0") "\"]}");
	put_one(r, WARD_ROW_DETECTION, N2("3"), "{\"evidence\":[\"" N2("e") "\"]}");
	put_one(r, WARD_ROW_CLIP, N2("a"), "{\"act\":\"written\",\"report\":\"" N2("0") "\"}");
	put_one(r, WARD_ROW_INCIDENT, N2("4"),
		"{\"members\":[{\"detection\":\"" N2("6") "\"}],\"members_total\":1}");
	put_one(r, WARD_ROW_INCIDENT, N2("9"),
		"{\"members\":[{\"detection\":\"" N2(
			"3") "\"}],\"members_total\":2,"
			     "\"supersedes\":[\"" N2("4") "\"],\"supersedes_total\":1}");
	put_one(r, WARD_ROW_INCIDENT, N2("f"),
		"{\"members\":[],\"members_total\":2,\"supersedes\":[\"" N2(
			"9") "\"],\"supersedes_total\":2}");
	ward_belongs_init(&b, ward_mem_heap(), incident);
	assert_int_equal(ward_belongs_find(&b, r->lab.s), WARD_OK);
	assert_true(ward_belongs_clip(&b, false, id_of(N2("9"))));
	assert_true(ward_belongs_clip(&b, false, id_of(N2("4"))));
	assert_true(ward_belongs_clip(&b, true, id_of(N2("e"))));
	assert_true(ward_belongs_clip(&b, true, id_of(N2("0"))));
	assert_int_equal(ward_belongs_unlisted(&b), 0);
	ward_belongs_fini(&b);
	sign(r);
	write(r, &incident, &made);
	assert_int_equal(made.n_row, 4); /* it, both detections, the photo */
	put_one(r, WARD_ROW_INCIDENT, N2("7"),
		"{\"members\":[{\"detection\":\"" N2(
			"3") "\"}],\"members_total\":5,"
			     "\"supersedes\":[\"" N2("9") "\"],\"supersedes_total\":3}");
	ward_belongs_init(&b, ward_mem_heap(), id_of(N2("7")));
	assert_int_equal(ward_belongs_find(&b, r->lab.s), WARD_OK);
	assert_int_equal(ward_belongs_unlisted(&b), 5 - 2 + 3 - 2);
	ward_belongs_fini(&b);
}

static void test_erased(void **state)
{
	struct room *r = *state;
	struct ward_bundle_made made;
	struct ward_bundle_seen seen;
	struct ward_store_erasure gone = {
		.kind = WARD_ROW_INCIDENT, .before = INT64_MAX, .fn = all};

	assert_int_equal(ward_store_erase(r->lab.s, &gone), WARD_OK);
	const size_t n = gone.n;

	assert_true(n > 0);
	assert_int_equal(walk(r, SIZE_MAX, NULL), 0);
	write(r, NULL, &made);
	assert_true(made.n_erased > 0 && made.n_erased <= n);
	assert_int_equal(check(r, NULL, &seen), WARD_OK);
	assert_int_equal(seen.n_erased, made.n_erased);
}

static void test_nothing_signed(void **state)
{
	struct room *r = *state;
	struct ward_bundle_made made;
	struct lab l;

	lab_init(&l);
	lab_open(&l);
	lab_fill(&l, 0, 2, 2);
	assert_int_equal(
		ward_bundle_write(l.s, NULL, ward_mem_heap(), &r->w, &made), WARD_ERR_STATE);
	lab_fini(&l);
	for (uint64_t k = 1; k < 12; k++) {
		struct ward_mem_failing f;

		ward_mem_failing_init(&f, k);
		ward_wr_reset(&r->w);
		enum ward_err err = ward_bundle_write(r->lab.s, NULL, &f.mem, &r->w, &made);

		assert_true(err == WARD_ERR_NOMEM || err == WARD_OK);
	}
}

struct found {
	struct ward_head head[4];
	struct ward_code code[4];
	size_t n_head, n_code;
};

static enum ward_err on_found_head(void *ctx, const struct ward_head *h)
{
	struct found *f = ctx;

	assert_true(f->n_head < 4);
	f->head[f->n_head++] = *h;
	return WARD_OK;
}

static enum ward_err on_found_code(void *ctx, const struct ward_code *c)
{
	struct found *f = ctx;

	assert_true(f->n_code < 4);
	f->code[f->n_code++] = *c;
	return WARD_OK;
}

/* A syslog server's line, a saved mail, JSON in which a head is a string; a slip, and half a head.
 */
static void test_found(void **state)
{
	const uint8_t seed[WARD_NOTARY_SEED] = {5};
	char json[WARD_HEAD_JSON_MAX + 1], code[WARD_CODE_TEXT];
	struct ward_wr j = ward_wr_fixed(json, WARD_HEAD_JSON_MAX);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct found is = {.n_head = 0};
	struct ward_found f = {.head = on_found_head, .code = on_found_code, .ctx = &is};
	struct ward_notary n;
	struct ward_code c;

	(void)state;
	ward_notary_new(seed, &n);
	ward_notary_sign(&n, 1773910800 * WARD_NS_PER_S);
	ward_head_write(&j, &n.last);
	json[j.len] = 0;
	assert_int_equal(ward_code_of(&n.last.tree, &c), WARD_OK);
	ward_code_text(&c, code);
	ward_wr_printf(&w, "<109>1 2026-03-12T02:40:00Z turin ward - ward.head - %s\n", json);
	ward_wr_printf(
		&w, "ward audit verify --code %s\r\n--%s-- %s0\n{\"raw\":\"", code, code, code);
	for (size_t i = 0; i < j.len; i++) {
		if (json[i] == '"')
			ward_wr_z(&w, i % 2 ? "\\" : "\\\\\\");
		ward_wr_ch(&w, json[i]);
	}
	ward_wr_printf(&w, "\"} %.*s", (int)j.len / 2, json);
	code[3] = code[3] == '7' ? '8' : '7';
	ward_wr_printf(&w, " %s", code);
	assert_int_equal(ward_found_in(&f, ward_mem_heap(), ward_wr_slice(&w)), WARD_OK);
	assert_int_equal(f.n_head, 2);
	assert_int_equal(f.n_code, 1);
	assert_int_equal(f.n_bad, 2);
	for (size_t i = 0; i < 2; i++)
		assert_true(ward_id_eq(ward_head_id(&is.head[i]), ward_head_id(&n.last)));
	assert_memory_equal(is.code[0].b, c.b, sizeof(c.b));
	ward_wr_fini(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),

		cmocka_unit_test(test_codes),
		cmocka_unit_test_setup_teardown(test_trail, setup, teardown),
		cmocka_unit_test_teardown(test_trail_finds, teardown),
		cmocka_unit_test_setup_teardown(test_a_break_is_said, setup, teardown),
		cmocka_unit_test_setup_teardown(test_whole_bundle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_incident_bundle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_photos, setup, teardown),
		cmocka_unit_test_setup_teardown(test_whose_clips, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cut_lists, setup, teardown),
		cmocka_unit_test_setup_teardown(test_erased, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_signed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
